package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"annai/markdown"
)

// Diagrams draws the diagrams that articles hold as text with a program of the
// operator's own: it reads the text of one from its standard input and writes SVG
// to its standard output. Content can't name the program, since it is run. Each
// text is drawn once; the files bear a hash of it and of the command.
type Diagrams struct {
	Command []string // the program and its arguments

	mu       sync.Mutex
	drawn    map[string]*drawing // by the file's path in the site
	pictures map[string][]byte   // of them, those that are ready
}

// A drawing is a diagram while and after it is drawn.
type drawing struct {
	once          sync.Once
	width, height int
	err           error
}

const (
	drawingTime  = time.Minute
	drawingBytes = 4 << 20
)

// path is where a text's picture is in the site.
func (g *Diagrams) path(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(g.Command, "\x00") + "\x00\x00" + text))
	return "diagrams/" + hex.EncodeToString(sum[:12]) + ".svg"
}

func (g *Diagrams) drawing(path string) *drawing {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.drawn == nil {
		g.drawn, g.pictures = map[string]*drawing{}, map[string][]byte{}
	}
	if g.drawn[path] == nil {
		g.drawn[path] = new(drawing)
	}
	return g.drawn[path]
}

// draw returns the picture of a text: what an earlier build left in the cache, or
// a new one.
func (g *Diagrams) draw(c *Cache, text string) (path string, d *drawing) {
	path = g.path(text)
	d = g.drawing(path)
	d.once.Do(func() {
		svg, kept := c.diagram(path), true
		if svg == nil {
			svg, d.err = g.run(text)
			kept = false
		}
		if d.err == nil {
			d.width, d.height, d.err = checkSVG(svg)
		}
		if d.err != nil {
			return
		}
		if !kept {
			c.keepDiagram(path, svg)
		}
		g.mu.Lock()
		g.pictures[path] = svg
		g.mu.Unlock()
	})
	return path, d
}

func (g *Diagrams) run(text string) ([]byte, error) {
	ctx, stop := context.WithTimeout(context.Background(), drawingTime)
	defer stop()
	cmd := exec.CommandContext(ctx, g.Command[0], g.Command[1:]...)
	cmd.Stdin = strings.NewReader(text)
	out, complaint := &limited{max: drawingBytes}, &limited{max: 1 << 10}
	cmd.Stdout, cmd.Stderr = out, complaint
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("it took longer than %s", drawingTime)
	}
	if out.full {
		return nil, fmt.Errorf("the picture is larger than %d MB", drawingBytes>>20)
	}
	if line, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n"); err != nil && line != "" {
		return nil, fmt.Errorf("%w: %s", err, line)
	}
	return out.Bytes(), err
}

// limited keeps the first bytes of what is written to it.
type limited struct {
	bytes.Buffer
	max  int
	full bool
}

func (l *limited) Write(b []byte) (int, error) {
	if rest := l.max - l.Len(); len(b) > rest {
		l.full = true
		l.Buffer.Write(b[:rest])
		return len(b), nil
	}
	return l.Buffer.Write(b)
}

// checkSVG returns a picture's size, 0 when it tells none. A browser runs nothing
// in a picture, but it does when somebody opens the file by itself.
func checkSVG(svg []byte) (width, height int, err error) {
	x := xml.NewDecoder(bytes.NewReader(svg))
	x.Entity = xml.HTMLEntity
	for depth := 0; ; {
		t, err := x.Token()
		if errors.Is(err, io.EOF) && depth < 0 {
			return width, height, nil
		}
		if err != nil {
			return 0, 0, fmt.Errorf("the picture is not SVG: %w", err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		name := strings.ToLower(start.Name.Local)
		if depth == 0 {
			if name != "svg" {
				return 0, 0, fmt.Errorf("the picture is not SVG but %s", name)
			}
			width, height = sizeOf(start)
			depth = -1
		}
		if name == "script" {
			return 0, 0, errors.New("the picture has a script")
		}
		for _, a := range start.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Value))
			if strings.HasPrefix(strings.ToLower(a.Name.Local), "on") || strings.HasPrefix(value, "javascript:") {
				return 0, 0, fmt.Errorf("the picture runs something: %s", a.Name.Local)
			}
		}
	}
}

// sizeOf is the width and height of a viewBox.
func sizeOf(svg xml.StartElement) (width, height int) {
	for _, a := range svg.Attr {
		f := strings.Fields(a.Value)
		if a.Name.Local != "viewBox" || len(f) != 4 {
			continue
		}
		w, err := strconv.ParseFloat(f[2], 64)
		h, err2 := strconv.ParseFloat(f[3], 64)
		if err == nil && err2 == nil && w > 0 && h > 0 && w < 1e5 && h < 1e5 {
			return int(math.Ceil(w)), int(math.Ceil(h))
		}
	}
	return 0, 0
}

// resolveDiagrams draws the page's diagrams. One that can't be drawn stays text,
// and the page is made again in the next build.
func (d *draft) resolveDiagrams(doc *markdown.Document) {
	g := d.site.Diagrams
	if g == nil {
		return
	}
	for _, diagram := range doc.Diagrams {
		path, drawn := g.draw(d.site.Cache, diagram.Text)
		if drawn.err != nil {
			d.facts.Problems.Warnf(diagram.Pos, "diagram-failed", "the diagram can't be drawn, so it stays text: %s", drawn.err)
			d.facts.Hash = 0
			continue
		}
		diagram.URL, diagram.Width, diagram.Height = d.site.root+path, drawn.width, drawn.height
		d.facts.Diagrams = append(d.facts.Diagrams, path)
	}
}

// diagramFile is a picture that a page shows, nil when it is gone.
func (s *Site) diagramFile(path string) *File {
	var svg []byte
	if g := s.Diagrams; g != nil {
		g.mu.Lock()
		svg = g.pictures[path]
		g.mu.Unlock()
	}
	if svg == nil {
		svg = s.Cache.diagram(path)
	}
	if svg == nil {
		return nil
	}
	f := static(path, svg)
	f.key = xxhash.Sum64String(path) // which bears a hash already
	return f
}

// hasDiagrams tells whether all pictures are there that a page shows.
func (s *Site) hasDiagrams(paths []string) bool {
	for _, p := range paths {
		if s.diagramFile(p) == nil {
			return false
		}
	}
	return true
}

// diagram is a picture that an earlier build drew, or nil.
func (c *Cache) diagram(path string) []byte {
	if c == nil {
		return nil
	}
	svg, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil
	}
	return svg
}

// keepDiagram leaves a picture for the next build; if it can't, that one draws it.
func (c *Cache) keepDiagram(path string, svg []byte) {
	if c == nil {
		return
	}
	name := filepath.Join(c.dir, filepath.FromSlash(path))
	if os.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	temp := name + "." + strconv.Itoa(os.Getpid())
	if os.WriteFile(temp, svg, 0o644) == nil {
		os.Rename(temp, name)
	}
}

// drawingFailed tells whether a build could not draw a diagram.
func drawingFailed(ps []problemRecord) bool {
	for _, p := range ps {
		if p.Code == "diagram-failed" {
			return true
		}
	}
	return false
}
