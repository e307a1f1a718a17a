package markdown

import (
	"bytes"
	"encoding/json"
	"math"
	"net/url"
	"path"
	"regexp"
	"slices"
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

var (
	lineFragment = regexp.MustCompile(`^[Ll](\d+)(?:-[Ll](\d+))?$`)
	lineRange    = regexp.MustCompile(`^\s*(\d*)\s*(?:(-)\s*(\d*)\s*)?$`)
)

// splitTarget takes the path and the part from "file.cs?range=1-3#L2-L5". Tags
// go before lines, lines in the fragment before those in the query. What follows
// a mistake in the query is not read.
func splitTarget(target string) (file string, s snippet) {
	target, fragment, _ := strings.Cut(target, "#")
	file, query, _ := strings.Cut(target, "?")
	start, end := -1, -1
query:
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if v, err := url.PathUnescape(value); err == nil {
			value = v
		}
		n, err := strconv.Atoi(strings.TrimSpace(value))
		switch key = strings.ToLower(key); {
		case key == "name":
			s.names = strings.Split(value, ",")
		case key == "range" && areRanges(value):
			s.ranges = value
		case key == "highlight" && areRanges(value):
			s.highlight = plainRanges(value)
		case key == "start" && err == nil:
			start, end = n, n
		case key == "end" && err == nil:
			end = n
		case key == "dedent" && err == nil:
			s.dedent, s.hasDedent = n, n >= 0
		default:
			break query
		}
	}
	if start >= 0 {
		s.ranges = strconv.Itoa(max(start, 1)) + "-" + strconv.Itoa(max(end, 0))
	}
	if m := lineFragment.FindStringSubmatch(fragment); m != nil {
		s.ranges = m[1] + "-" + orElse(m[2], m[1])
	} else if fragment != "" {
		s.names = []string{fragment}
	}
	return file, s
}

