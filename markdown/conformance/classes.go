package conformance

import "strings"

// A Rule brings a piece of our markup to docfx's. The table below is all that
// differs on purpose between the two; what is compared after it must be equal.
type Rule struct {
	Ours  string
	Docfx string
	Why   string

	apply func(n *node, engine string)
}

// Rules is the table of our markup and docfx's. They are applied in order to each
// element of ours, children first.
var Rules = []Rule{
	{"div.missing-code[data-lang]", "div.lang-NAME, empty", "readers see a sentence where :::code shows nothing", func(n *node, _ string) {
		if lang, ok := n.attrs["data-lang"]; ok && n.is("div", "missing-code") {
			n.children, n.attrs = nil, map[string]string{"class": "lang-" + lang}
		}
	}},
	{"div.missing-code", "div.WARNING", "a name of its own", func(n *node, _ string) {
		if n.is("div", "missing-code") {
			n.set("class", "alert alert-warning")
		}
	}},
	{"div.alert.alert-note > p.alert-title", "div.NOTE > h5",
		"a label is no heading of the page's outline", func(n *node, _ string) {
			if kind, ok := cutClass(n, "alert-"); ok && n.is("div", "alert") {
				n.set("class", strings.ToUpper(kind))
				n.drop("role")
				if t := n.first("p", "alert-title"); t != nil {
					t.tag, t.attrs = "h5", nil
				}
			}
		}},
	{"div.tabs > ul.tab-list > li.tab[.selected][.unavailable] > a", "div.tabGroup > ul[role=tablist] > li[role=presentation] > a[role=tab]",
		"roles and hidden states are set by script, since without it all panels are shown", tabList},
	{"div.tab-panel[.selected] > p.tab-title", "section[role=tabpanel]",
		"the title is for readers without script", tabPanel},
	{"div.row", "section.row", "a section without a heading is no section", func(n *node, _ string) {
		if n.is("div", "row") {
			n.tag = "section"
		}
	}},
	{"div.moniker[data-range][data-moniker]", "div[range], in v3 div[data-moniker]", "HTML has no attribute range", func(n *node, engine string) {
		if n.is("div", "moniker") {
			n.drop("class")
			if engine != "docfx-v3-spec" {
				n.rename("data-range", "range")
				n.drop("data-moniker")
			} else {
				n.drop("data-range")
			}
		}
	}},
	{"div.table-box > table", "table", "a wide table scrolls in its own box", func(n *node, _ string) {
		if n.is("div", "table-box") {
			n.unwrap()
		}
	}},
	{"td.align-left", `td[style="text-align: left;"]`, "no inline style", func(n *node, _ string) {
		if side, ok := cutClass(n, "align-"); ok && (n.tag == "td" || n.tag == "th") {
			n.drop("class")
			n.set("style", "text-align: "+side+";")
		}
	}},
	{"pre[tabindex] > code[data-name][data-highlight-lines]", "pre > code[name][highlight-lines]", "HTML has no such attributes, and what scrolls must be reachable", func(n *node, _ string) {
		switch n.tag {
		case "pre":
			n.drop("tabindex")
		case "code":
			n.rename("data-name", "name")
			n.rename("data-highlight-lines", "highlight-lines")
		}
	}},
	{"img[loading]", "img", "images are loaded when needed", func(n *node, _ string) {
		if n.tag == "img" {
			n.drop("loading")
		}
	}},
	{`img.icon[alt=""]`, "img[role=presentation]", "an empty alternative text says it, and both are not valid", func(n *node, _ string) {
		if n.is("img", "icon") {
			n.drop("class")
			n.drop("alt")
			n.set("role", "presentation")
		}
	}},
	{"span.image-border", "span.mx-imgBorder", "our name", func(n *node, _ string) {
		if n.is("span", "image-border") {
			n.set("class", "mx-imgBorder")
		}
	}},
	{"div.image-complex > details.long-description > div#image-3-0", "p > div#3-0.visually-hidden", "a p can't hold a div, and the description is for everybody", complexImage},
	{"a.lightbox", "a", "so that the script finds it", func(n *node, _ string) {
		if n.is("a", "lightbox") {
			n.drop("class")
		}
	}},
	{"div.video > a.video-link[data-embed]", "div.embeddedvideo > iframe[src]", "nothing of another site is loaded before the reader asks; docfx-v3 doesn't add rel=0 to YouTube's", video},
	{"div.video-complex > details.long-description > div#video-3-0", "p > div.embeddedvideo > div#3-0.visually-hidden", "a p can't hold a div, and the description is for everybody", complexVideo},
	{"a.video-link.HOST[data-embed]", "iframe.HOST[src][width][height]", "media links, as above", mediaLink},
	{"video.media[aria-label]", "video[width][height]", "an alternative text, and a theme of its own", mediaFile},
	{"span.no-loc[translate]", "main: its text; v3: span.no-loc", "docfx's engines differ", func(n *node, engine string) {
		if n.is("span", "no-loc") {
			n.drop("translate")
			if engine == "docfx-main" {
				n.unwrap()
			}
		}
	}},
	{"span.xref[data-uid][data-source], of @uid span.mention", "unresolved: xref[href], in v3 span.no-loc with the source", "readers see a name, not the source", unresolved},
	{"span.broken-link", `a[href=""]`, "what leads nowhere is no link", func(n *node, _ string) {
		if n.is("span", "broken-link") {
			n.tag, n.attrs = "a", map[string]string{"href": ""}
		}
	}},
	{"span.missing-image", `img[src=""]`, "what isn't there is shown by its alternative text", func(n *node, _ string) {
		if n.is("span", "missing-image") {
			alt := n.content()
			if alt == "Image not available" {
				alt = ""
			}
			n.tag, n.children, n.attrs = "img", nil, map[string]string{"alt": alt}
		}
	}},
	{"a.no-loc[translate]", "a.no-loc", "the attribute is what HTML has for it", func(n *node, _ string) {
		if n.is("a", "no-loc") {
			n.drop("translate")
		}
	}},
	{"div[data-x-NAME]", "div[NAME]", "attributes that HTML doesn't have", func(n *node, _ string) {
		for name := range n.attrs {
			if rest, ok := strings.CutPrefix(name, "data-x-"); ok {
				n.rename(name, rest)
			}
		}
	}},
	{"span.math", `span.math with \( and \)`, "nothing reads the marks", func(n *node, _ string) {
		if n.is("span", "math") {
			n.children = append(append([]*node{{text: `\(`}}, n.children...), &node{text: `\)`})
		}
	}},
	{"div.math", `div.math with \[ and \]`, "nothing reads the marks", func(n *node, _ string) {
		if n.is("div", "math") {
			n.children = append(append([]*node{{text: `\[`}}, n.children...), &node{text: `\]`})
		}
	}},
	{"p.missing-include[data-source]", "the source", "readers see a sentence, not the source", func(n *node, _ string) {
		if n.is(n.tag, "missing-include") {
			n.children = []*node{{text: n.attrs["data-source"]}}
			n.unwrap()
		}
	}},
	{"h2#anchor > a#slug", "h2#slug > a#anchor", "an explicit anchor in a heading is its id", func(n *node, _ string) {
		if len(n.tag) != 2 || n.tag[0] != 'h' || len(n.children) == 0 {
			return
		}
		if a := n.children[0]; a.tag == "a" && a.attrs["href"] == "" && len(a.children) == 0 {
			id := n.attrs["id"]
			n.set("id", a.attrs["id"])
			a.set("id", id)
			n.children = append(n.children[1:], a)
		}
	}},
}

