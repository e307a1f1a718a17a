package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// The layout that Hugo gets: sidebar (sections, categories of the section,
// articles of the category), breadcrumbs, contents, previous and next, links
// between languages, links to files resolved, code in classes. What is the same
// for a category is drawn once.
const hugoSite = `
-- hugo.toml --
baseURL = "https://support.example.cn/"
title = "Support"
defaultContentLanguage = "DEFAULT"
defaultContentLanguageInSubdir = true
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404"]
enableEmoji = false
[markup.highlight]
noClasses = false
[markup.goldmark.renderer]
unsafe = true
LANGUAGES
-- layouts/baseof.html --
<!doctype html>
<html lang="{{ site.Language.Lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }} - {{ site.Title }}</title>
<meta name="description" content="{{ .Description }}">
<link rel="canonical" href="{{ .Permalink }}">
{{ range .Translations }}<link rel="alternate" hreflang="{{ .Language.Lang }}" href="{{ .Permalink }}">
{{ end }}<link rel="stylesheet" href="/style.css">
</head>
<body>
<a href="#main">Skip</a>
{{ partialCached "header.html" . site.Language.Lang }}
<div class="page">
<nav>{{ partialCached "sidebar.html" . .Section .CurrentSection.RelPermalink site.Language.Lang }}</nav>
<main id="main">{{ block "main" . }}{{ end }}</main>
</div>
{{ partialCached "footer.html" . site.Language.Lang }}
</body>
</html>
-- layouts/_partials/header.html --
<header><a href="/">{{ site.Title }}</a><form action="/search/"><input name="q" type="search"><button>Search</button></form></header>
-- layouts/_partials/footer.html --
<footer><a href="/privacy/">Privacy</a></footer>
-- layouts/_partials/sidebar.html --
<ul>{{ $section := .FirstSection }}{{ $category := .CurrentSection }}
{{ range partialCached "sections.html" . site.Language.Lang }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ if eq . $section }}<ul>{{ range .Sections }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
{{ if eq . $category }}<ul>{{ range .RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}</li>{{ end }}</ul>{{ end }}</li>{{ end }}</ul>
-- layouts/_partials/sections.html --
{{ return site.Sections }}
-- layouts/_partials/crumbs.html --
<nav><ol>{{ range .Ancestors.Reverse }}<li><a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a></li>{{ end }}</ol></nav>
-- layouts/page.html --
{{ define "main" }}{{ partial "crumbs.html" . }}
<article><h1>{{ .Title }}</h1><p><time>{{ index .Params "ms.date" }}</time></p>
<details><summary>On this page</summary>{{ .TableOfContents }}</details>
{{ .Content }}
<footer>{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}{{ with .NextInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</footer></article>{{ end }}
-- layouts/section.html --
{{ define "main" }}{{ partial "crumbs.html" . }}<article><h1>{{ .Title }}</h1>{{ .Content }}<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></article>{{ end }}
-- layouts/home.html --
{{ define "main" }}<article><h1>{{ .Title }}</h1>{{ .Content }}<ul>{{ range .Sections }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul></article>{{ end }}
-- layouts/_markup/render-link.html --
{{- $url := .Destination -}}
{{- if strings.HasSuffix $url ".md" -}}{{- with .Page.GetPage $url -}}{{- $url = .RelPermalink -}}{{- end -}}{{- end -}}
<a href="{{ $url | safeURL }}">{{ .Text | safeHTML }}</a>
`

// runHugo builds the corpus with Hugo into a folder.
func (b *bench) runHugo(out string) (cost, error) {
	site, err := b.hugoSite()
	if err != nil {
		return cost{}, err
	}
	return measure(b.hugo, "--source", site, "--destination", out, "--cacheDir", filepath.Join(b.dir, "hugo-cache"), "--quiet", "--logLevel", "error")
}

// hugoSite writes Hugo's configuration and layouts.
func (b *bench) hugoSite() (string, error) {
	site := filepath.Join(b.dir, "hugo-site")
	for _, f := range txtar.Parse([]byte(hugoSite)).Files {
		p := filepath.Join(site, f.Name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			return "", err
		}
		text := strings.NewReplacer("LANGUAGES", b.hugoLanguages(), "DEFAULT", hugoLanguage(b.hugoLocales[0])).Replace(string(f.Data))
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	return site, nil
}

// hugoLanguages is the part of the configuration that names the articles' folders.
func (b *bench) hugoLanguages() string {
	var text strings.Builder
	for i, locale := range b.hugoLocales {
		fmt.Fprintf(&text, "[languages.%s]\ncontentDir = %q\nweight = %d\n", hugoLanguage(locale), filepath.Join(b.hugoContent, locale), i+1)
	}
	return text.String()
}

// hugoLanguage is the language of a folder; "." is content in one language.
func hugoLanguage(folder string) string {
	if folder == "." {
		return "en-us"
	}
	return folder
}