func areRanges(list string) bool {
	for r := range strings.SplitSeq(list, ",") {
		if _, _, ok := readRange(r); !ok {
			return false
		}
	}
	return true
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
		tags := findTags(lines)
		for _, name := range s.names {
			t, ok := tags.find(strings.ToLower(name))
			if !ok {
				return nil, name
			}
			for i := t.first; i < t.end; i++ {
				if tags.style[i] != t.style {
					picked = append(picked, lines[i])
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
		first, last, ok := readRange(r)
		if !ok || first < 1 || first > len(lines) {
			return nil, false
		}
		picked = append(picked, lines[first-1:min(max(last, first-1), len(lines))]...)
		if len(picked) > maxSnippetLines {
			return nil, false
		}
	}
	return picked, true
}

// readRange reads "5", "5-7", "5-" or "-7".
func readRange(text string) (first, last int, ok bool) {
	m := lineRange.FindStringSubmatch(text)
	if m == nil || m[1]+m[2] == "" {
		return 0, 0, false
	}
	first, err := strconv.Atoi(orElse(m[1], "1"))
	last = first
	if err == nil && m[2] != "" {
		last, err = strconv.Atoi(orElse(m[3], strconv.Itoa(math.MaxInt)))
	}
	return first, last, err == nil
}

// plainRanges writes ranges in their shortest form.
func plainRanges(list string) string {
	var out []string
	for r := range strings.SplitSeq(list, ",") {
		first, last, _ := readRange(r)
		switch s := strconv.Itoa(first); last {
		case first:
			out = append(out, s)
		case math.MaxInt:
			out = append(out, s+"-")
		default:
			out = append(out, s+"-"+strconv.Itoa(last))
		}
	}
	return strings.Join(out, ",")
}

// dedent takes the indentation away that all lines share, or n columns.
func dedent(lines []string, n int, given bool) []byte {
	common := -1
	for i, line := range lines {
		body := strings.TrimLeft(line, " \t")
		if line == "" {
			continue
		}
		column := 0
		for _, c := range line[:len(line)-len(body)] {
			if column++; c == '\t' {
				column = (column + 3) / 4 * 4
			}
		}
		lines[i] = strings.Repeat(" ", column) + body
		if common < 0 || column < common {
			common = column
		}
	}
	if !given {
		n = max(common, 0)
	}
	var out []byte
	for _, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		out = append(out, line[min(n, indent):]...)
		out = append(out, '\n')
	}
	return out
}

// A tagged part of a file: its lines, without that of the opening tag, up to that
// of the closing one. Lines with other tags of the same style are not shown.
type tagged struct {
	first, end int
	style      string
}

// Tags are the tagged parts of a file, by style and name.
type tags struct {
	parts map[[2]string]tagged
	style []string // of the tag that a line is, or ""
	order []string // styles as they appear
}

var (
	commentTag = regexp.MustCompile(`(?i)^\s*(//|#|'|--|;+|%+|::|REM\s|/\*|<!--|@\*|\(\*|\{-|<%--|!|\*)\s*<\s*(/?)\s*([\w.-]+)\s*>\s*(?:\*/|-->|\*@|\*\)|-\}|--%>)?\s*$`)
	regionTag  = regexp.MustCompile(`(?i)^\s*(?://\s*)?#\s*(?:pragma\s+)?(end\s?)?region\b\s*"?([^"]*?)"?\s*$`)
)

const region = "region"

// findTags finds all tagged parts. A name that is used again stands for its last
// part, a part ends at the first end of its name.
func findTags(lines []string) *tags {
	t := &tags{parts: map[[2]string]tagged{}, style: make([]string, len(lines))}
	var regions []string
	for i, line := range lines {
		if !strings.ContainsAny(line, "<#") {
			continue
		}
		style, name, ends := region, "", false
		if m := commentTag.FindStringSubmatch(line); m != nil {
			style, name, ends = strings.ToLower(m[1]), strings.ToLower(m[3]), m[2] != ""
		} else if m := regionTag.FindStringSubmatch(line); m != nil {
			name, ends = strings.ToLower(strings.TrimSpace(m[2])), m[1] != ""
			if n := len(regions); !ends {
				regions = append(regions, name)
			} else if n > 0 {
				name, regions = regions[n-1], regions[:n-1]
			}
		} else {
			continue
		}
		t.style[i] = style
		if !slices.Contains(t.order, style) {
			t.order = append(t.order, style)
		}
		key := [2]string{style, name}
		if part, ok := t.parts[key]; !ends {
			t.parts[key] = tagged{i + 1, -1, style}
		} else if ok && part.end < 0 {
			part.end = i
			t.parts[key] = part
		}
	}
	return t
}

// find returns the part of that name, with or without "snippet" before it.
// Comments go before regions.
func (t *tags) find(name string) (tagged, bool) {
	for _, last := range []bool{false, true} {
		for _, style := range t.order {
			if (style == region) != last {
				continue
			}
			for _, n := range []string{name, "snippet" + name} {
				if part := t.parts[[2]string{style, n}]; part.end > 0 {
					return part, true
				}
			}
		}
	}
	return tagged{}, false
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

// aliases are other names of languages.
const aliases = " c++ objective-c obj-c objc objectivec cxx dlang golang node js ts jsonc matlab posh aspx-cs aspx-csharp aspx-vb vbnet vbscript console "

// checkTagLanguage complains once per language about tags in files of a language
// that docfx doesn't know. Here they are found all the same, in comments of any kind.
func (r *reading) checkTagLanguage(part snippet, lang string, start int) {
	if len(part.names) == 0 || part.notebook || r.strange[lang] {
		return
	}
	lang = strings.ToLower(lang)
	known := strings.Contains(aliases, " "+lang+" ") || slices.ContainsFunc(languages[:], func(l [2]string) bool {
		return l[0] == lang || slices.Contains(strings.Fields(l[1]), lang)
	})
	if !known {
		r.strange[lang] = true
		r.doc.Problems.Warnf(r.position(start), "unknown-language", "docfx looks for no parts of code in the language %q", lang).
			Hintf("name the lines with range instead")
	}
}

// languages are the names of languages and their files' extensions: docfx's, but
// for JSON, and some more.
var languages = [][2]string{
	{"actionscript", "as"}, {"arduino", "ino"}, {"assembly", "asm nasm"}, {"azurecli", "azcli"}, {"batchfile", "bat cmd"},
	{"cpp", "cpp c h hpp cc m mm cxx hxx"}, {"csharp", "cs"}, {"cshtml", "cshtml"}, {"css", "css"}, {"cuda", "cu cuh"}, {"d", "d"},
	{"dax", "msdax"}, {"dockerfile", "dockerfile"}, {"erlang", "erl hrl"}, {"fsharp", "fs fsi fsx"}, {"go", "go"},
	{"graphql", "graphql"}, {"handlebars", "hbs"}, {"haskell", "hs"}, {"html", "html htm jsp asp aspx ascx"}, {"ini", "ini"},
	{"java", "java gradle"}, {"javascript", "js mjs"}, {"json", "json"}, {"jsx", "jsx"}, {"kotlin", "kt"}, {"kusto", "kql"},
	{"latex", "tex"}, {"lisp", "lisp lsp"}, {"lua", "lua"}, {"makefile", "makefile mk"}, {"markdown", "md"}, {"pascal", "pas"},
	{"perl", "pl"}, {"php", "php"}, {"powershell", "ps1 psm1 psd1"}, {"processing", "pde"}, {"python", "py"}, {"qsharp", "qs"},
	{"r", "r"}, {"razor", "razor"}, {"react", "tsx"}, {"ruby", "rb ru erb"}, {"rust", "rs"}, {"scala", "scala"},
	{"shell", "sh bash"}, {"smalltalk", "st"}, {"solidity", "sol"}, {"sql", "sql"}, {"swift", "swift"}, {"terraform", "tf"},
	{"typescript", "ts"}, {"usql", "usql"}, {"vb", "vb vbs bas vba"}, {"vbhtml", "vbhtml"}, {"xaml", "xaml"},
	{"xml", "xml xsl xslt xsd wsdl csdl edmx config csproj props targets"}, {"yaml", "yml yaml"},
}
