package themes

import (
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"annai/form"
)

// TestSnapshot sends the theme to the relay and back: the page in the shell is
// the page that the site itself would have drawn.
func TestSnapshot(t *testing.T) {
	site := open(t)
	relay, err := FromSnapshot(site.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	for _, locale := range sampleLocales {
		s := newSampler(t, site, locale, "https://relay.example.cn")
		var shell bytes.Buffer
		if err := site.Render(&shell, Blank{Shell{Site: s.site, NoIndex: true}}); err != nil {
			t.Fatal(err)
		}
		for path, view := range s.views() {
			if !strings.HasPrefix(path, "relay/") {
				continue
			}
			v := view.(View)
			var page bytes.Buffer
			if err := relay.Fill(&page, shell.String(), locale, view); err != nil {
				t.Fatal(err)
			}
			main, _ := site.HTML(locale, v.layout(), v)
			if !strings.Contains(page.String(), string(main)) {
				t.Errorf("%s/%s: another content in the relay", locale, path)
			}
			for _, mark := range []string{titleMark, mainMark} {
				if strings.Contains(page.String(), mark) {
					t.Errorf("%s/%s: the mark %q is left", locale, path, mark)
				}
			}
			if !strings.Contains(page.String(), "<title>"+site.title(locale, v)) {
				t.Errorf("%s/%s: no title", locale, path)
			}
		}
	}
}

// TestTitleIsText sends a title that looks like markup through a shell.
func TestTitleIsText(t *testing.T) {
	theme := open(t)
	s := newSampler(t, theme, "en", "")
	var shell, page bytes.Buffer
	if err := theme.Render(&shell, Blank{Shell{Site: s.site}}); err != nil {
		t.Fatal(err)
	}
	p := ErrorPage{Shell: Shell{Title: "</title><script>alert(1)</script>"}, Kind: "refused"}
	if err := theme.Fill(&page, shell.String(), "en", p); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script>alert") {
		t.Error("a title became markup")
	}
}

func TestOverlay(t *testing.T) {
	overlay := fstest.MapFS{
		"layouts/lists.html":         {Data: []byte(`{{define "redirect"}}<p class="mine">{{t "moved"}}</p>{{end}}`)},
		"assets/style/99-mine.css":   {Data: []byte(".mine { color: red; }\n")},
		"texts/en.yaml":              {Data: []byte("skip: Jump\n")},
		"layouts/broken.html":        {Data: []byte("{{define \"x\"}}\n\n{{nosuch .}}{{end}}")},
		"notes.txt":                  {Data: []byte("?")},
		"assets/fonts/.gitkeep":      {Data: nil},
		"README.md":                  {Data: []byte("mine")},
		"texts/ko.yaml":              {Data: []byte("skip: 본문으로\nskp: x\nduration.hour: 시간\n")},
		"assets/style/10-tokens.css": {Data: []byte(":root{--page:#fff}")},
	}
	theme, ps := Open(overlay, []string{"en", "ko", "fr"})
	ps.Sort()
	text := ps.Error()
	for _, want := range []string{
		`layouts/broken.html:3: cannot read the layout: function "nosuch" not defined [theme-layout]`,
		`notes.txt: warning: a theme has no use for this file [theme-unknown-file]`,
		`texts/fr.yaml: warning: the theme has no texts in "fr", its buttons and labels are shown in English [theme-no-texts]`,
		`texts/ko.yaml: no text for "form.check" [theme-missing-text]`,
		`texts/ko.yaml:2:1: no layout shows a text called "skp" [theme-unknown-text]`,
		`did you mean "skip"?`,
		`texts/ko.yaml:3:1: "duration.hour" must show the same values as "%d hours" [theme-text-values]`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no problem %q", want)
		}
	}
	if t.Failed() {
		t.Log(text[:min(len(text), 3000)])
	}
	if got := theme.Text("en", "skip"); got != "Jump" {
		t.Errorf("the overlay's text is not shown: %q", got)
	}
	if got := theme.Text("en", "form.check"); got != "Check your answers" {
		t.Errorf("a text that the overlay leaves out is lost: %q", got)
	}
	css := string(theme.asset("style.css").Body)
	if !strings.Contains(css, ".mine{color: red}") && !strings.Contains(css, ".mine{color:red}") {
		t.Error("the overlay's sheet is not joined")
	}
}

