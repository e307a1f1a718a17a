package markdown

import (
	"io"
	"strings"
	"testing"
	"time"

	"annai/internal/source"
)

// hostile are pieces whose repetition makes careless parsers quadratic.
var hostile = map[string]string{
	"quotes":           ">",
	"quotes and blank": "> ",
	"quote lines":      "> a\n",
	"brackets":         "[",
	"images":           "![",
	"open links":       "[a](b",
	"links":            "[a](b) ",
	"link labels":      "[a][b",
	"closing":          "]",
	"pairs":            "[]",
	"references":       "[a]",
	"pipes":            "|",
	"rows":             "|a|b|\n|-|-|\n",
	"cells":            "a|",
	"stars":            "*",
	"star words":       "*a **b ",
	"star pairs":       "a**b",
	"underscores":      "_a__",
	"tildes":           "~~a",
	"backticks":        "`",
	"backtick words":   "`a``b```c",
	"tags":             "<a ",
	"open tags":        "<b>",
	"closing tags":     "</b>",
	"comments":         "<!-- ",
	"instructions":     "<? ",
	"declarations":     "<!A ",
	"cdata":            "<![CDATA[",
	"unknown tags":     "<x>",
	"attributes":       "<a b=\"",
	"html blocks":      "<div>\n\n",
	"scripts":          "<script>",
	"frames":           "x <iframe> ",
	"spans":            "a <span class=\"sxs-lookup\"> ",
	"lists":            "- ",
	"list lines":       "- a\n",
	"numbers":          "1. a\n",
	"headings":         "# a\n",
	"same anchors":     "# <a name=\"a\"></a>a\n",
	"colons":           ":",
	"zones":            "::: zone pivot=\"a\"\n",
	"rows of colons":   ":::row:::\n",
	"complex":          ":::image type=\"complex\" source=\"a\" alt-text=\"b\":::\n",
	"monikers":         "::: moniker range=\"a-1\"\n::: moniker-end\n",
	"emoji":            ":a:",
	"tabs":             "# [a](#tab/a)\n",
	"alerts":           "> [!NOTE]\n",
	"mentions":         "@a",
	"xrefs":            "<xref:a",
	"dollars":          "$a ",
	"entities":         "&amp",
	"backslashes":      "\\",
	"addresses":        "http://a",
	"www":              "www.a.b ",
	"parentheses":      "http://a.b/(",
	"mails":            "a@b",
	"definitions":      "[a]: b\n",
	"fences":           "```\n",
	"indents":          "    a\n",
	"setext":           "a\n=\n",
	"breaks":           "a  \n",
	"includes":         "[!include[a](b)]\n",
	"titles":           "[a](b \"c",
	"title lines":      "[a](b \"c\n",
	"target lines":     "[a](b\n",
	"definition title": "[a]: b \"c\n",
	"inline includes":  "a [!include[",
	"inline code":      "a [!code-",
	"inline images":    "a :::image a=\"",
	"no-locs":          "a :::no-loc text=\"b\" ",
	"quoted mentions":  " @\"a",
	"quoted xrefs":     "<xref:\"a",
	"table code":       "|`|``|",
	"autolinks":        "<http://a",
	"nested lists":     "- - - a\n",
	"deep lists":       "* a\n * b\n  * c\n",
	"quoted tables":    "> a|b\n> -|-\n",
	"emphasised links": "*[a](b)_",
	"link parens":      "[a](((((",
	"tabs and spaces":  "\t a\n",
	"zero":             "\x00",
	"invalid":          "\xff",
}

// TestLinear reads each hostile piece 4 times as often and expects about 4 times
// the time; quadratic would be 16.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	for name, piece := range hostile {
		t.Run(name, func(t *testing.T) {
			read := func(size int) time.Duration {
				text := []byte(strings.Repeat(piece, size/len(piece)))
				best := time.Hour
				for range 3 {
					start := time.Now()
					d := Parse(source.New("a.md", text), Options{})
					if err := d.Render(io.Discard); err != nil {
						t.Fatal(err)
					}
					if best = min(best, time.Since(start)); best > 300*time.Millisecond {
						break
					}
				}
				return best
			}
			// The base grows until it can be measured.
			size := 16 << 10
			small := read(size)
			for small < 4*time.Millisecond && size < 256<<10 {
				size *= 2
				small = read(size)
			}
			large := read(4 * size)
			ratio := float64(large) / float64(small)
			t.Logf("%7d bytes %8v, 4 times as many %8v: %.1f", size, small, large, ratio)
			if ratio > 10 {
				// A second look, in case the machine was busy.
				if ratio = float64(read(4*size)) / float64(read(size)); ratio > 10 {
					t.Errorf("4 times the input takes %.1f times as long", ratio)
				}
			}
		})
	}
}
