package search

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// articles of a small support site, ours.
func articles() []Document {
	return []Document{
		{URL: "/ja/password/", Path: "ja/password.md", Title: "パスワードを再設定する", Description: "サインインできないときに、新しいパスワードを決めます。", Codes: []string{"AADSTS50126"}, Type: "howto", Category: "account", Products: []string{"entra"},
			Sections: []Section{{"", "", "パスワードを忘れたときの手順です。"}, {"sms", "SMS で確認する", "携帯電話に届いた番号を入力します。"}, {"admin", "管理者に頼む", "管理者は管理センターから変更できます。"}}},
		{URL: "/ja/license/", Path: "ja/license.md", Title: "ライセンスを割り当てる", Description: "ユーザーに Microsoft 365 のライセンスを割り当てます。", Type: "howto", Category: "account", Products: []string{"m365"},
			Sections: []Section{{"", "", "管理センターを開きます。"}, {"many", "複数のユーザーに割り当てる", "一覧で選びます。"}}},
		{URL: "/ja/mail/", Path: "ja/mail.md", Title: "メールを送れない", Description: "送信のエラー 0x80040115 と 5.7.134 の直し方です。", Type: "article", Category: "connectivity", Products: []string{"exchange"},
			Sections: []Section{{"", "", "サーバーにつながるか確かめます。Teams 会議の案内も届きません。"}}},
		{URL: "/ja/teams/", Path: "ja/teams.md", Title: "Teams の会議に参加できない", Description: "KeyVault は関係ありません。", Type: "article", Category: "connectivity", Products: []string{"teams"},
			Sections: []Section{{"", "", "招待のリンクを開き直します。"}, {"guest", "ゲストの場合", "組織の設定を確かめます。"}}},
	}
}

func built(t *testing.T, documents []Document) *Index {
	t.Helper()
	x, err := Build("ja", documents, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestSearch(t *testing.T) {
	x := built(t, articles())
	site := fstest.MapFS{}
	for _, f := range x.Files() {
		site[f.Path] = &fstest.MapFile{Data: f.Body()}
	}
	opened, err := Open(site, "ja")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ query, first string }{
		{"パスワード", "/ja/password/"},
		{"ﾊﾟｽﾜｰﾄﾞ", "/ja/password/"},
		{"ぱすわーど", "/ja/password/"},
		{"パスワ", "/ja/password/"},
		{"ログインできない", "/ja/password/"}, // a synonym of what the description says
		{"ライセンス 割り当て", "/ja/license/"},
		{"らいせんす", "/ja/license/"},
		{"複数のユーザーに割り当てる", "/ja/license/#many"},
		{"SMSで確認", "/ja/password/#sms"},
		{"サーバ", "/ja/mail/"},
		{"サーバー", "/ja/mail/"},
		{"aadsts50126", "/ja/password/"},
		{"50126", "/ja/password/"},
		{"AADSTS501", "/ja/password/"},
		{"0x80040115", "/ja/mail/"},
		{"0x8004", "/ja/mail/"},
		{"80040115", "/ja/mail/"},
		{"5.7.134", "/ja/mail/"},
		{"key vault", "/ja/teams/"},
		{"Teams 会議 参加できない", "/ja/teams/"},
		{"Taems 会議", "/ja/teams/"},
		{"會議", "/ja/teams/"},
		{"Teamsの会議に入れないのですがどうすればいいですか", "/ja/teams/"},
	} {
		for name, x := range map[string]*Index{"built": x, "opened": opened} {
			found, err := x.Search(Query{Text: test.query})
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Results) == 0 {
				t.Errorf("%s: %q finds nothing, want %s", name, test.query, test.first)
				continue
			}
			r := found.Results[0]
			got := r.URL
			if strings.Contains(test.first, "#") {
				got += "#" + r.SectionID
			}
			if got != test.first {
				t.Errorf("%s: %q finds %s first, want %s", name, test.query, got, test.first)
			}
		}
	}
}

func TestFiltersAndNearest(t *testing.T) {
	x := built(t, articles())
	found, err := x.Search(Query{Text: "会議", Filters: map[string][]string{"product": {"exchange", "none"}, "type": {"article"}}, Explain: true})
	if err != nil || len(found.Results) != 1 || found.Results[0].URL != "/ja/mail/" || len(found.Results[0].Explain) == 0 {
		t.Errorf("filtered: %+v, %v", found, err)
	}
	if found, err = x.Search(Query{Text: "licensexyz passwordless teamsters"}); err != nil || !found.Nearest || len(found.Results) == 0 {
		t.Errorf("nearest: %+v, %v", found, err)
	}
	if found, err = x.Search(Query{Text: "ゞゞゞ"}); err != nil || len(found.Results) != 0 {
		t.Errorf("nothing: %+v, %v", found, err)
	}
}

