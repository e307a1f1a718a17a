package markdown

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// A snippet is the part of a code file that is shown. The zero value is all of it.
type snippet struct {
	names     []string // of tags: // <name> … // </name>, #region name … #endregion
	ranges    string   // of lines: "1-2,10,29-"
	highlight string
	dedent    int // columns to take away; with hasDedent
	hasDedent bool
	notebook  bool // a Jupyter notebook, whose cell of that name is shown
}

var lineFragment = regexp.MustCompile(`^L(\d+)(?:-L?(\d+))?$`)

// splitTarget takes the path and the part from "file.cs?range=1-3#L2-L5".
func splitTarget(target string) (file string, s snippet) {
	target, fragment, _ := strings.Cut(target, "#")
	file, query, _ := strings.Cut(target, "?")
	if m := lineFragment.FindStringSubmatch(fragment); m != nil {
		s.ranges = m[1] + "-" + orElse(m[2], m[1])
	} else if fragment != "" {
		s.names = []string{fragment}
	}
	start, end := "", ""
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if v, err := url.PathUnescape(value); err == nil {
			value = v
		}
		switch strings.ToLower(key) {
		case "name":
			s.names = strings.Split(value, ",")
		case "range":
			s.ranges = value
		case "start":
			start = value
		case "end":
			end = value
		case "highlight":
			s.highlight = value
		case "dedent":
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				s.dedent, s.hasDedent = n, true
			}
		}
	}
	if s.ranges == "" && start+end != "" {
		s.ranges = start + "-" + end
	}
	return file, s
}

// cut returns the part of the text, or what of it is missing.
func (s snippet) cut(text []byte) (part []byte, missing string) {
	text = bytes.TrimPrefix(text, bom)
	if s.notebook {
		return cutNotebook(text, s.names)
	}
	lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if n := len(lines); lines[n-1] == "" {
		lines = lines[:n-1]
	}
	switch {
	case len(s.names) > 0:
		var picked []string
		found := findTags(lines)
		for _, name := range s.names {
			t, ok := found[strings.ToLower(name)]
			if !ok {
				t, ok = found["snippet"+strings.ToLower(name)]
			}
			if !ok {
				return nil, name
			}
			for _, line := range lines[t.first:t.end] {
				if !isTag(line) {
					picked = append(picked, line)
				}
			}
		}
		lines = picked
	case s.ranges != "":
		var ok bool
		if lines, ok = pickLines(lines, s.ranges); !ok {
			return nil, s.ranges
		}
	}
	return dedent(lines, s.dedent, s.hasDedent), ""
}

// pickLines returns the lines of a list of ranges, counted from 1.
func pickLines(lines []string, ranges string) (picked []string, ok bool) {
	for r := range strings.SplitSeq(ranges, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(r), "-")
		first, err := strconv.Atoi(orElse(strings.TrimSpace(from), "1"))
		last := first
		if isRange {
			last = len(lines)
			if to = strings.TrimSpace(to); to != "" && err == nil {
				last, err = strconv.Atoi(to)
			}
		}
		if err != nil || first < 1 || first > len(lines) {
			return nil, false
		}
		picked = append(picked, lines[first-1:min(max(last, first-1), len(lines))]...)
		if len(picked) > maxSnippetLines {
			return nil, false
		}
	}
	return picked, true
}

// dedent takes the indentation away that all lines share, or n columns.
func dedent(lines []string, n int, given bool) []byte {
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(line, "\t", "    ")
	}
	if !given {
		n = -1
		for _, line := range lines {
			if body := strings.TrimLeft(line, " "); body != "" && (n < 0 || len(line)-len(body) < n) {
				n = len(line) - len(body)
			}
		}
	}
	var out []byte
	for _, line := range lines {
		body := strings.TrimLeft(line, " ")
		out = append(out, line[min(max(n, 0), len(line)-len(body)):]...)
		out = append(out, '\n')
	}
	return out
}

// A tagged part of a file: its lines, without those of the tags.
type tagged struct{ first, end int }

var (
	commentTag = regexp.MustCompile(`(?i)^\s*(?://|#|'|--|;+|%+|::|REM\s|/\*|<!--|@\*|\(\*|\{-|<%--|!|\*)\s*<\s*(/?)\s*([\w.-]+)\s*>\s*(?:\*/|-->|\*@|\*\)|-\}|--%>)?\s*$`)
	regionTag  = regexp.MustCompile(`(?i)^\s*(?://\s*)?#\s*(?:pragma\s+)?(end\s?)?region\b\s*"?([^"]*?)"?\s*$`)
)

