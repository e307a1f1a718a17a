package conformance

import (
	"strings"
	"testing"
)

// TestMedia compares media links with what Markdig's extension writes for docfx.
func TestMedia(t *testing.T) {
	for input, want := range map[string]string{
		"![a](https://www.youtube.com/watch?v=x_1&t=9)":    `<iframe src="https://www.youtube.com/embed/x_1?start=9" class="youtube" width="500" height="281" frameborder="0" allowfullscreen=""></iframe>`,
		"![a](https://music.yandex.ru/album/1/track/2)":    `<iframe src="https://music.yandex.ru/iframe/#track/2/1/" width="500" height="281" class="yandex" frameborder="0"></iframe>`,
		"![a](https://www.youtube.com/shorts/x)":           `<iframe src="https://www.youtube.com/embed/x" width="500" height="281" class="youtubeshort" frameborder="0" allowfullscreen=""></iframe>`,
		"![a](https://example.com/film.mp4)":               `<video width="500" height="281" controls=""><source type="video/mp4" src="https://example.com/film.mp4"></source></video>`,
		"![a](https://example.com/talk.ogg \"What's in\")": `<audio width="500" controls=""><source type="audio/ogg" src="https://example.com/talk.ogg"></source></audio>`,
	} {
		c := Case{Name: input, Engine: "docfx-main", Input: input, FilePath: "a.md", Comparing: "strip-newlines", Expected: "<p>" + want + "</p>"}
		report := Check([]Case{c})
		if len(report.Failures) > 0 {
			t.Errorf("%+v", report.Failures[0])
		}
		c.Expected = strings.Replace(c.Expected, `width="500"`, `width="501"`, 1)
		if len(Check([]Case{c}).Failures) == 0 {
			t.Errorf("%s: another width is the same", input)
		}
	}
}