// The same documents give the same bytes, in any order, from many goroutines, and
// from what an earlier build has saved.
func TestDeterministic(t *testing.T) {
	var documents []Document
	for i := range 300 {
		d := articles()[i%4]
		d.Path = fmt.Sprintf("ja/%03d.md", i)
		d.URL = "/" + d.Path
		d.Title += fmt.Sprintf(" word%d", i%37)
		documents = append(documents, d)
	}
	want := built(t, documents).Files()
	rand.Shuffle(len(documents), func(i, j int) { documents[i], documents[j] = documents[j], documents[i] })
	together := Builder{Locale: "ja"}
	earlier := Builder{Locale: "ja"}
	restored := Builder{Locale: "ja", Saved: func() []byte { return saved(t, &earlier) }}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for j := i; j < len(documents); j += 8 {
				together.Add(documents[j])
				d := documents[j]
				if j%5 == 0 { // was another article when it was saved
					d = articles()[3]
					d.Path = documents[j].Path
				}
				earlier.Add(d)
			}
		})
	}
	wait.Wait()
	for i, d := range documents {
		if i%5 == 0 {
			restored.Add(d)
		} else if !restored.Reuse(d.Path) {
			t.Errorf("%s is not restored", d.Path)
		}
	}
	for name, b := range map[string]*Builder{"together": &together, "restored": &restored} {
		x, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		got := x.Files()
		if len(got) != len(want) {
			t.Fatalf("%s: %d files, want %d", name, len(got), len(want))
		}
		for i := range got {
			if got[i].Path != want[i].Path || !bytes.Equal(got[i].Body(), want[i].Body()) {
				t.Fatalf("%s: %s differs from %s", name, got[i].Path, want[i].Path)
			}
		}
	}
}

