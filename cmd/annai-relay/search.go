package main

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"annai/relay"
	"annai/search"
)

// finder searches the built site with the engine that wrote its index. An index
// is opened when it is first asked, and again after the site was built anew.
func finder(site fs.FS) relay.Finder {
	type opened struct {
		index *search.Index
		info  fs.FileInfo
	}
	var mu sync.Mutex
	indexes := map[string]opened{}
	open := func(locale string) (*search.Index, error) {
		mu.Lock()
		defer mu.Unlock()
		info, err := fs.Stat(site, "search/"+locale+"/manifest.bin")
		if err != nil {
			return nil, err
		}
		if o, ok := indexes[locale]; ok && o.info.ModTime().Equal(info.ModTime()) && o.info.Size() == info.Size() {
			return o.index, nil
		}
		index, err := search.Open(site, locale)
		if err == nil {
			indexes[locale] = opened{index, info}
		}
		return index, err
	}
	return func(_ context.Context, locale, query string) ([]relay.Hit, error) {
		index, err := open(locale)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		found, err := index.Search(search.Query{Text: query, Limit: 20})
		if err != nil {
			return nil, err
		}
		var hits []relay.Hit
		for _, r := range found.Results {
			hit := relay.Hit{Title: r.Title, URL: r.URL, Where: r.Section, Excerpt: r.Description}
			if r.SectionID != "" {
				hit.URL += "#" + r.SectionID
			}
			hits = append(hits, hit)
		}
		return hits, nil
	}
}
