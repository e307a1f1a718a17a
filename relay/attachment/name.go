package attachment

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest name, in code points: it must fit a mail header, a
// dialog and, in UTF-8, a file system.
const maxName = 80

// CleanName makes a stranger's file name one harmless path element: the last of
// its parts, without control signs, signs that turn the direction of writing,
// signs that file systems forbid, and leading dots; Windows' device names get a
// sign before them. It may be empty. A clean name stays as it is.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	// Composed last: a letter and its sign may have stood apart.
	name = norm.NFC.String(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name))
	name = strings.Trim(name, " .")
	stem, extension := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	if utf8.RuneCountInString(extension) > 10 {
		stem, extension = name, ""
	}
	if runes := []rune(stem); len(runes) > maxName {
		stem = strings.TrimRight(string(runes[:maxName]), " .")
	}
	if device(stem) {
		stem = "_" + stem
	}
	return stem + extension
}

func device(stem string) bool {
	s := strings.ToUpper(strings.TrimSpace(stem))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL"}, s) {
		return true
	}
	return len(s) == 4 && (s[:3] == "COM" || s[:3] == "LPT") && s[3] >= '0' && s[3] <= '9'
}

// withExtension gives the name an extension of its content's kind.
func withExtension(name string, k kind) string {
	extension := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	stem := strings.TrimSuffix(name, path.Ext(name))
	if stem == "" {
		stem = "file"
	}
	if !slices.Contains(k.extensions, extension) {
		extension = k.extensions[0]
	}
	return stem + "." + extension
}