// saved is what a builder saves.
func saved(t testing.TB, b *Builder) []byte {
	t.Helper()
	if _, err := b.Build(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := b.Save(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEmptyIndex(t *testing.T) {
	x := built(t, nil)
	if found, err := x.Search(Query{Text: "何か something"}); err != nil || len(found.Results) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

// Files that were changed by accident or on purpose give an error or other
// results, never a panic.
func TestDamagedFiles(t *testing.T) {
	x := built(t, articles())
	whole := fstest.MapFS{}
	for _, f := range x.Files() {
		whole[f.Path] = &fstest.MapFile{Data: f.Body()}
	}
	for _, f := range x.Files() {
		if !f.Immutable {
			continue
		}
		raw, err := unpack(whole[f.Path].Data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range min(len(raw), 400) {
			site := maps.Clone(whole)
			broken := bytes.Clone(raw)
			broken[i] ^= byte(1 << (i % 8))
			if i%3 == 0 {
				broken = broken[:i]
			}
			site[f.Path] = &fstest.MapFile{Data: pack(broken)}
			opened, err := Open(site, "ja")
			if err != nil {
				t.Fatal(err)
			}
			opened.Search(Query{Text: "Teams 会議 Taems ライセンス 0x8004", Filters: map[string][]string{"type": {"article"}}})
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	x, err := Build("ja", articles(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, q string) {
		found, err := x.Search(Query{Text: q})
		if err != nil || len(found.Results) > 10 {
			t.Errorf("%d results, %v", len(found.Results), err)
		}
	})
}

func FuzzAnalysis(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a := &folder{variants: variantsOf("ja")}
		last := 0
		a.tokens(text, 0, true, func(t1 *token) {
			if t1.at < last || t1.end <= t1.at || t1.end > len(a.signs) || len(t1.term()) == 0 {
				t.Errorf("token %q of [%d,%d) after %d in %d signs", t1.term(), t1.at, t1.end, last, len(a.signs))
			}
			if t1.kind != part {
				last = t1.at
			}
		})
	})
}

// What is damaged, or was saved for other synonyms, is not taken over.
func TestSavedIsRefused(t *testing.T) {
	b := Builder{Locale: "ja"}
	for _, d := range articles() {
		b.Add(d)
	}
	good := saved(t, &b)
	path := articles()[0].Path
	step := 1
	if testing.Short() {
		step = 17 // no multiple of the eight bits
	}
	for i := 0; i < len(good); i += step {
		damaged := bytes.Clone(good)
		damaged[i] ^= 1 << (i % 8)
		for name, data := range map[string][]byte{"damaged": damaged, "cut": good[:i]} {
			other := Builder{Locale: "ja", Saved: func() []byte { return data }}
			if other.Reuse(path) {
				t.Fatalf("%s at byte %d: taken over", name, i)
			}
		}
	}
	for name, other := range map[string]*Builder{"locale": {Locale: "en"}, "synonyms": {Locale: "ja", Synonyms: [][]string{{"a", "b"}}}} {
		if other.Saved = func() []byte { return good }; other.Reuse(path) {
			t.Errorf("taken over for another %s", name)
		}
	}
}

// Folding sign by sign gives what folding the whole text at once does.
func FuzzFolding(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Add("ﾊﾟﾞ゙か゚a\u0338＜\u0338é\u0301\u1dc4각\u11a8ᄀ\u0301\u1161가\u11a7")
	variants := variantsOf("ja")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?") // Unicode says nothing of other texts
		got, want := &folder{variants: variants}, &folder{variants: variants}
		got.normalise(text)
		for _, r := range want.compose(text) {
			r, c := foldSign(r, variants)
			want.signs, want.classes = append(want.signs, r), append(want.classes, c)
		}
		want.foldKana()
		if string(got.signs) != string(want.signs) || !slices.Equal(got.classes, want.classes) {
			t.Errorf("%q\ngives %q %v\nwant  %q %v", text, string(got.signs), got.classes, string(want.signs), want.classes)
		}
	})
}

// Every sign folds as it does alone in a text, before and after others.
func TestFoldingOfEverySign(t *testing.T) {
	f := &folder{}
	for r := rune(1); r < 0x30000; r++ {
		for _, text := range [...]string{"a" + string(r) + "が", "ﾊ" + string(r) + "\u3099", "가" + string(r)} {
			f.normalise(text)
			got := string(f.signs)
			f.signs, f.classes = f.signs[:0], f.classes[:0]
			for _, r := range f.compose(text) {
				r, c := foldSign(r, nil)
				f.signs, f.classes = append(f.signs, r), append(f.classes, c)
			}
			f.foldKana()
			if got != string(f.signs) {
				t.Errorf("U+%04X in %q folds to %q, want %q", r, text, got, string(f.signs))
			}
		}
	}
}

// An edit of one article changes few files, and not where the others lie.
func TestEditChangesFewFiles(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 4000)
	for i := range words {
		word := make([]byte, 3+r.IntN(7))
		for j := range word {
			word[j] = "aeioubcdfghklmnprst"[r.IntN(19)]
		}
		words[i] = string(word)
		if i%2 == 0 {
			words[i] = string([]rune{rune(0x4e00 + r.IntN(900)), rune(0x4e00 + r.IntN(900)), rune(0x4e00 + r.IntN(900))})
		}
	}
	var documents []Document
	for i := range 600 {
		text := ""
		for range 60 + r.IntN(300) {
			text += words[int(float64(len(words))*r.Float64()*r.Float64())] + " "
		}
		documents = append(documents, Document{Path: fmt.Sprint(i), URL: fmt.Sprint("/", i), Title: words[i], Sections: []Section{{Text: text}}})
	}
	before := map[string]uint64{}
	for _, f := range built(t, documents).Files() {
		before[f.Path] = f.Sum
	}
	documents[17].Sections[0].Text += " " + words[3] + " quite unheard of."
	changed, after := 0, built(t, documents).Files()
	for _, f := range after {
		if before[f.Path] != f.Sum {
			changed++
		}
	}
	t.Logf("%d of %d files changed", changed, len(after))
	if len(after) < 200 || changed < 4 || changed > 12 {
		t.Errorf("%d of %d files changed", changed, len(after))
	}
}

func TestRanges(t *testing.T) {
	var lists []list
	for _, term := range strings.Fields("a ab aba abb abc abd b ba c ca cab cabin cabinet cabinets cabs d é éa") {
		lists = append(lists, list{term: term, postings: make([]posting, 5)})
	}
	var got []string
	ranges(lists, 0, 0, 100, func(part []list, begin string) {
		terms := []string{begin + ":"}
		for _, l := range part {
			terms = append(terms, l.term)
		}
		got = append(got, strings.Join(terms, " "))
	})
	want := []string{"a: a ab aba", "abb: abb abc abd", "b: b ba", "c: c ca", "cab: cab", "cabi: cabin cabinet cabinets", "cabs: cabs", "d: d é éa"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
