package markdown

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A picture is `:::image type="content" source="…" alt-text="…":::`, inside a text
// or alone in its paragraph.
type picture struct {
	image    *Image
	lightbox *Link // of lightbox or link, or nil
	icon     bool
	border   bool
}

// A complexImage is a picture with a long description below it, up to
// `:::image-end:::`.
type complexImage struct {
	picture
	id          string
	offset      int
	description []byte
}

// openPicture reads the attributes of :::image, or complains and returns nil.
func (r *reading) openPicture(d *directive, start int) *picture {
	ps, at := &r.doc.Problems, r.position(start)
	source, alt := d.get("source"), d.get("alt-text")
	icon := d.get("type") == "icon"
	if name := d.unknown("type", "source", "alt-text", "lightbox", "border", "link", "loc-scope"); name != "" {
		ps.Warnf(at, "image-attribute", "an image has no attribute %q, so it stays text", name).
			Hintf(`write :::image type="content" source="file.png" alt-text="what it shows":::`)
		return nil
	}
	if source == "" {
		ps.Warnf(at, "image-source", "an image needs its source, so it stays text").Hintf(`write source="file.png"`)
		return nil
	}
	if alt == "" && !icon {
		ps.Warnf(at, "image-alt", "an image needs its alternative text, so it stays text").
			Hintf(`write alt-text="what it shows", or type="icon" for an ornament`)
		return nil
	}
	if icon {
		alt = ""
	}
	p := &picture{
		image:  r.safeImage(Image{Source: source, Alt: alt, Pos: at, Base: r.unit.file.Path}),
		icon:   icon,
		border: strings.EqualFold(d.get("border"), "true") || !strings.EqualFold(d.get("border"), "false") && !icon,
	}
	if target := d.get("link"); target != "" {
		p.lightbox = r.link(target, LinkText, start)
	} else if target := d.get("lightbox"); target != "" {
		p.lightbox = r.link(target+"#lightbox", LinkLightbox, start)
	}
	return p
}

// safeImage is the image, missing from the start when its source isn't safe.
func (p *page) safeImage(m Image) *Image {
	if p.RawHTML != "all" && !isSafeSource(m.Source) {
		p.doc.Problems.Warnf(m.Pos, "unsafe-source", "the source %q was removed", m.Source)
		m.Missing = true
	}
	return &m
}

// addImage lists an image; one that was refused is not the caller's.
func (c *collector) addImage(m *Image) {
	if !m.Missing {
		c.doc.Images = append(c.doc.Images, m)
	}
}

func (r *reading) openComplexImage(d *directive, start int) construct {
	if d.get("type") != "complex" || start > r.lastImageEnd() {
		return nil
	}
	p := r.openPicture(d, start)
	if p == nil {
		return nil
	}
	return &complexImage{picture: *p, offset: start}
}

// lastImageEnd is the offset of the file's last :::image-end.
func (r *reading) lastImageEnd() int {
	if r.imageEnd == 0 {
		r.imageEnd = bytes.LastIndex(r.unit.file.Text, []byte("image-end"))
	}
	return r.imageEnd
}

// readLine takes the next line of the long description.
func (x *complexImage) readLine(_ *blockNode, reader text.Reader) parser.State {
	line, _ := reader.PeekLine()
	trimmed := bytes.TrimSpace(line)
	if _, ends := cutEnd(trimmed, "image", 3); ends {
		reader.AdvanceToEOL()
		return parser.Close
	}
	x.description = append(x.description, trimmed...)
	x.description = append(x.description, '\n')
	reader.AdvanceToEOL()
	return parser.Continue | parser.NoChildren
}

func (p *picture) collect(c *collector, _ ast.Node) {
	c.addImage(p.image)
	if p.lightbox != nil {
		c.addLink(p.lightbox)
	}
	c.say(p.image.Alt)
}

func (p *picture) html(w *writer, _ ast.Node) {
	if p.border {
		w.string(`<span class="image-border">`)
	}
	p.write(w, "")
	if p.border {
		w.string("</span>")
	}
}

// write writes the image in its link, if it has one.
func (p *picture) write(w *writer, describedBy string) {
	end := ""
	if p.lightbox != nil {
		end = w.openLink(p.lightbox)
	}
	w.image(p.image, p.icon, describedBy)
	w.closeLink(end)
}

func (x *complexImage) collect(c *collector, n ast.Node) {
	at := c.unit.at.position(x.offset)
	x.id = c.unique("image-" + strconv.Itoa(at.Line-1) + "-" + strconv.Itoa(at.Col-1))
	x.picture.collect(c, n)
	c.newline()
	c.out = append(c.out, x.description...)
}

func (x *complexImage) html(w *writer, _ ast.Node) {
	w.string(`<div class="image-complex`)
	if x.border {
		w.string(" image-border")
	}
	w.string(`">`)
	x.write(w, x.id)
	w.string(`<details class="long-description"><summary>`)
	w.text(w.page.words("long-description"))
	w.string(`</summary><div`)
	w.attr("id", x.id)
	w.string("><p>")
	w.text(strings.TrimSpace(string(x.description)))
	w.string("</p></div></details></div>\n")
}

// image writes the img element, or a placeholder when the picture is missing.
func (w *writer) image(m *Image, icon bool, describedBy string) {
	if m.Missing {
		w.string(`<span class="missing-image">`)
		w.text(orElse(m.Alt, w.page.words("missing-image")))
		w.string("</span>")
		return
	}
	w.string("<img")
	w.attr("src", escapeURL(orElse(m.URL, m.Source)))
	w.attr("alt", m.Alt)
	if icon {
		w.string(` class="icon"`)
	}
	if describedBy != "" {
		w.attr("aria-describedby", describedBy)
	}
	if m.Title != "" {
		w.attr("title", m.Title)
	}
	w.size(m.Width, m.Height)
	w.string(` loading="lazy">`)
}
