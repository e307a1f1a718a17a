package form

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"annai/internal/source"
)

var locales = []string{"ja", "zh-hans", "en"}

// sample is a form with every kind.
const sample = `id: sample
version: 2
title: {ja: 依頼, zh-hans: 请求, en: Request}
purpose: {ja: 返事のため, zh-hans: 用于答复, en: To answer you}
retention: 90
fields:
  - {id: subject, kind: text, min: 3, max: 10, required: true, label: {ja: 件名, zh-hans: 标题, en: Subject}}
  - {id: what, kind: long-text, max: 20, label: {ja: 内容, zh-hans: 内容, en: Description}}
  - {id: scope, kind: choice, required: true, input: scope, label: {ja: 範囲, zh-hans: 范围, en: Scope}, options: [{id: one, label: {ja: 一人, zh-hans: 一人, en: One}}, {id: all, label: {ja: 全員, zh-hans: 所有人, en: All}}]}
  - {id: parts, kind: multi-choice, min: 1, max: 2, label: {ja: 部品, zh-hans: 部分, en: Parts}, options: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
  - {id: name, kind: person-name, pii: personal, label: {ja: お名前, zh-hans: 姓名, en: Your name}}
  - {id: email, kind: email, required: true, pii: personal, label: {ja: メールアドレス, zh-hans: 电子邮件, en: Email address}}
  - {id: tel, kind: phone, required: {when: {severity: [A]}}, pii: personal, label: {ja: 電話番号, zh-hans: 电话, en: Phone number}}
  - {id: company, kind: organization, label: {ja: 会社名, zh-hans: 公司, en: Company}}
  - {id: tenant, kind: domain, label: {ja: テナント, zh-hans: 租户, en: Tenant}}
  - {id: correlation, kind: guid, many: 2, evidence: true, label: {ja: 相関 ID, zh-hans: 相关 ID, en: Correlation ID}}
  - {id: since, kind: moment, zones: [Asia/Tokyo, Asia/Shanghai], rules: [past], label: {ja: いつから, zh-hans: 开始时间, en: Since when}}
  - {id: order, kind: digits, max: 8, label: {ja: 注文番号, zh-hans: 订单号, en: Order number}}
  - {id: impact, kind: long-text, when: {scope: [all]}, required: true, label: {ja: 影響, zh-hans: 影响, en: Impact}}
  - {id: files, kind: file, types: [png, pdf], max_mb: 5, max_files: 3, label: {ja: ファイル, zh-hans: 文件, en: Files}}
  - {id: agree, kind: consent, value: 2026-11, label: {ja: 同意, zh-hans: 同意, en: I agree}}
  - {id: origin, kind: hidden, value: article}
checks:
  - {when: {severity: [A]}, require: [what]}
`

func parse(t *testing.T, text string) *Definition {
	t.Helper()
	d, ps := Parse(source.New("forms/sample.yaml", []byte(text)), nil, locales)
	if ps.Errors() > 0 {
		t.Fatal(ps)
	}
	return d
}

func TestParseProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var facts *source.File
			words := map[string]*source.File{}
			want := ""
			for _, f := range archive.Files {
				switch {
				case f.Name == "want":
					want = strings.TrimSpace(string(f.Data))
				case strings.HasPrefix(f.Name, "forms/"):
					facts = source.New(f.Name, f.Data)
				default:
					locale, _, _ := strings.Cut(f.Name, "/")
					words[locale] = source.New(f.Name, f.Data)
				}
			}
			_, ps := Parse(facts, words, locales)
			ps.Sort()
			got := ps.Error()
			if os.Getenv("UPDATE") != "" {
				for i := range archive.Files {
					if archive.Files[i].Name == "want" {
						archive.Files[i].Data = []byte(got + "\n")
					}
				}
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestNormalise(t *testing.T) {
	d := parse(t, sample)
	for _, c := range []struct{ field, in, want string }{
		{"subject", "\u3000 か\u3099 \r\n", "が"},
		{"subject", "a\r\nb", "a b"},
		{"what", "一\r\n二\r三", "一\n二\n三"},
		{"what", "ｶﾅ①", "ｶﾅ①"}, // text keeps what was typed
		{"email", "　ｔａｒｏ＠Example.COM ", "taro@example.com"},
		{"email", "Taro <taro@example.com>", "taro@example.com"},
		{"tel", "０３－１２３４－５６７８", "03-1234-5678"},
		{"tenant", "https://Contoso.partner.onmschina.cn/path", "contoso.partner.onmschina.cn"},
		{"correlation", "相関 ID: 3F2504E0-4F89-41D3-9A0C-0305E82C3301 時刻 12:00", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
		{"correlation", "nothing here", "nothing here"},
		{"order", " 12-34 ５６", "123456"},
		{"since", "2026/1/2 3:04", "2026-01-02T03:04"},
		{"since", "2026年1月2日 9時5分", "2026-01-02T09:05"},
		{"since", "yesterday", "yesterday"},
	} {
		a, _, invalid := d.Normalise(Raw{c.field: {c.in}})
		if got := a.Get(c.field); got != c.want || invalid != nil {
			t.Errorf("%s %q became %q (%v), want %q", c.field, c.in, got, invalid, c.want)
		}
	}
	a, extra, _ := d.Normalise(Raw{"since": {"2026-01-02T03:04"}, "since.zone": {"Asia/Tokyo"}, "old-field": {"kept"}, "_token": {"x"}, "state": {"delivered"}})
	if got := a.Get("since"); got != "2026-01-02T03:04 Asia/Tokyo" {
		t.Errorf("since = %q", got)
	}
	if extra.Get("old-field") != "kept" || extra["_token"] != nil || len(a) != 1 {
		t.Errorf("answers %v, extra %v", a, extra)
	}
	for field, values := range map[string][]string{"what": {"a\x00b"}, "subject": {"\xff\xfe"}, "email": {"a@example.com", "b@example.com"}} {
		if _, _, invalid := d.Normalise(Raw{field: values}); invalid.Of(field) == nil {
			t.Errorf("%s %q was accepted", field, values)
		}
	}
}

// TestRules has for every rule values that it accepts and refuses.
func TestRules(t *testing.T) {
	d := parse(t, sample)
	good := Raw{"subject": {"件名です"}, "scope": {"one"}, "email": {"taro@example.com"}}
	for _, c := range []struct {
		field, value, want string // want is the rule that is broken
	}{
		{"subject", "", "empty"}, {"subject", "\u3000", "empty"}, {"subject", "ab", "too-short"}, {"subject", "十二三四五六七八九十", ""},
		{"subject", "一二三四五六七八九十一", "too-long"}, {"subject", "𠮷野𠮷野𠮷野𠮷野𠮷野", ""},
		{"what", "1\r\n2345678901234567890", "too-long"}, {"what", "1\r\n234567890123456789", ""},
		{"scope", "two", "option"}, {"scope", "all", ""},
		{"email", "taro", "email"}, {"email", "a..b@example.com", "email"}, {"email", "user@localhost", "email"},
		{"email", strings.Repeat("a", 65) + "@example.com", "email"}, {"email", `"a b"@x.com`, "email"}, {"email", "a+b@例え.jp", "email"},
		{"tel", "13800138000", ""}, {"tel", "+81 90 1234 5678", ""}, {"tel", "400-089-0365", ""}, {"tel", "call me", "phone"}, {"tel", "12", "phone"},
		{"tenant", "contoso.partner.onmschina.cn", ""}, {"tenant", "contoso", "domain"},
		{"correlation", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", ""}, {"correlation", "3f2504e0", "guid"},
		{"since", "2026-01-02T03:04", ""}, {"since", "2999-01-02T03:04", "past"}, {"since", "soon", "moment"},
		{"order", "1234", ""}, {"order", "12a4", "digits"}, {"order", "123456789", "too-long"},
		{"agree", "2026-11", ""}, {"agree", "2025-01", "consent"},
	} {
		raw := Raw{}
		for k, v := range good {
			raw[k] = v
		}
		raw[c.field] = []string{c.value}
		if c.value == "all" {
			raw["impact"] = []string{"everything stands still"}
		}
		a, _, invalid := d.Normalise(raw)
		if invalid == nil {
			invalid = d.Validate(a, nil)
		}
		got := ""
		if e := invalid.Of(c.field); e != nil {
			got = e.Rule
		}
		if got != c.want {
			t.Errorf("%s %q breaks %q, want %q", c.field, c.value, got, c.want)
		}
	}
}

func TestSeveralValues(t *testing.T) {
	d := parse(t, sample)
	base := Answers{"subject": {"abc"}, "scope": {"one"}, "email": {"a@example.com"}}
	for _, c := range []struct {
		field  string
		values []string
		want   string
	}{
		{"parts", []string{"a", "b", "c"}, "too-many"}, {"parts", []string{"a", "b"}, ""}, {"parts", []string{"a", "x"}, "option"},
		{"correlation", slices.Repeat([]string{"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}, 3), "too-many"},
	} {
		a := Answers{c.field: c.values}
		for k, v := range base {
			a[k] = v
		}
		got := ""
		if e := d.Validate(a, nil).Of(c.field); e != nil {
			got = e.Rule
		}
		if got != c.want {
			t.Errorf("%s %v breaks %q, want %q", c.field, c.values, got, c.want)
		}
	}
}

func TestConditions(t *testing.T) {
	d := parse(t, sample)
	a := Answers{"subject": {"abc"}, "scope": {"all"}, "email": {"a@example.com"}}
	rules := func(given map[string]string) string {
		i := d.Validate(a, given)
		if i == nil {
			return ""
		}
		return i.Error()
	}
	if got := rules(nil); got != "answers not accepted: impact (empty)" {
		t.Errorf("got %q", got)
	}
	a["impact"] = []string{"all stand still"}
	if got := rules(map[string]string{"severity": "C"}); got != "" {
		t.Errorf("got %q", got)
	}
	if got := rules(map[string]string{"severity": "A"}); got != "answers not accepted: what (empty), tel (empty)" {
		t.Errorf("got %q", got)
	}
}

// TestMessages: every case has a sentence of our own in every language, with the
// label, without the validator's text, blame or jargon.
func TestMessages(t *testing.T) {
	banned := regexp.MustCompile(`(?i)Key:|invalid|required|please|sorry|oops|無効|必須|不正|无效|必填|错误`)
	d := parse(t, sample)
	for name, words := range messages {
		if missing := words.Missing(locales); len(missing) > 0 {
			t.Errorf("%s is not worded in %v", name, missing)
		}
		for locale, text := range words {
			if banned.MatchString(text) {
				t.Errorf("%s in %s says %q", name, locale, text)
			}
			if name != "charset" && !strings.Contains(text, "{label}") && !strings.Contains(text, "{Label}") {
				t.Errorf("%s in %s doesn't name the field: %q", name, locale, text)
			}
		}
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		for _, rule := range append(f.rules(), "empty") {
			name, parameter, _ := strings.Cut(rule, "=")
			if _, ok := messages[caseOf(name)]; !ok {
				t.Errorf("the rule %q of %s has no message", rule, f.ID)
			}
			for _, locale := range locales {
				text := FieldError{Field: f.ID, Rule: caseOf(name), Param: parameter, field: f}.Message(locale)
				if strings.ContainsAny(text, "{}") || text == "" {
					t.Errorf("%s, %s, %s: %q", f.ID, rule, locale, text)
				}
			}
		}
	}
	if got := (FieldError{Rule: "empty", field: d.Field("email")}).Message("en"); got != "Enter email address" {
		t.Errorf("got %q", got)
	}
	own := parse(t, strings.Replace(sample, "{id: order, ", "{id: order, errors: {digits: {ja: 数字だけ, zh-hans: 只填数字, en: 'Digits of {label}'}}, ", 1))
	if got := (FieldError{Rule: "digits", field: own.Field("order")}).Message("en"); got != "Digits of order number" {
		t.Errorf("got %q", got)
	}
}

// TestKindsAreProved: every kind stands in the sample, so every rule was tried.
func TestKindsAreProved(t *testing.T) {
	d := parse(t, sample)
	for kind := range Traits {
		if !slices.ContainsFunc(d.Fields, func(f Field) bool { return f.Kind == kind }) {
			t.Errorf("the sample has no %s", kind)
		}
	}
	for name, tag := range Rules {
		if err := probe(tag); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tag := range []string{"requird", "min=abc", "len=99999999999999999999", "required,,email"} {
		if probe(tag) == nil {
			t.Errorf("the fault in %q was not found", tag)
		}
	}
}

// FuzzAnswers: whatever is sent, it is cleaned and judged without a panic, and
// cleaning what was accepted changes nothing more.
func FuzzAnswers(f *testing.F) {
	d, ps := Parse(source.New("s.yaml", []byte(sample)), nil, locales)
	if ps.Errors() > 0 {
		f.Fatal(ps)
	}
	for _, s := range []string{"", "a", "taro@example.com", "2026-01-02T03:04 Asia/Tokyo", "\u3000", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "＋８１", "\x00", "a\r\nb", "1 /"} {
		f.Add("email", s, "Asia/Tokyo")
	}
	f.Fuzz(func(t *testing.T, field, value, zone string) {
		for i := range d.Fields {
			id := d.Fields[i].ID
			a, _, invalid := d.Normalise(Raw{id: {value}, id + ZoneSuffix: {zone}, field: {value}})
			if invalid != nil {
				continue
			}
			judged := d.Validate(a, map[string]string{"severity": "A"})
			if judged != nil {
				for _, x := range judged.Errors {
					x.Message("ja")
				}
			}
			if judged.Of(id) != nil {
				continue
			}
			b, _, _ := d.Normalise(Raw(a))
			if !slices.Equal(a[id], b[id]) && len(a[id]) < 2 {
				t.Errorf("%s: %q became %q, then %q", id, value, a[id], b[id])
			}
		}
	})
}