func tabList(n *node, _ string) {
	switch {
	case n.is("div", "tabs"):
		n.set("class", "tabGroup")
	case n.is("ul", "tab-list"):
		n.attrs = map[string]string{"role": "tablist"}
	case n.is("li", "tab"):
		selected, hidden := n.has("selected"), n.has("unavailable")
		n.attrs = map[string]string{"role": "presentation"}
		if hidden {
			n.set("aria-hidden", "true")
			n.set("hidden", "hidden")
		}
		a := n.first("a", "")
		a.set("role", "tab")
		a.set("aria-controls", strings.TrimPrefix(a.attrs["href"], "#"))
		a.set("tabindex", "-1")
		if selected {
			a.set("tabindex", "0")
			a.set("aria-selected", "true")
		}
	}
}

func tabPanel(n *node, _ string) {
	if !n.is("div", "tab-panel") {
		return
	}
	n.tag = "section"
	if !n.has("selected") {
		n.set("aria-hidden", "true")
		n.set("hidden", "hidden")
	}
	n.drop("class")
	n.set("role", "tabpanel")
	if t := n.first("p", "tab-title"); t != nil {
		t.children = nil
		t.unwrap()
	}
}

func complexImage(n *node, _ string) {
	if img := n; img.tag == "img" {
		if id, ok := strings.CutPrefix(img.attrs["aria-describedby"], "image-"); ok {
			img.set("aria-describedby", id)
		}
	}
	if !n.is("div", "image-complex") {
		return
	}
	n.tag = "p"
	if n.has("image-border") {
		n.set("class", "mx-imgBorder")
	} else {
		n.drop("class")
	}
	details := n.first("details", "long-description")
	div := details.first("div", "")
	div.set("id", strings.TrimPrefix(div.attrs["id"], "image-"))
	div.set("class", "visually-hidden")
	// docfx writes the description into the link.
	into := n
	if a := n.first("a", ""); a != nil {
		into = a
	}
	details.children = nil
	details.unwrap()
	into.children = append(into.children, div)
}

