package themes

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var (
	samplesTo = flag.String("out", "", "write the sample pages to this folder")
	relayAt   = flag.String("relay", "http://127.0.0.1:4173/relay", "relay's address in the sample pages")
)

func open(t testing.TB) *Theme {
	t.Helper()
	theme, ps := Open(nil, sampleLocales)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return theme
}

// TestSamples draws a page of every kind in every language; with -out it writes
// them, for a browser:
//
//	go test ./themes -run Samples -args -out DIR
func TestSamples(t *testing.T) {
	theme := open(t)
	for _, locale := range sampleLocales {
		s := newSampler(t, theme, locale, *relayAt)
		for path, view := range s.views() {
			var page bytes.Buffer
			if err := theme.Render(&page, view); err != nil {
				t.Errorf("%s/%s: %v", locale, path, err)
			}
			for _, sign := range []string{"ZgotmplZ", "%!", "<no value>"} {
				if strings.Contains(page.String(), sign) {
					t.Errorf("%s/%s has %s", locale, path, sign)
				}
			}
			if *samplesTo != "" {
				writeSample(t, locale+"/"+path, page.Bytes())
			}
		}
	}
	if *samplesTo != "" {
		for _, a := range theme.Assets() {
			writeSample(t, a.Path, a.Body)
		}
	}
}

func writeSample(t *testing.T, path string, body []byte) {
	t.Helper()
	if strings.HasSuffix(path, "/") {
		path += "index.html"
	}
	file := filepath.Join(*samplesTo, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
}
