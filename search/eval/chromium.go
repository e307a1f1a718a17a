package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// A counter serves files that nothing may keep, so that each page load is a
// reader's first, and counts those that search needs.
type counter struct {
	http.Handler
	mu    sync.Mutex
	spent fetched
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	n := &counted{ResponseWriter: w}
	c.Handler.ServeHTTP(n, r)
	p := r.URL.Path
	if strings.HasSuffix(p, "/") || !(strings.Contains(p, "/search") || strings.HasPrefix(p, "/minisearch/") || strings.HasPrefix(p, "/pagefind/")) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.spent.Files++
	c.spent.Bytes += n.bytes
}

// take gives what was fetched since it was called last.
func (c *counter) take() *fetched {
	c.mu.Lock()
	defer c.mu.Unlock()
	spent := c.spent
	c.spent = fetched{}
	return &spent
}

type counted struct {
	http.ResponseWriter
	bytes int
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.bytes += n
	return n, err
}

// pages of the other engines, as small as can be; ask answers with URLs.
const (
	minisearchPage = `<!doctype html><html lang="%[2]s"><script src="/minisearch/minisearch.js"></script><script type="module">
import { options } from "/eval/minisearch-options.mjs";
const engine = fetch("/minisearch/%[1]s.json").then((r) => r.text()).then((t) => MiniSearch.loadJSON(t, options("%[1]s")));
window.ask = async (q) => (await engine).search(q).slice(0, 10).map((r) => r.id);
</script>`
	pagefindPage = `<!doctype html><html lang="%[2]s"><script type="module">
const engine = await import("/pagefind/%[1]s/pagefind.js");
await engine.options({ baseUrl: "/" });
window.ask = async (q) => Promise.all((await engine.search(q)).results.slice(0, 10).map(async (r) => { const d = await r.data(); return d.raw_url || d.url; }));
</script>`
)

// inChromium asks an engine in the browser: ours by its page of results, as
// readers do, the others by a page of their own. Each query is asked as the first
// of a page and then as the second, after its neighbour.
func (r *run) inChromium(c *corpus, name, locale string, queries []query) ([]answer, error) {
	lang := locale
	if lang == "zh-hans" {
		lang = "zh-cn"
	}
	mux := http.NewServeMux()
	mux.Handle("/", packed(c.public))
	mux.Handle("/minisearch/", packed(r.work))
	mux.Handle("/pagefind/", packed(r.work))
	mux.Handle("/eval/", http.StripPrefix("/eval/", http.FileServer(http.Dir(here))))
	for at, page := range map[string]string{"/eval/minisearch/": minisearchPage, "/eval/pagefind/": pagefindPage} {
		mux.HandleFunc(at, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, page, locale, lang) })
	}
	files := &counter{Handler: mux}
	server := httptest.NewServer(files)
	defer server.Close()
	page := server.URL + "/eval/" + name + "/"
	if name == "ours" {
		page = server.URL + c.searchPage(locale)
	}
	program, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), chromedp.ExecPath(program), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(filepath.Join(r.work, "profile-"+name+"-"+locale)), chromedp.Flag("disable-background-networking", true))
	defer stop()
	ctx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	answers := make([]answer, len(queries))
	for i, q := range queries {
		after := queries[(i+1)%len(queries)]
		files.take()
		start := time.Now()
		if name == "ours" {
			answers[i].Results, err = show(ctx, page+"?q="+url.QueryEscape(q.Text), q.Text)
		} else if _, err = chromedp.Run(ctx, chromedp.Navigate(page)); err == nil {
			answers[i].Results, err = evaluateAsk(ctx, q.Text)
		}
		if err != nil {
			return nil, fmt.Errorf("chromium, %s, %q: %w", name, q.Text, err)
		}
		answers[i].MS = float64(time.Since(start).Microseconds()) / 1000
		answers[i].First = *files.take()
		if name == "ours" {
			_, err = show(ctx, "", after.Text)
		} else {
			_, err = evaluateAsk(ctx, after.Text)
		}
		if err != nil {
			return nil, fmt.Errorf("chromium, %s, %q: %w", name, after.Text, err)
		}
		answers[(i+1)%len(queries)].Next = files.take()
	}
	return answers, nil
}

// packed serves a folder, scripts and JSON compressed as any web server does;
// what else search needs is packed already.
func packed(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ext := path.Ext(r.URL.Path)
		if ext != ".js" && ext != ".json" {
			files.ServeHTTP(w, r)
			return
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(ext))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		z.Write(text)
		z.Close()
	})
}

// searchPage is the address of a locale's page of results.
func (c *corpus) searchPage(locale string) string {
	if len(c.locales) == 1 && len(c.pages[locale]) > 0 && !strings.HasPrefix(c.pages[locale][0].URL, "/"+locale+"/") {
		return "/search/"
	}
	return "/" + locale + "/search/"
}

// show asks on the page of results: by its address, or by the form that is there.
func show(ctx context.Context, page, query string) ([]result, error) {
	if page != "" {
		if _, err := chromedp.Run(ctx, chromedp.Navigate(page)); err != nil {
			return nil, err
		}
	} else {
		text, _ := json.Marshal(query)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => { document.querySelector("[data-search-results]").replaceChildren(); const f = document.querySelector("form[data-search]"); f.q.value = %s; f.requestSubmit(); return true; })()`, text))); err != nil {
			return nil, err
		}
	}
	for range 400 {
		urls, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`(() => { const p = document.querySelector("[data-search-results]");
			if (!p || p.hidden || p.hasAttribute("aria-busy") || !p.querySelector(".search-summary")) return ["…"];
			return Array.from(p.querySelectorAll("ol a.search-title"), (a) => a.pathname); })()`))
		if err != nil {
			return nil, err
		}
		if len(urls) == 0 || urls[0] != "…" {
			return results(urls), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fmt.Errorf("no results are shown")
}

func evaluateAsk(ctx context.Context, query string) ([]result, error) {
	text, _ := json.Marshal(query)
	for range 400 {
		ready, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!window.ask"))
		if err != nil {
			return nil, err
		}
		if !ready {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`window.found = null; window.ask(%s).then((urls) => { window.found = urls; }); true`, text))); err != nil {
			return nil, err
		}
		for range 400 {
			found, err := chromedp.Run(ctx, chromedp.Evaluate[string]("JSON.stringify(window.found)"))
			if err != nil {
				return nil, err
			}
			var urls []string
			if json.Unmarshal([]byte(found), &urls) == nil && urls != nil {
				return results(urls), nil
			}
			time.Sleep(10 * time.Millisecond)
		}
		break
	}
	return nil, fmt.Errorf("no answer")
}

func results(urls []string) []result {
	found := make([]result, len(urls))
	for i, u := range urls {
		if decoded, err := url.PathUnescape(u); err == nil {
			u = decoded
		}
		found[i].URL = u
	}
	return found
}
