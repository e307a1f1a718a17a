package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"annai/search"
)

// library serves the built site as any web server would, and counts what is
// fetched below /search/.
type library struct {
	url   string
	mu    sync.Mutex
	files int
	down  bool
}

func serveLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{}
	files := http.FileServer(http.Dir(public))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		down := l.down
		if strings.HasPrefix(r.URL.Path, "/search/") {
			l.files++
		}
		l.mu.Unlock()
		if down {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/search/") && !strings.HasSuffix(r.URL.Path, "manifest.bin") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	return l
}

func (l *library) fetched() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files
}

// firstResult asks the engine in Go, so that no title of the example site is
// written down here.
func firstResult(t *testing.T, locale, query string) search.Result {
	t.Helper()
	x, err := search.Open(os.DirFS(public), locale)
	if err != nil {
		t.Fatal(err)
	}
	found, err := x.Search(search.Query{Text: query})
	if err != nil || len(found.Results) == 0 {
		t.Fatalf("%q finds nothing in %s: %v", query, locale, err)
	}
	return found.Results[0]
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	return get(t, ctx, chromedp.Evaluate[T](expression))
}

// until waits for an expression to be true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 100 {
		if evaluate[bool](t, ctx, "!!("+expression+")") {
			return
		}
		do(t, ctx, chromedp.Sleep(100*time.Millisecond))
	}
	shot(t, ctx, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
	t.Fatalf("never true: %s\n%s", expression, evaluate[string](t, ctx, "document.body.innerText.slice(0, 1500)"))
}

const (
	field   = `form.search input[name="q"]`
	options = `document.querySelectorAll('form.search [role=option]')`
)

// ask types into the search field of the header.
func ask(t *testing.T, ctx context.Context, query string) {
	t.Helper()
	do(t, ctx, chromedp.Focus(chromedp.CSS(field)), chromedp.SendKeys(chromedp.CSS(field), query))
}

// TestSearchByKeyboard types, moves through the list, opens an article at the
// section that answers, and sees the words marked there.
func TestSearchByKeyboard(t *testing.T) {
	l := serveLibrary(t)
	ctx := browser(t, true)
	do(t, ctx, chromedp.Navigate(l.url+"/ja/"), chromedp.WaitVisible(chromedp.CSS(field)))
	if n := l.fetched(); n != 0 {
		t.Errorf("%d files of the index are fetched before anyone searches", n)
	}
	const query = "パスワード"
	want := firstResult(t, "ja", query)
	ask(t, ctx, query)
	until(t, ctx, options+".length > 1")
	shot(t, ctx, "search-list")

	tree := tree(t, ctx)
	for _, node := range []string{"combobox", "listbox", "option"} {
		if !strings.Contains(tree, node+" ") {
			t.Errorf("a screen reader sees no %s:\n%s", node, tree)
		}
	}
	input := `document.querySelector('form.search input[name=q]')`
	if evaluate[string](t, ctx, input+".getAttribute('aria-expanded')") != "true" {
		t.Error("the field doesn't say that its list is open")
	}
	do(t, ctx, chromedp.KeyEvent(kb.ArrowDown)) // arrow down
	active := evaluate[string](t, ctx, fmt.Sprintf("document.getElementById(%s.getAttribute('aria-activedescendant'))?.textContent || ''", input))
	if !strings.Contains(active, want.Title) {
		t.Errorf("arrow down leads to %q, want %q", active, want.Title)
	}
	if marked := evaluate[int](t, ctx, "document.querySelectorAll('form.search [role=option] mark').length"); marked == 0 {
		t.Error("no word is marked in the list")
	}
	// Escape closes the list and leaves the words.
	do(t, ctx, chromedp.KeyEvent(kb.Escape))
	if got := evaluate[string](t, ctx, input+".getAttribute('aria-expanded') + ' ' + "+input+".value"); got != "false "+query {
		t.Errorf("after escape: %q", got)
	}
	do(t, ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown))
	target := evaluate[string](t, ctx, "document.querySelector('form.search [aria-selected=true]')?.textContent || ''")
	if target == "" {
		t.Fatal("no option is chosen after the list was opened again")
	}
	do(t, ctx, chromedp.KeyEvent("\r"))
	until(t, ctx, "location.pathname !== '/ja/'")
	until(t, ctx, "document.querySelectorAll('main mark').length > 0")
	if left := evaluate[string](t, ctx, "String(sessionStorage.getItem('annai-mark'))"); left != "null" {
		t.Errorf("what to mark is still kept: %s", left)
	}
	if cookies := evaluate[string](t, ctx, "document.cookie"); cookies != "" {
		t.Errorf("cookies: %s", cookies)
	}
	shot(t, ctx, "search-marks")
}

