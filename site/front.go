package site

import (
	"bytes"
	"strings"

	"github.com/adrg/frontmatter"

	"annai/internal/source"
)

var bom = []byte("\xef\xbb\xbf")

// A front is a file's front matter, as it was written.
type front struct {
	node source.Node // zero when there is none, or none that can be read
	keys map[string]source.Node
}

// text is a key's value as text: of a list its elements, joined by commas.
func (f *front) text(key string) string {
	if f == nil {
		return ""
	}
	return strings.Join(f.list(key), ", ")
}

// list is a key's value as texts; one text is a list of one.
func (f *front) list(key string) []string {
	if f == nil {
		return nil
	}
	n, ok := f.keys[strings.ToLower(key)]
	switch {
	case !ok, isNull(n):
		return nil
	case n.IsScalar():
		if s := strings.TrimSpace(n.Text()); s != "" {
			return []string{s}
		}
		return nil
	case n.IsList():
		var list []string
		for _, item := range n.Items() {
			if item.IsScalar() && !isNull(item) && strings.TrimSpace(item.Text()) != "" {
				list = append(list, strings.TrimSpace(item.Text()))
			}
		}
		return list
	}
	return nil
}

// at is the place of a key's value, or of the file.
func (f *front) at(key string, file *source.File) source.Position {
	if f != nil {
		if n, ok := f.keys[strings.ToLower(key)]; ok {
			return n.Position()
		}
	}
	return file.Whole()
}

func isNull(n source.Node) bool { return n.IsScalar() && n.YAML.Tag == "!!null" }

// readFront reads a file's front matter and blanks it in the text, so that every
// offset and line of the body stays true. It takes what is found in the wild: a
// BOM, CRLF, blanks behind the dashes, "..." as the end. What can't be read is a
// problem, and the body is still there.
func readFront(f *source.File) (*front, source.Problems) {
	var ps source.Problems
	if bytes.HasPrefix(f.Text, bom) {
		f.Text = append([]byte("   "), f.Text[len(bom):]...)
	}
	start, end, closed := findFront(f.Text)
	if start < 0 {
		return nil, nil
	}
	if !closed {
		at := f.Position(start)
		ps.Warnf(at, "front-matter-unclosed", "the front matter is never closed").
			Hintf("end it with a line of three dashes; until then it is read as text")
		return nil, ps
	}
	fr := &front{keys: map[string]source.Node{}}
	block := f.Text[start:end]
	_, err := frontmatter.Parse(canonical(block), fr, frontmatter.NewFormat("---", "---", func(text []byte, v any) error {
		return v.(*front).decode(f.Path, text, &ps)
	}))
	if err != nil {
		ps.Warnf(f.Whole(), "front-matter-syntax", "the front matter can't be read: %v", err)
	}
	blank(block)
	return fr, ps
}

// skipFront only blanks the front matter.
func skipFront(f *source.File) {
	if bytes.HasPrefix(f.Text, bom) {
		copy(f.Text, "   ")
	}
	if start, end, closed := findFront(f.Text); start >= 0 && closed {
		blank(f.Text[start:end])
	}
}

// findFront returns where the front matter begins and ends, its delimiters
// included. start is -1 when there is none.
func findFront(text []byte) (start, end int, closed bool) {
	for start < len(text) && text[start] == ' ' && start < len(bom) {
		start++ // the blanked BOM
	}
	line, next := lineAt(text, start)
	if !bytes.Equal(line, []byte("---")) {
		return -1, 0, false
	}
	for next < len(text) {
		line, next = lineAt(text, next)
		if bytes.Equal(line, []byte("---")) || bytes.Equal(line, []byte("...")) {
			return start, next, true
		}
	}
	return start, len(text), false
}

// lineAt is the line at an offset without what is blank at its end, and the
// offset of the next one.
func lineAt(text []byte, offset int) (line []byte, next int) {
	rest := text[offset:]
	next = len(text)
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest, next = rest[:i], offset+i+1
	}
	return bytes.TrimRight(rest, " \t\r"), next
}

// canonical is the block with plain delimiters, as the front matter reader wants
// them: it would take an indented "---" inside a block scalar for the end, so
// those lines are hidden from it.
func canonical(block []byte) *bytes.Reader {
	_, first := lineAt(block, 0)
	body := block[first:]
	last := bytes.LastIndexByte(bytes.TrimRight(body, "\r\n"), '\n') + 1
	b := make([]byte, 0, len(block)+8)
	b = append(b, "---\n"...)
	for rest := body[:last]; len(rest) > 0; {
		line, next := lineAt(rest, 0)
		if bytes.Equal(bytes.TrimSpace(line), []byte("---")) {
			line = append(bytes.Clone(line), " # "...)
		}
		b = append(append(b, line...), '\n')
		rest = rest[next:]
	}
	return bytes.NewReader(append(b, "---\n"...))
}

// decode reads the YAML between the delimiters. Keys are found without regard to
// case (ROBOTS, Locale), the first of two wins.
func (fr *front) decode(path string, text []byte, ps *source.Problems) error {
	// One empty line stands for the opening delimiter, so that lines are the file's.
	n, problems := source.ParseYAML(source.New(path, append([]byte("\n"), text...)))
	for _, p := range problems {
		q := ps.Warnf(p.Position, "front-matter-syntax", "the front matter is not valid YAML: %s", strings.TrimPrefix(p.Message, "not valid YAML: "))
		q.Hintf("quote values that contain \": \" or start with a special sign")
	}
	if n.IsZero() {
		return nil
	}
	if !n.IsMap() {
		ps.Warnf(n.Position(), "front-matter-type", "the front matter is no mapping of keys to values")
		return nil
	}
	fr.node = n
	keys, values := n.Pairs()
	for i, k := range keys {
		name := strings.ToLower(k.Text())
		if _, twice := fr.keys[name]; twice {
			ps.Warnf(k.Position(), "front-matter-duplicate-key", "the key %q stands here twice", k.Text())
			continue
		}
		fr.keys[name] = values[i]
	}
	return nil
}

// blank turns everything but line ends into spaces.
func blank(text []byte) {
	for i, b := range text {
		if b != '\n' && b != '\r' {
			text[i] = ' '
		}
	}
}
