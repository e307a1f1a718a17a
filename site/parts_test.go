package site

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Parts are put into one when there are many, or when half of what they hold is
// outdated; what they hold stays, and what isn't named any more goes.
func TestPartsStayFew(t *testing.T) {
	for _, size := range []int{10, 10_000} { // of what changes; the rest is 10,000
		c := &Cache{dir: t.TempDir()}
		c.body.Outputs = make([]outputRecord, 2)
		c.body.Outputs[0].Links.text = strings.Repeat("steady ", 1500)
		for i := range 100 {
			changed := fmt.Sprintf("%0*d", size, i)
			c.body.Outputs[1].Links = parcel{text: changed}
			if err := c.save(); err != nil {
				t.Fatal(err)
			}
			again := &Cache{dir: c.dir}
			again.body.Links, again.body.Outputs = c.body.Links, c.body.Outputs
			for j := range again.body.Outputs {
				again.body.Outputs[j].Links.text = ""
			}
			if err := again.readParts(); err != nil {
				t.Fatal(err)
			}
			if again.text(again.body.Outputs[0].Links) != strings.Repeat("steady ", 1500) || again.text(again.body.Outputs[1].Links) != changed {
				t.Fatalf("save %d of %d bytes: what was kept differs", i, size)
			}
			var all int64
			for _, part := range again.body.Links {
				all += part.Size
			}
			entries, _ := os.ReadDir(c.dir)
			if n := len(again.body.Links); n > maxParts || len(entries) != n+1 || all > int64(2*(10_500+size)) {
				t.Fatalf("save %d of %d bytes: %d parts, %d files, %d bytes", i, size, n, len(entries), all)
			}
			c = again
		}
	}
}