// TestSearchPage has its query in the address, narrows down, and works when the
// server is gone once it was used.
func TestSearchPage(t *testing.T) {
	l := serveLibrary(t)
	ctx := browser(t, true)
	for _, asked := range [][2]string{{"ja", "サインインできない"}, {"zh-hans", "無法登入"}, {"en", "cannot sign in"}} {
		locale, query := asked[0], asked[1]
		want := firstResult(t, locale, query)
		do(t, ctx, chromedp.Navigate(l.url+"/"+locale+"/search/?q="+url.QueryEscape(query)))
		until(t, ctx, "document.querySelector('[data-search-results] ol li a')")
		if got := evaluate[string](t, ctx, "document.querySelector('[data-search-results] ol li a').textContent"); got != want.Title {
			t.Errorf("%s %q: first is %q, want %q", locale, query, got, want.Title)
		}
		if evaluate[bool](t, ctx, "!document.querySelector('[data-search-all]').hidden") {
			t.Errorf("%s: all articles are still shown", locale)
		}
	}
	// Narrowed down, the address says so and the keyboard stays where it was.
	evaluate[bool](t, ctx, `(() => { const d = document.querySelector(".search-facets"), c = d.querySelector("input"); d.open = true; c.focus(); c.click(); return true })()`)
	until(t, ctx, `new URLSearchParams(location.search).size > 1 && !document.querySelector("[data-search-results]").hasAttribute("aria-busy")`)
	until(t, ctx, `document.activeElement.matches(".search-facets input:checked") && document.activeElement.closest("details").open`)
	before := l.fetched()
	l.mu.Lock()
	l.down = true
	l.mu.Unlock()
	evaluate[bool](t, ctx, `(() => { const f = document.querySelector("form.search"); f.q.value = "cannot sign in"; f.requestSubmit(); return true })()`)
	until(t, ctx, "document.querySelector('[data-search-results] ol li a')")
	if l.fetched() != before {
		t.Errorf("a query that was asked before fetches %d files", l.fetched()-before)
	}
	shot(t, ctx, "search-page")
}

// TestSearchNothing leads to a person.
func TestSearchNothing(t *testing.T) {
	l := serveLibrary(t)
	ctx := browser(t, true)
	do(t, ctx, chromedp.Navigate(l.url+"/ja/search/?q="+url.QueryEscape("ゞゞゞ")))
	until(t, ctx, "document.querySelector('[data-search-results] a[href*=\"/\"]')")
	if text := evaluate[string](t, ctx, "document.querySelector('[data-search-results]').innerText"); !strings.Contains(text, "ゞゞゞ") {
		t.Errorf("the page doesn't say what it found nothing for: %s", text)
	}
}

// TestSearchComposing types with an input method: nothing is searched and Enter is
// left alone until the signs are decided.
func TestSearchComposing(t *testing.T) {
	l := serveLibrary(t)
	ctx := browser(t, true)
	do(t, ctx, chromedp.Navigate(l.url+"/ja/"), chromedp.Click(chromedp.CSS(field)))
	until(t, ctx, "document.querySelector('form.search [role=listbox]')")
	compose := func(value string, composing bool) {
		v, _ := json.Marshal(value)
		evaluate[bool](t, ctx, fmt.Sprintf(`(() => { const i = document.querySelector('form.search input[name=q]'); i.value = %s;
			return i.dispatchEvent(new InputEvent("input", {bubbles: true, isComposing: %t})) })()`, v, composing))
	}
	compose("ｐ", true)
	compose("ぱすわーど", true)
	do(t, ctx, chromedp.Sleep(500*time.Millisecond))
	if n := l.fetched(); n != 0 {
		t.Errorf("%d files are fetched while composing", n)
	}
	if left := evaluate[bool](t, ctx, `document.querySelector('form.search input[name=q]').dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", isComposing: true, cancelable: true, bubbles: true}))`); !left {
		t.Error("Enter of the input method is taken")
	}
	compose("パスワード", false)
	until(t, ctx, options+".length > 1")
}

// TestSearchWithoutScripts leads to the page with all articles.
func TestSearchWithoutScripts(t *testing.T) {
	l := serveLibrary(t)
	ctx := browser(t, false)
	do(t, ctx, chromedp.Navigate(l.url+"/ja/"), chromedp.SendKeys(chromedp.CSS(field), "パスワード\r"), chromedp.WaitVisible(chromedp.CSS("[data-search-all] a")))
	at := get(t, ctx, chromedp.Location())
	if !strings.Contains(at, "/ja/search/?q=") {
		t.Errorf("the form leads to %s", at)
	}
}

// tree is the page as a screen reader has it: a line for each role with its name.
func tree(t *testing.T, ctx context.Context) string {
	t.Helper()
	nodes := get(t, ctx, chromedp.Action[[]*accessibility.Node](func(ctx context.Context, target *chromedp.Target) ([]*accessibility.Node, error) {
		r, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		return r.Nodes, err
	}))
	var b strings.Builder
	for _, n := range nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		name := ""
		if n.Name != nil {
			name = string(n.Name.Value)
		}
		fmt.Fprintf(&b, "%s %s\n", strings.Trim(string(n.Role.Value), `"`), name)
	}
	return b.String()
}
