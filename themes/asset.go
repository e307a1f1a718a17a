package themes

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
)

// An Asset is a file that pages load: its name bears a fingerprint of what is in
// it, so that it may be cached for ever.
type Asset struct {
	Name      string // style.css, core.js, icon.svg
	Path      string // assets/style.3f2a91c4.css, below the site's root
	Integrity string // sha384-…
	Body      []byte
}

// Assets are the theme's files to be written, in the order of their names.
func (t *Theme) Assets() []Asset { return t.assets }

// makeAssets joins the sheets, strips comments, and fingerprints all files. The
// names and hashes of the scripts that are loaded only when needed, and of the
// sheets of the same names, are written into core.js, so a page names one script
// and vouches through it for the rest.
func (t *Theme) makeAssets(files map[string]string) {
	bodies := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		base, ok := strings.CutPrefix(name, "assets/")
		if !ok {
			continue
		}
		sheet, _, inFolder := strings.Cut(base, "/")
		switch {
		case inFolder && path.Ext(base) == ".css": // style/10-tokens.css → style.css
			bodies[sheet+".css"] += slimCSS(files[name])
		case path.Ext(base) == ".css":
			bodies[base] = slimCSS(files[name])
		case path.Ext(base) == ".js":
			bodies[base] = slimJS(files[name])
		default:
			bodies[base] = files[name]
		}
	}
	parts := map[string][2]string{}
	var assets []Asset
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		if name == coreScript {
			continue
		}
		a := newAsset(name, bodies[name])
		assets = append(assets, a)
		if ext := path.Ext(name); ext == ".js" || ext == ".css" {
			parts[strings.TrimSuffix(name, ".js")] = [2]string{path.Base(a.Path), a.Integrity}
		}
	}
	table, _ := json.Marshal(parts)
	core := strings.Replace(bodies[coreScript], `"PARTS"`, string(table), 1)
	t.setAssets(append(assets, newAsset(coreScript, core)))
}

// Append puts CSS behind the theme's sheet, such as a brand's: in one file with it,
// so that it costs no request. Call it before the first page is drawn.
func (t *Theme) Append(css string) {
	if css == "" {
		return
	}
	for i := range t.assets {
		if t.assets[i].Name == "style.css" {
			t.assets[i] = newAsset("style.css", string(t.assets[i].Body)+slimCSS(css))
		}
	}
	t.setAssets(t.assets)
}

// coreScript is the one script that every page names.
const coreScript = "core.js"

func newAsset(name, body string) Asset {
	short := sha256.Sum256([]byte(body))
	long := sha512.Sum384([]byte(body))
	ext := path.Ext(name)
	return Asset{
		Name:      name,
		Path:      "assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(short[:4]) + ext,
		Integrity: "sha384-" + base64.StdEncoding.EncodeToString(long[:]),
		Body:      []byte(body),
	}
}

func (t *Theme) setAssets(assets []Asset) {
	sort.Slice(assets, func(i, j int) bool { return assets[i].Name < assets[j].Name })
	t.assets = assets
	for i := range assets {
		t.byName[assets[i].Name] = &assets[i]
	}
}

// slimCSS drops comments, indentation, line ends and the last semicolon of a
// block. It knows strings, and changes nothing else.
func slimCSS(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '/' && strings.HasPrefix(text[i:], "/*"):
			end := strings.Index(text[i+2:], "*/")
			if end < 0 {
				return string(out)
			}
			i += end + 3
		case c == '"' || c == '\'':
			end := endOfString(text, i)
			out = append(out, text[i:end]...)
			i = end - 1
		case isSpace(c):
			for i+1 < len(text) && isSpace(text[i+1]) {
				i++
			}
			after := len(out) == 0 || strings.IndexByte("{};,>:", out[len(out)-1]) >= 0
			before := i+1 == len(text) || strings.IndexByte("{};,>", text[i+1]) >= 0
			if !after && !before {
				out = append(out, ' ')
			}
		case c == '}' && len(out) > 0 && out[len(out)-1] == ';':
			out[len(out)-1] = c
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// endOfString is the offset behind the string that begins at i.
func endOfString(text string, i int) int {
	for end := i + 1; end < len(text); end++ {
		switch text[end] {
		case '\\':
			end++
		case text[i]:
			return end + 1
		}
	}
	return len(text)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// slimJS drops whole-line comments and indentation: what is left is still
// readable and can't mean anything else. A script with template literals, which
// may run over lines, is left as it is.
func slimJS(text string) string {
	if strings.Contains(text, "`") {
		return text
	}
	var b strings.Builder
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
