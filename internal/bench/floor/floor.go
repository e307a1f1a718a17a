// Command floor does the least that a generator must do: it reads every article,
// skips its front matter, renders it with goldmark and GFM, highlights its code
// with chroma, and writes the page. It resolves, checks and indexes nothing. The
// benchmark holds annai against it.
package main

import (
	"bytes"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/formatters/html"
	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/styles"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

func main() {
	from, to := os.Args[1], os.Args[2]
	var files []string
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, ".md") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(code{}, 100))),
	)
	next := make(chan string)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			var out bytes.Buffer
			for name := range next {
				out.Reset()
				if err := page(md, name, &out); err != nil {
					log.Fatal(err)
				}
				rel, _ := filepath.Rel(from, name)
				dir := filepath.Join(to, strings.TrimSuffix(rel, ".md"))
				if err := os.MkdirAll(dir, 0o755); err != nil {
					log.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "index.html"), out.Bytes(), 0o644); err != nil {
					log.Fatal(err)
				}
			}
		})
	}
	for _, name := range files {
		next <- name
	}
	close(next)
	group.Wait()
}

func page(md goldmark.Markdown, name string, out *bytes.Buffer) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("---")) {
		if end := bytes.Index(text[3:], []byte("\n---")); end >= 0 {
			text = text[3+end+4:]
		}
	}
	out.WriteString("<!doctype html><meta charset=utf-8><title>" + name + "</title>")
	return md.Convert(text, out)
}

// code renders fenced blocks with chroma, looking each language up once.
type code struct{}

var known sync.Map // language → chroma.Lexer or nil

var style, formatter = styles.Fallback, html.New(html.WithClasses(true))

func (c code) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindFencedCodeBlock, c.render)
}

func (code) render(w util.BufWriter, text []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	block := n.(*ast.FencedCodeBlock)
	var body strings.Builder
	for i := range block.Lines().Len() {
		line := block.Lines().At(i)
		body.Write(line.Value(text))
	}
	lexer := find(string(block.Language(text)))
	if lexer == nil {
		io.WriteString(w, "<pre><code>")
		w.Write(util.EscapeHTML([]byte(body.String())))
		io.WriteString(w, "</code></pre>\n")
		return ast.WalkContinue, nil
	}
	tokens, err := lexer.Tokenise(nil, body.String())
	if err != nil {
		return ast.WalkStop, err
	}
	return ast.WalkContinue, formatter.Format(w, style, tokens)
}

func find(language string) chroma.Lexer {
	switch language {
	case "azurecli":
		language = "bash"
	case "output", "":
		return nil
	}
	if l, ok := known.Load(language); ok {
		lexer, _ := l.(chroma.Lexer)
		return lexer
	}
	lexer := lexers.GlobalLexerRegistry.Get(language)
	if lexer != nil {
		lexer = chroma.Coalesce(lexer)
	}
	known.Store(language, lexer)
	return lexer
}
