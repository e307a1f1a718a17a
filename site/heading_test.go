package site

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// TestHeading: an article's own heading is drawn once, above what is known of the
// page, with all that stands in it.
func TestHeading(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"text":      {"# A & B\n", `<h1 id="a--b">A &amp; B</h1>`},
		"setext":    {"A\nB\n===\n\n# Second\n", `<h1 id="a-b">A`},
		"code":      {"# The `set` *command*\n", `<h1 id="the-set-command">The <code>set</code> <em>command</em></h1>`},
		"anchors":   {`# <a name="one"></a><a name="two"></a>Title` + "\n", `<h1 id="one">`},
		"none":      {"Text.\n", `<h1>Of the page</h1>`},
		"bilingual": {bilingualHeading, `<h1 id="domains"><span data-ttu-id="a-0">ドメイン</span><span class="original" lang="en" hidden><span data-stu-id="a-0">Domains</span></span></h1>`},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := Load(Options{Name: "docs", Content: fstest.MapFS{
				"docfx.json": {Data: []byte(`{"build": {"content": [{"files": ["**/*.md"]}]}}`)},
				"a.md":       {Data: []byte("---\ntitle: Of the page\n---\n\n" + c.body)},
			}})
			page := text(t, s, "a/index.html")
			if got := regexp.MustCompile(`(?s)<h1.*?</h1>`).FindAllString(page, -1); len(got) == 0 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, id := range []string{"one", "two"} {
				if name == "anchors" && strings.Count(page, `id="`+id+`"`) != 1 {
					t.Errorf("no #%s", id)
				}
			}
			// The choice to see originals is offered where there are some.
			if got := strings.Contains(page, `class="originals"`); got != (name == "bilingual") {
				t.Errorf("originals are offered: %v", got)
			}
		})
	}
}

const bilingualHeading = `# <a name="domains"></a><span data-ttu-id="a-0">ドメイン</span><span class="sxs-lookup"><span data-stu-id="a-0">Domains</span></span>` + "\n\n本文。\n"
