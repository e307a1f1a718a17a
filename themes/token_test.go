package themes

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"annai/internal/source"
)

// tokens reads the colours of the sheet, as on a light and on a dark screen.
func tokens(t *testing.T) (light, dark map[string]Color) {
	t.Helper()
	text, err := os.ReadFile("default/assets/style/10-tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(text), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("the sheet has no dark colours")
	}
	read := func(s string) map[string]Color {
		colors := map[string]Color{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]+);`).FindAllStringSubmatch(s, -1) {
			c, err := ParseColor(m[2])
			if err != nil {
				t.Fatal(err)
			}
			colors[m[1]] = c
		}
		return colors
	}
	return read(before), read(after)
}

// TestContrast holds WCAG 2.2 AA: 4.5:1 for text, 3:1 for what shows a control
// or its focus.
func TestContrast(t *testing.T) {
	light, dark := tokens(t)
	if len(light) != len(dark) {
		t.Errorf("%d light colours, %d dark ones", len(light), len(dark))
	}
	text := [][2]string{
		{"ink", "page"}, {"ink", "tint"}, {"muted", "page"}, {"muted", "tint"}, {"accent", "page"}, {"accent", "tint"}, {"accent", "note-tint"}, {"accent", "warn-tint"}, {"accent", "bad-tint"}, {"accent", "good-tint"},
		{"on-accent", "accent"}, {"note", "note-tint"}, {"warn", "warn-tint"}, {"bad", "bad-tint"}, {"good", "good-tint"}, {"bad", "page"}, {"good", "page"}, {"good", "tint"},
		{"ink", "note-tint"}, {"ink", "warn-tint"}, {"ink", "bad-tint"}, {"ink", "good-tint"}, {"muted", "note-tint"}, {"muted", "warn-tint"}, {"muted", "bad-tint"}, {"muted", "good-tint"}, {"page", "bad"},
		{"warn", "tint"}, {"bad", "tint"}, {"bad", "warn-tint"}, {"good", "warn-tint"}, {"ink", "wash"}, {"muted", "wash"}, {"accent", "wash"},
	}
	shapes := [][2]string{{"edge", "page"}, {"edge", "tint"}, {"focus", "page"}, {"focus", "tint"}, {"focus", "note-tint"}, {"focus", "warn-tint"}, {"bad", "page"}, {"accent", "page"}}
	for name, colors := range map[string]map[string]Color{"light": light, "dark": dark} {
		for _, pair := range text {
			if r := Contrast(colors[pair[0]], colors[pair[1]]); r < 4.5 {
				t.Errorf("%s: %s on %s is %.2f:1, text needs 4.5:1", name, pair[0], pair[1], r)
			}
		}
		for _, pair := range shapes {
			if r := Contrast(colors[pair[0]], colors[pair[1]]); r < 3 {
				t.Errorf("%s: %s on %s is %.2f:1, controls need 3:1", name, pair[0], pair[1], r)
			}
		}
	}
	for name, pair := range map[string][2]Color{"page": {light["page"], lightPage}, "tint": {light["tint"], lightTint}, "dark page": {dark["page"], darkPage}, "dark tint": {dark["tint"], darkTint}} {
		if pair[0] != pair[1] {
			t.Errorf("the brand is judged on another %s than the sheet's %s", name, pair[0])
		}
	}
}

func TestBrand(t *testing.T) {
	at := source.Position{Path: "site.yaml", Line: 9, Col: 3}
	for _, c := range []struct {
		brand Brand
		want  string // in the sheet, or the problem
	}{
		{Brand{}, ""},
		{Brand{Accent: "#0b5cad"}, "--accent:#0b5cad;--on-accent:#ffffff;--wash:#eef4f9;"},
		{Brand{Accent: "#05a", Radius: "0"}, "--radius:0;"},
		{Brand{Accent: "#0b5cad", AccentDark: "#7fb8ff"}, "dark){:root{--accent:#7fb8ff;--on-accent:#101418;--wash:"},
		{Brand{Accent: "#ff8c00"}, "brand.accent: #ff8c00 has a contrast of 2.2:1 on #f4f6f8, text needs 4.5:1"},
		{Brand{Accent: "#0b5cad", AccentDark: "#003366"}, "brand.accent_dark: #003366 has a contrast of"},
		{Brand{Accent: "blue"}, `brand.accent: "blue" is no colour`},
		{Brand{Radius: "12"}, `"12" is no length`},
		{Brand{Radius: "1px;}body{display:none"}, `is no length`},
	} {
		css, ps := c.brand.CSS(at)
		if got := css + ps.Error(); !strings.Contains(got, c.want) {
			t.Errorf("%+v: got %q, want %q in it", c.brand, got, c.want)
		}
		for _, p := range ps {
			if m := regexp.MustCompile(`is (#[0-9a-f]{6})$`).FindStringSubmatch(p.Hint); p.Code == "brand-contrast" && (m == nil || !passes(t, c.brand, m[1])) {
				t.Errorf("%+v: the hint %q is no colour that passes", c.brand, p.Hint)
			}
		}
	}
}