func video(n *node, engine string) {
	if n.is("div", "video") {
		n.set("class", "embeddedvideo")
		return
	}
	if !n.is("a", "video-link") || n.attrs["class"] != "video-link" {
		return
	}
	if engine == "docfx-v3" {
		n.set("data-embed", strings.NewReplacer("?rel=0", "", "&rel=0", "").Replace(n.attrs["data-embed"]))
	}
	frame := &node{tag: "iframe", attrs: map[string]string{"src": n.attrs["data-embed"], "frameborder": "0", "allowfullscreen": "true"}}
	title := n.content()
	inText := false
	for _, name := range []string{"max-width", "thumbnail", "upload-date", "duration"} {
		if v, ok := n.attrs["data-"+name]; ok {
			if name == "max-width" {
				frame.set("style", "max-width:"+v+"px;")
			} else {
				frame.set(name, v)
			}
		}
	}
	if title != "Watch the video" {
		frame.set("title", title)
	}
	inText = n.parent == nil || !n.parent.is("div", "video")
	if inText {
		n.tag, n.attrs, n.children = "div", map[string]string{"class": "embeddedvideo"}, []*node{frame}
		return
	}
	n.children = []*node{frame}
	n.unwrap()
}

func complexVideo(n *node, _ string) {
	if !n.is("div", "video-complex") {
		return
	}
	n.tag = "p"
	n.drop("class")
	details := n.first("details", "long-description")
	div := details.first("div", "")
	id := strings.TrimPrefix(div.attrs["id"], "video-")
	div.set("id", id)
	div.set("class", "visually-hidden")
	details.children = nil
	details.unwrap()
	if box := n.first("div", "embeddedvideo"); box != nil {
		box.first("iframe", "").set("aria-describedby", id)
		box.children = append(box.children, div)
	}
}

func mediaLink(n *node, _ string) {
	host, ok := strings.CutPrefix(n.attrs["class"], "video-link ")
	if n.tag != "a" || !ok {
		return
	}
	src := strings.Replace(n.attrs["data-embed"], "//www.youtube-nocookie.com/", "//www.youtube.com/", 1)
	n.tag, n.children = "iframe", nil
	n.attrs = map[string]string{"src": src, "class": host, "width": "500", "height": "281", "frameborder": "0"}
	if host != "yandex" {
		n.set("allowfullscreen", "")
	}
}

func mediaFile(n *node, _ string) {
	if n.attrs["class"] != "media" {
		return
	}
	n.drop("class")
	n.drop("aria-label")
	n.drop("title")
	if n.tag == "audio" {
		n.set("width", "500")
	}
}

func unresolved(n *node, engine string) {
	if !n.is("span", "xref") && !n.is("span", "mention") {
		return
	}
	uid, raw, said := n.attrs["data-uid"], n.attrs["data-source"], n.content()
	name, query, _ := strings.Cut(uid, "?")
	switch {
	case engine != "docfx-v3-spec" && strings.HasPrefix(raw, "<xref href"):
		n.tag, n.attrs, n.children = "xref", map[string]string{"href": uid}, nil
	case engine != "docfx-v3-spec":
		throws := "True"
		if strings.HasPrefix(raw, "@") {
			throws = "False"
		}
		n.tag, n.children = "xref", nil
		n.attrs = map[string]string{"href": uid, "data-throw-if-not-resolved": throws, "data-raw-source": raw}
	case strings.Contains(query, "alt="):
		n.attrs = map[string]string{"class": "xref"}
		n.children = []*node{{text: said}}
	case strings.HasPrefix(raw, "<xref "):
		n.attrs = map[string]string{"class": "no-loc xref"}
		n.children = []*node{{text: name}}
		if strings.Contains(raw, " uid=") {
			n.children[0].text = uid
		}
	default:
		n.attrs = map[string]string{"class": "no-loc"}
		n.children = []*node{{text: raw}}
	}
}

// cutClass returns the rest of the first class that begins with the prefix.
func cutClass(n *node, prefix string) (string, bool) {
	for c := range strings.FieldsSeq(n.attrs["class"]) {
		if rest, ok := strings.CutPrefix(c, prefix); ok {
			return rest, true
		}
	}
	return "", false
}
