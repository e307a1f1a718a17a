package site

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const wordingGlossary = `terms:
  - {id: requests, ui: true, term: {en: Support requests, ja: サポート要求, zh-hans: 支持请求}}
  - {id: guide, term: {en: program guide, ja: プログラム ガイド, zh-hans: 计划指南}}
`

// TestWording: what a proofreader marks, each with a text that is fine.
func TestWording(t *testing.T) {
	long := strings.Repeat("あ", 100)
	cases := []struct{ name, locale, body, want string }{
		{"sentence", "ja", long + "い。", "sentence-long 6:1"},
		{"sentence of 100", "ja", long[3:] + "。次の文です。", ""},
		{"sentence over lines", "ja", "短い文です。\n" + long + "\nと続きます。", "sentence-long 7:1"},
		{"no sentence", "ja", "| a | b |\n|---|---|\n| " + long + " | " + long + " |\n\n```\n" + long + long + "\n```\n\n## " + long + "い", ""},
		{"items are sentences", "ja", "- " + long[:60] + "\n- " + long[:150] + "\n- " + long[:150], ""},
		{"English", "en", strings.Repeat("A long sentence in a page in English, ", 9), ""},
		{"full-width digits", "ja", "午前９時からです。", "full-width-signs 6:3"},
		{"code is no prose", "ja", "画面に`９時`と出ます。", ""},
		{"full-width in Chinese", "zh-hans", "请在９点以后拨打。", "full-width-signs 6:3"},
		{"twice", "ja", "管理センターをを開きます。", "particle-twice 6:7"},
		{"not twice", "ja", "当社でできることです。便利なものの、使えません。こののちは別です。", ""},
		{"chain", "ja", "会社の契約の担当の人です。", "particle-chain 6:1"},
		{"no chain", "ja", "会社の契約の、このサービスのものです。", ""},
		{"chain in Chinese", "zh-hans", "公司的合同的负责人的电话。", "particle-chain 6:1"},
		{"tone", "ja", "開きます。\n\n見ます。\n\nこれは例である。", "tone-mixed 10:1"},
		{"one tone", "ja", "開きます。見てください。名前は次のとおり。", ""},
		{"inside", "ja", "設定 を開きます。", "space-inside 6:3"},
		{"beside bold text", "ja", "次に **設定** を開きます。", "space-inside 6:3"},
		{"katakana", "ja", "パートナー センターを開きます。", ""},
		{"mixed", "ja", "Azureを使います。\nOffice を使います。\nTeamsを使います。", "space-mixed 7:6"},
		{"typed everywhere", "ja", "Azure を使います。\nOffice を使います。", ""},
		{"mixed in Chinese", "zh-hans", "使用 Azure 的用户。\n使用Office的用户。", "space-mixed 7:2"},
		{"marks", "zh-hans", "打开管理中心,选择用户。", "half-width-mark 6:7"},
		{"stop", "zh-hans", "打开管理中心.", "half-width-mark 6:7"},
		{"numbers", "zh-hans", "大小为 1,000 个，网址为 https://example.com/a,b 。", ""},
		{"links are their text", "ja", "[案内](https://example.com/" + strings.Repeat("a", 200) + ")を開きます。", ""},

		{"label", "ja", ":ui[Support requests]を開きます。", ""},
		{"label with its translation", "ja", ":ui[Support requests]{サポート要求}を開きます。", ""},
		{"another translation", "ja", ":ui[Support requests]{依頼}を開きます。", "label-translation 6:1"},
		{"only translated", "ja", "「サポート要求」を開きます。", "label-translated 6:1"},
		{"only translated, bold", "zh-hans", "打开**支持请求**。", "label-translated 6:3"},
		{"only translated, as a label", "ja", ":ui[サポート要求]を開きます。", "label-translated 6:1"},
		{"no label of the product", "ja", "「プログラム ガイド」を読みます。", ""},
		{"in its own language", "en", "Open **Support requests**.", ""},
		{"mentioned", "ja", "サポート要求の書き方です。", ""},
	}
	m := fstest.MapFS{
		"site.yaml":     {Data: []byte("title: T\nlocales: [ja, zh-hans, en]\n")},
		"glossary.yaml": {Data: []byte(wordingGlossary)},
	}
	for i, c := range cases {
		m[fmt.Sprintf("%s/case%d.md", c.locale, i)] = &fstest.MapFile{Data: []byte("---\ntitle: T\ndescription: D\nowner: o\n---\n" + c.body + "\n")}
	}
	_, ps := check(t, m)
	got := map[string][]string{}
	for _, p := range ps {
		got[p.Path] = append(got[p.Path], fmt.Sprintf("%s %d:%d", p.Code, p.Line, p.Col))
	}
	for i, c := range cases {
		if got := strings.Join(got[fmt.Sprintf("%s/case%d.md", c.locale, i)], ", "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestProofreadOff: a site may go without.
func TestProofreadOff(t *testing.T) {
	for setting, want := range map[string]int{"": 1, "proofread: true\n": 1, "proofread: false\n": 0} {
		_, ps := check(t, fstest.MapFS{
			"site.yaml":  {Data: []byte("title: T\nlocales: [ja]\n" + setting)},
			"ja/page.md": {Data: []byte("---\ntitle: T\ndescription: D\nowner: o\n---\n９時からです。\n")},
		})
		if len(ps) != want {
			t.Errorf("%q: %v", setting, ps)
		}
	}
}

// TestLabels: a label is shown as the product prints it, with what it means.
func TestLabels(t *testing.T) {
	m := baseContent(t)
	fillRevisions(m)
	m["glossary.yaml"].Data = slices.Concat(m["glossary.yaml"].Data, []byte("  - {id: requests, ui: true, term: {ja: サポート要求, en: Support requests}}\n"))
	for _, name := range []string{"ja/updates/news.md", "en/updates/news.md"} {
		m[name].Data = slices.Concat(m[name].Data, []byte("\n:ui[Support requests]\n\n:ui[設定]\n"))
	}
	s, _ := Load(Options{Content: m, Name: "content", Now: testDay})
	for page, want := range map[string][]string{
		"ja/updates/news/index.html": {`<b class="ui" lang="en" translate="no">Support requests</b>（サポート要求）`, `<b class="ui" translate="no">設定</b>`},
		"en/updates/news/index.html": {`<b class="ui" translate="no">Support requests</b></p>`},
	} {
		for _, w := range want {
			if html := text(t, s, page); !strings.Contains(html, w) {
				t.Errorf("%s lacks %s", page, w)
			}
		}
	}
}
