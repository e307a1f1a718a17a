package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"annai/search"
)

// Without scripts a search is answered by the relay, on the site's own page.
func TestSearchWithoutScripts(t *testing.T) {
	dir := folder(t, newReceiver(t).URL)
	b := search.Builder{Locale: "ja"}
	b.Add(search.Document{URL: "/ja/password/", Path: "ja/password.md", Title: "パスワードを忘れた", Description: "再設定の手順",
		Sections: []search.Section{{ID: "", Text: "パスワードを再設定します"}}})
	index, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"ja/search/index.html": []byte(`<h1>記事</h1><section class="search-results" data-search-results hidden></section><div data-search-all>すべて</div>`)}
	for _, f := range index.Files() {
		files[f.Path] = f.Body()
	}
	for name, body := range files {
		path := filepath.Join(dir, "public", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := startProcess(t, dir, "--config", "relay.yaml")
	get := func(path string) (int, string) {
		res, err := http.Get(p.public + path)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text)
	}
	if status, page := get("/ja/search/?q=" + url.QueryEscape("ぱすわーど")); status != 200 || !strings.Contains(page, `href="/ja/password/"`) || !strings.Contains(page, "すべて") {
		t.Errorf("%d %s", status, page)
	}
	if status, page := get("/ja/search/?q=" + url.QueryEscape("<script>x")); status != 200 || strings.Contains(page, "<script>x") {
		t.Errorf("%d %s", status, page)
	}
	if _, page := get("/ja/search/"); !strings.Contains(page, "hidden") {
		t.Errorf("without a query: %s", page)
	}
	if status, text := get("/search?locale=ja&q=" + url.QueryEscape("パスワード")); status != 200 || !strings.Contains(text, `"url":"/ja/password/"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, text := get("/search?locale=en&q=x"); status != 200 || !strings.Contains(text, `"results":[]`) {
		t.Errorf("no index: %d %s", status, text)
	}
	p.stop()
}