// passes tells whether the brand is accepted with the colour that was proposed.
func passes(t *testing.T, b Brand, proposed string) bool {
	t.Helper()
	for _, try := range []Brand{{Accent: proposed}, {AccentDark: proposed}} {
		if _, ps := try.CSS(source.Position{}); len(ps) == 0 {
			return true
		}
	}
	return false
}

// TestClasses finds classes that pages bear and no sheet knows, and rules for
// classes that no page bears.
func TestClasses(t *testing.T) {
	theme := open(t)
	styled := map[string]bool{}
	for _, a := range theme.Assets() {
		if strings.HasSuffix(a.Name, ".css") {
			for _, m := range regexp.MustCompile(`\.([a-z][a-z-]*[a-z])\b`).FindAllStringSubmatch(selectors(string(a.Body)), -1) {
				styled[m[1]] = true
			}
		}
	}
	borne := map[string]string{}
	attribute := regexp.MustCompile(`class(?:Name)?\s*=\s*"([^"]*)"`)
	action := regexp.MustCompile(`{{[^}]*}}`)
	word := regexp.MustCompile(`[a-z][a-z-]*[a-z]`)
	for name, text := range theme.files {
		if !strings.HasPrefix(name, "layouts/") {
			continue
		}
		for _, m := range attribute.FindAllStringSubmatch(text, -1) {
			for _, class := range word.FindAllString(action.ReplaceAllString(m[1], " "), -1) {
				borne[class] = name
			}
		}
	}
	for _, class := range slices.Sorted(maps.Keys(borne)) {
		if !styled[class] && !slices.Contains(notStyled, class) {
			t.Errorf("%s: no sheet knows the class %q", borne[class], class)
		}
	}
	others := elsewhere(t)
	var dead []string
	for class := range styled {
		if borne[class] == "" && !others[class] {
			dead = append(dead, class)
		}
	}
	sort.Strings(dead)
	if len(dead) > 0 {
		t.Errorf("no page bears the classes %v", dead)
	}
}

// notStyled are classes that scripts, search engines or partners' sheets hold on to.
var notStyled = []string{"plain", "related", "sources", "news", "next", "before", "cards-section"}

// selectors drops declarations and functions' names from a sheet.
func selectors(css string) string {
	return regexp.MustCompile(`\{[^{}]*\}`).ReplaceAllString(css, "{}")
}

// elsewhere are classes that the Markdown renderer, the highlighter and scripts
// write, as their sources name them.
func elsewhere(t *testing.T) map[string]bool {
	t.Helper()
	classes := map[string]bool{}
	for _, class := range strings.Fields(`
		alert alert-note alert-tip alert-important alert-caution alert-warning alert-title
		table-box align-center align-right nowrap row column checklist nextstepaction button
		broken-link missing-image missing-include xref image-border diagram math video video-link
		tabs tab tab-list tab-title tab-panel selected unavailable
		hk hf hs hi hc hn hv ht hd`) {
		classes[class] = true
	}
	for _, script := range []string{"core", "form", "article", "side", "search"} {
		text, err := os.ReadFile(fmt.Sprintf("default/assets/%s.js", script))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range regexp.MustCompile(`[a-z][a-z-]*[a-z]`).FindAllString(string(text), -1) {
			classes[word] = true
		}
	}
	return classes
}