// TestAppend: a brand is part of the sheet, under a new fingerprint.
func TestAppend(t *testing.T) {
	theme := open(t)
	before := *theme.asset("style.css")
	theme.Append(":root { --accent: #0b5cad; }\n")
	after := *theme.asset("style.css")
	if after.Path == before.Path || after.Integrity == before.Integrity || !strings.HasSuffix(string(after.Body), ":root{--accent:#0b5cad}") {
		t.Errorf("the sheet ends in %q, path %s", after.Body[len(after.Body)-40:], after.Path)
	}
	for _, a := range theme.Assets() {
		if a.Name == "style.css" && a.Path != after.Path {
			t.Error("another file is written than pages name")
		}
	}
}

func TestFormats(t *testing.T) {
	theme := open(t)
	office := Hours{Ranges: []HourRange{{Days: "mon-fri", From: "09:00", To: "18:00", TZ: "Asia/Shanghai"}, {Days: "sat,sun", From: "10:00", To: "24:00", TZ: "Asia/Shanghai"}}}
	day := time.Date(2018, 10, 29, 0, 0, 0, 0, time.UTC)
	at := time.Date(2026, 3, 1, 23, 30, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{theme.Date("ja", day), "2018年10月29日"},
		{theme.Date("zh-hans", day), "2018年10月29日"},
		{theme.Date("en", day), "29 October 2018"},
		{theme.Moment("ja", at, "Asia/Tokyo"), "2026年3月2日 08:30（日本時間）"},
		{theme.Moment("en", at, "Asia/Shanghai"), "2 March 2026, 07:30 (China time)"},
		{theme.Moment("en", at, "No/Where"), "1 March 2026, 23:30 (UTC)"},
		{theme.Moment("zh-hans", at, "America/New_York"), "2026年3月1日 18:30（America/New York）"},
		{theme.Duration("ja", Duration{Minutes: 60}), "1時間"},
		{theme.Duration("en", Duration{Minutes: 60}), "1 hour"},
		{theme.Duration("en", Duration{Minutes: 90}), "1 hour and 30 minutes"},
		{theme.Duration("zh-hans", Duration{BusinessDays: 1}), "1个工作日"},
		{theme.Duration("en", Duration{BusinessDays: 2}), "2 business days"},
		{theme.Duration("en", Duration{Minutes: 1440}), "24 hours"},
		{theme.Duration("en", Duration{Minutes: 2880}), "2 days"},
		{theme.Hours("ja", Hours{Always: true}), "24時間365日"},
		{theme.Hours("ja", office), "月〜金 9:00〜18:00、土・日 10:00〜24:00（中国標準時）"},
		{theme.Hours("en", office), "Mon–Fri 9:00–18:00, Sat, Sun 10:00–24:00 (China time)"},
		{hoursData(office), "mon-fri 09:00 18:00 Asia/Shanghai;sat,sun 10:00 24:00 Asia/Shanghai"},
		{string(ruby("{業務|ぎょうむ}を<b>")), "<ruby>業務<rp>(</rp><rt>ぎょうむ</rt><rp>)</rp></ruby>を&lt;b&gt;"},
		{string(ruby("{a} {b|}")), "{a} {b|}"},
		{string(paragraphs("a\nb\n\nc")), "<p>a<br>b</p><p>c</p>"},
		{Lang("zh-hans"), "zh-Hans"},
		{Lang("pt-br"), "pt-BR"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestSlim(t *testing.T) {
	for in, want := range map[string]string{
		"/* c */ a > b,\n c :hover { color: red;\n  margin : 0 1px; }\n": "a>b,c :hover{color:red;margin :0 1px}",
		`a::before { content: "; } /* no */ \" x"; }`:                    `a::before{content:"; } /* no */ \" x"}`,
		"@media (min-width: 4rem) { a { b: c } }":                        "@media (min-width:4rem){a{b:c}}",
		"a{b:calc(1px + 2px)}":                                           "a{b:calc(1px + 2px)}",
		"a { b: \"open":                                                  "a{b:\"open",
		"a /* never closed":                                              "a",
	} {
		if got := strings.TrimSpace(slimCSS(in)); got != want {
			t.Errorf("slimCSS(%q)\n got %q\nwant %q", in, got, want)
		}
	}
	if got := slimJS("// c\n  a();\n\n  b(\"// d\");\n"); got != "a();\nb(\"// d\");\n" {
		t.Errorf("slimJS: %q", got)
	}
	if in := "x = `\n  // kept\n`"; slimJS(in) != in {
		t.Error("slimJS touched a template literal")
	}
}

// TestPolicy: nothing inline, nothing from elsewhere.
func TestPolicy(t *testing.T) {
	s := &Site{Root: "/", RelayURL: "https://relay.example.cn"}
	p := s.Policy("'none'")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "form-action 'self' https://relay.example.cn", "connect-src 'self' https://relay.example.cn", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(p, want) {
			t.Errorf("%q is not in %q", want, p)
		}
	}
	if strings.Contains(p, "unsafe") || strings.Contains(s.Policy(), "frame-ancestors") {
		t.Errorf("policy %q", p)
	}
	theme := open(t)
	for _, locale := range sampleLocales {
		for path, v := range newSampler(t, theme, locale, "https://relay.example.cn").views() {
			var page bytes.Buffer
			if err := theme.Render(&page, v); err != nil {
				t.Fatal(err)
			}
			for _, inline := range []string{" style=", "<style", " onclick=", " onload=", "javascript:"} {
				if strings.Contains(page.String(), inline) {
					t.Errorf("%s/%s has %q", locale, path, inline)
				}
			}
		}
	}
}

// TestScriptNames: the script sends the fields under the names that form gives.
func TestScriptNames(t *testing.T) {
	script, err := os.ReadFile("default/assets/form.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{form.TokenField, form.ProofField} {
		if !strings.Contains(string(script), `"`+name+`"`) {
			t.Errorf("form.js knows no %q", name)
		}
	}
}

// TestWeight guards the budget between audits in a browser: 6 KB of CSS, 6 KB of
// scripts on any one page. Gzip is some percent larger than what a site sends.
func TestWeight(t *testing.T) {
	theme := open(t)
	size := func(names ...string) (sum int) {
		for _, name := range names {
			var b bytes.Buffer
			z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
			z.Write(theme.asset(name).Body)
			z.Close()
			sum += b.Len()
		}
		return sum
	}
	for _, c := range []struct {
		names []string
		limit int
	}{{[]string{"style.css"}, 6260}, {[]string{"core.js", "form.js", "article.js"}, 6680}} {
		if got := size(c.names...); got > c.limit {
			t.Errorf("%v: %d bytes, the budget is %d", c.names, got, c.limit)
		}
	}
}

// TestNavigation draws only the branch of the page.
func TestNavigation(t *testing.T) {
	leaf := &NavItem{Title: "Leaf", URL: "/a/b/"}
	items := []*NavItem{
		{Title: "A", URL: "/a/", Items: []*NavItem{leaf, {Title: "Sister", URL: "/a/c/"}}},
		{Title: "Group", Items: []*NavItem{{Title: "First", URL: "/g/1/"}}},
		{Title: "Far", URL: "/far/", More: "/nav/far.json"},
		{Title: "Open", Open: true, Items: []*NavItem{{Title: "Shown", URL: "/o/"}}},
	}
	f := &frame{nav: map[string][]*NavItem{}}
	f.index(items, nil)
	got := f.branches(items, "/a/b/")
	if !got[0].Trail || len(got[0].Items) != 2 || !got[0].Items[0].Current {
		t.Errorf("the page's own branch: %+v", got[0])
	}
	if got[1].URL != "/g/1/" || got[1].Items != nil {
		t.Errorf("a group without a page leads to its first: %+v", got[1])
	}
	if got[2].More == "" || len(got[3].Items) != 1 || got[3].Trail {
		t.Errorf("branches: %+v", got)
	}
}

func BenchmarkRender(b *testing.B) {
	theme, _ := Open(nil, sampleLocales)
	s := newSampler(b, theme, "ja", "https://relay.example.cn")
	a := s.article()
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := theme.Render(&out, a); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}

// FuzzForm draws a form with whatever was sent: it may never become markup.
func FuzzForm(f *testing.F) {
	theme, _ := Open(nil, sampleLocales)
	def := sampleForm(f)
	f.Add("taro@example.com", "</textarea><script>alert(1)</script>", "2026-11-22T09:30")
	f.Add(`"><img src=x onerror=alert(1)>`, "{{.}}", "")
	f.Fuzz(func(t *testing.T, email, what, since string) {
		form := Form{Definition: def, Locale: "ja", RelayURL: "https://relay.example.cn"}
		form.Answers, _, _ = def.Normalise(map[string][]string{"email": {email}, "what": {what}, "since": {since}})
		form.Invalid = def.Validate(form.Answers, nil)
		for _, v := range []View{FormPage{Form: form}, CheckPage{Form: form}, ErrorPage{Kind: "too-many", Form: &form}} {
			page, err := theme.HTML("ja", v.layout(), v)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(page), "<script") || strings.Contains(string(page), "<img") {
				t.Errorf("markup came through in %s", v.layout())
			}
		}
	})
}