func isTag(line string) bool {
	return strings.ContainsAny(line, "<#") && (commentTag.MatchString(line) || regionTag.MatchString(line))
}

// findTags finds all tagged parts by their names in lower case. Of parts with the
// same name the one that ends first is meant.
func findTags(lines []string) map[string]tagged {
	found := map[string]tagged{}
	type opening struct {
		name string
		line int
	}
	var tags, regions []opening
	add := func(o opening, end int) {
		if _, again := found[o.name]; !again {
			found[o.name] = tagged{o.line + 1, end}
		}
	}
	for i, line := range lines {
		if !strings.ContainsAny(line, "<#") {
			continue
		}
		if m := commentTag.FindStringSubmatch(line); m != nil {
			name := strings.ToLower(m[2])
			if m[1] == "" {
				tags = append(tags, opening{name, i})
				continue
			}
			for k := len(tags) - 1; k >= 0; k-- {
				if tags[k].name == name {
					add(tags[k], i)
					tags = append(tags[:k], tags[k+1:]...)
					break
				}
			}
		} else if m := regionTag.FindStringSubmatch(line); m != nil {
			if m[1] == "" {
				regions = append(regions, opening{strings.ToLower(strings.TrimSpace(m[2])), i})
			} else if n := len(regions); n > 0 {
				add(regions[n-1], i)
				regions = regions[:n-1]
			}
		}
	}
	return found
}

// cutNotebook returns the code of a notebook's cells with one of the names.
func cutNotebook(text []byte, names []string) (part []byte, missing string) {
	var notebook struct {
		Cells []struct {
			Metadata struct {
				Name string
				Tags []string
			}
			Source json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &notebook); err != nil {
		return nil, strings.Join(names, ",") + " (no notebook)"
	}
	for _, name := range names {
		count := 0
		for _, cell := range notebook.Cells {
			if cell.Metadata.Name != name {
				continue
			}
			count++
			var list []string
			if json.Unmarshal(cell.Source, &list) != nil {
				list = make([]string, 1)
				if json.Unmarshal(cell.Source, &list[0]) != nil {
					return nil, name
				}
			}
			part = append(part, strings.Join(list, "")...)
		}
		if count != 1 {
			return nil, name
		}
	}
	return part, ""
}

// languageOf names the language of a code file by its extension.
func languageOf(file string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(file), "."))
	for _, l := range languages {
		for e := range strings.FieldsSeq(l[1]) {
			if e == ext {
				return l[0]
			}
		}
	}
	return ext
}

// languages are the names of languages and their files' extensions.
var languages = [][2]string{
	{"actionscript", "as"}, {"arduino", "ino"}, {"armasm", "asm"}, {"aspx-csharp", "aspx"}, {"azurecli", "azcli"},
	{"bash", "sh bash"}, {"batchfile", "bat cmd"}, {"cpp", "cpp h hpp c cc cxx hxx"}, {"csharp", "cs"}, {"cshtml", "cshtml"},
	{"css", "css"}, {"cuda", "cu cuh"}, {"d", "d"}, {"dax", "msdax"}, {"dockerfile", "dockerfile"}, {"erlang", "erl hrl"},
	{"fsharp", "fs fsi fsx"}, {"go", "go"}, {"graphql", "graphql"}, {"haskell", "hs"}, {"html", "html htm"}, {"ini", "ini"},
	{"java", "java"}, {"javascript", "js"}, {"json", "json"}, {"jsx", "jsx"}, {"kotlin", "kt"}, {"kusto", "kql"}, {"latex", "tex"},
	{"lisp", "lisp lsp"}, {"lua", "lua"}, {"makefile", "makefile mk"}, {"markdown", "md"}, {"objectivec", "m mm"}, {"pascal", "pas"},
	{"perl", "pl"}, {"php", "php"}, {"powershell", "ps1 psm1 psd1"}, {"processing", "pde"}, {"python", "py"}, {"qsharp", "qs"},
	{"r", "r"}, {"razor", "razor"}, {"ruby", "rb"}, {"rust", "rs"}, {"scala", "scala"}, {"solidity", "sol"}, {"sql", "sql"},
	{"swift", "swift"}, {"terraform", "tf"}, {"typescript", "ts"}, {"usql", "usql"}, {"vb", "vb vbs bas"}, {"vbhtml", "vbhtml"},
	{"xaml", "xaml"}, {"xml", "xml csdl edmx config csproj props targets"}, {"yaml", "yml yaml"},
}
