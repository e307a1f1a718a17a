//go:build linux

package markdown

import (
	"io"
	"runtime"
	"runtime/debug"
	"sort"
	"strings"
	"syscall"
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
// the work; quadratic would be 16. Work is the processor time of this thread with
// the garbage collector at rest, so that a busy machine doesn't matter.
func TestLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	names := make([]string, 0, len(hostile))
	for name := range hostile {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		size := 16 << 10
		small := work(t, hostile[name], size)
		for small < 4*time.Millisecond && size < 256<<10 {
			size *= 2
			small = work(t, hostile[name], size)
		}
		best := 100.0
		for range 3 {
			large := work(t, hostile[name], 4*size)
			if best = min(best, float64(large)/float64(max(small, time.Millisecond))); best < 8 {
				break
			}
			small = max(small, work(t, hostile[name], size))
		}
		t.Logf("%-18s %7d bytes %8v, 4 times as many: %.1f", name, size, small, best)
		if best > 9 {
			t.Errorf("%s: 4 times the input takes %.1f times the work", name, best)
		}
	}
}

// work is the processor time of reading a piece that is repeated to a size.
func work(t *testing.T, piece string, size int) time.Duration {
	text := []byte(strings.Repeat(piece, size/len(piece)))
	runtime.GC()
	start := threadTime(t)
	d := Parse(source.New("a.md", text), Options{})
	if err := d.Render(io.Discard); err != nil {
		t.Fatal(err)
	}
	return threadTime(t) - start
}

func threadTime(t *testing.T) time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		t.Skip("no processor time of a thread here: ", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
