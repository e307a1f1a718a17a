package themes

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"annai/internal/source"
)

// A Color is sRGB, each channel from 0 to 255.
type Color struct{ R, G, B uint8 }

// ParseColor reads "#0b5cad" or "#05a".
func ParseColor(s string) (Color, error) {
	hex, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if !ok || err != nil || len(hex) != 6 {
		return Color{}, fmt.Errorf("%q is no colour like #0b5cad", s)
	}
	return Color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, nil
}

// String is "#0b5cad".
func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// luminance is WCAG 2's relative luminance.
func (c Color) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// Contrast is WCAG 2's ratio of two colours, from 1 to 21.
func Contrast(a, b Color) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// Text and page colours of the default theme that an accent stands on. The test
// of the tokens keeps them equal to the sheet's.
var (
	lightPage = Color{0xff, 0xff, 0xff}
	lightTint = Color{0xf4, 0xf6, 0xf8}
	darkPage  = Color{0x14, 0x18, 0x1d}
	darkTint  = Color{0x1d, 0x23, 0x2a}
)

// minimum is the ratio that WCAG 2.2 AA asks of text.
const minimum = 4.5

// Brand is what a site's owner sets of the looks.
type Brand struct {
	Accent     string // colour of links and buttons on white
	AccentDark string // the same in dark mode; made from Accent when empty
	Radius     string // of corners: "0", "4px", "0.5rem"; the theme's when empty
}

// CSS is the sheet that sets the brand, to be loaded after the theme's own; empty
// when there is nothing to set. A colour under 4.5:1 is refused with the nearest
// that passes; at is where the brand stands in site.yaml.
func (b Brand) CSS(at source.Position) (string, source.Problems) {
	var ps source.Problems
	var css strings.Builder
	light := b.accent(at, "brand.accent", b.Accent, []Color{lightPage, lightTint}, &ps)
	darkText := b.AccentDark
	if darkText == "" && light != nil {
		darkText = nearest(*light, []Color{darkPage, darkTint}).String()
	}
	dark := b.accent(at, "brand.accent_dark", darkText, []Color{darkPage, darkTint}, &ps)
	root := ""
	if light != nil {
		root += accentTokens(*light, lightPage)
	}
	if b.Radius != "" {
		if !isLength(b.Radius) {
			ps.Errorf(at, "brand-radius", "%q is no length", b.Radius).Hintf("write it like 4px, 0.5rem or 0")
		} else {
			root += "--radius:" + b.Radius + ";"
		}
	}
	if root != "" {
		css.WriteString(":root{" + root + "}\n")
	}
	if dark != nil {
		css.WriteString("@media screen and (prefers-color-scheme:dark){:root{" + accentTokens(*dark, darkPage) + "}}\n")
	}
	return css.String(), ps
}

// accentTokens are the accent, what is written on it, and a wash of it behind the
// heading of the home page.
func accentTokens(accent, page Color) string {
	return "--accent:" + accent.String() + ";--on-accent:" + textOn(accent).String() + ";--wash:" + wash(accent, page).String() + ";"
}

func (b Brand) accent(at source.Position, key, value string, grounds []Color, ps *source.Problems) *Color {
	if value == "" {
		return nil
	}
	c, err := ParseColor(value)
	if err != nil {
		ps.Errorf(at, "brand-color", "%s: %q is no colour", key, value).Hintf("write it like #0b5cad")
		return nil
	}
	if worst, ground := worstContrast(c, grounds); worst < minimum {
		ps.Errorf(at, "brand-contrast", "%s: %s has a contrast of %.1f:1 on %s, text needs %.1f:1", key, c, worst, ground, minimum).
			Hintf("the nearest colour that can be read is %s", nearest(c, grounds))
		return nil
	}
	return &c
}

// worstContrast is the least ratio of the colour on the grounds and on its own
// wash over the first of them.
func worstContrast(c Color, grounds []Color) (float64, Color) {
	worst, at := math.Inf(1), Color{}
	for _, g := range append(grounds[:len(grounds):len(grounds)], wash(c, grounds[0])) {
		if r := Contrast(c, g); r < worst {
			worst, at = r, g
		}
	}
	return worst, at
}

// nearest mixes the colour with black or white, whichever the grounds need, as
// little as makes it readable on all of them: the hue stays.
func nearest(c Color, grounds []Color) Color {
	to := Color{}
	if grounds[0].luminance() < 0.18 {
		to = Color{255, 255, 255}
	}
	for share := 0.0; share <= 1; share += 1.0 / 256 {
		mixed := mix(c, to, share)
		if worst, _ := worstContrast(mixed, grounds); worst >= minimum {
			return mixed
		}
	}
	return to
}

// wash is a breath of the accent on the page.
func wash(accent, page Color) Color { return mix(page, accent, 0.07) }

func mix(a, b Color, share float64) Color {
	one := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*(1-share) + float64(y)*share)) }
	return Color{one(a.R, b.R), one(a.G, b.G), one(a.B, b.B)}
}

// textOn is white or black, whichever is easier to read on the colour.
func textOn(c Color) Color {
	white, black := Color{255, 255, 255}, Color{0x10, 0x14, 0x18}
	if Contrast(white, c) >= minimum {
		return white
	}
	return black
}

func isLength(s string) bool {
	if s == "0" {
		return true
	}
	for _, unit := range []string{"px", "rem", "em"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			v, err := strconv.ParseFloat(n, 64)
			return err == nil && v >= 0 && v <= 64
		}
	}
	return false
}
