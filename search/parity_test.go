package search

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The engine in the browser is the theme's script; Node runs it for these tests.
const script = "../themes/default/assets/search.js"

// node runs a program that has the script's parts as `parts` and the lines of
// input as `lines`, and returns the lines that it prints.
func node(t *testing.T, program string, input []string) []string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is needed to compare the engines")
		}
		t.Skip("node is not installed")
	}
	name := filepath.Join(t.TempDir(), "program.cjs")
	whole := "require(" + quote(absolute(t, script)) + ");\nconst parts = globalThis.annaiSearch;\n" +
		"const lines = require('fs').readFileSync(0, 'utf8').split('\\n').filter(Boolean).map(JSON.parse);\n" +
		"const print = (v) => process.stdout.write(JSON.stringify(v) + '\\n');\n" + program
	if err := os.WriteFile(name, []byte(whole), 0o600); err != nil {
		t.Fatal(err)
	}
	var in bytes.Buffer
	for _, line := range input {
		in.WriteString(quote(line) + "\n")
	}
	cmd := exec.Command("node", name)
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func absolute(t *testing.T, name string) string {
	t.Helper()
	name, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}

// corpus reads all articles beside the project; the test fails where it must be
// there and isn't.
func corpus(t testing.TB) []string {
	t.Helper()
	var texts []string
	root := "../../shared/corpus"
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(name) {
		case ".md", ".yml":
			text, err := os.ReadFile(name)
			texts = append(texts, string(text))
			return err
		}
		return nil
	})
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return texts
}

// awkward texts for the analysis, each for a rule.
var awkward = []string{
	"", " ", "ﾗｲｾﾝｽ", "ライセンス", "らいせんす", "サーバー", "サーバ", "キー", "ヴァイオリン ヴォイス ゔ ヴ", "ガギグゲゴﾊﾟﾋﾟ",
	"AADSTS50126", "0x80040115", "0X8004010F", "5.7.134", "e-mail E-Mail ｅ‐ｍａｉｌ", "don’t don't user's", "KeyVault iPhone PowerBI AKSs XMLHttpRequest",
	"café naïve Ærø Łódź İstanbul ıI ß ẞ straße Σίσυφος ΌΣΟΣ", "Ⅳ ① ㈱ ㌔ ℡ ﬁ ½", "한국어 검색 한글", "ไทย ภาษา", "עברית العربية", "𠮷野家 𝒜𝓁𝓅𝒽𝒶",
	"Teams 会議 参加できない", "云 域 a 1 1a a1", "學校 帳號 臺灣 髙﨑 齋藤 渡邊", "a.b.c--d..e_f@g", "3f2a91c4-8b6e-4d2a-9c1f-0123456789ab",
	strings.Repeat("a", 80), strings.Repeat("x-", 50), "パスワー", "々〆〇 佐々木", "C++ C# .NET node.js", "㍿㋿", "\u3099\u309a\u0301", "が゙ゝヾ",
}

func TestAnalysisInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	texts := append(awkward, corpus(t)...)
	got := node(t, `
for (const text of lines) {
  const out = [];
  parts.tokens(text, true, null, (t) => out.push(t.kind[0] + t.kind[1] + t.term + "\t" + t.at));
  print(out);
}`, notEmpty(texts))
	count, f := 0, &folder{}
	for i, text := range notEmpty(texts) {
		var theirs []string
		if err := json.Unmarshal([]byte(got[i]), &theirs); err != nil {
			t.Fatal(err)
		}
		var mine []string
		f.tokens(text, 0, true, func(t *token) {
			kinds := [...]string{"pa", "si", "wo", "pa"}
			mine = append(mine, kinds[t.kind]+string(t.term())+"\t"+itoa(t.at))
		})
		for j := range max(len(mine), len(theirs)) {
			if j >= len(mine) || j >= len(theirs) || mine[j] != theirs[j] {
				t.Fatalf("text %.60q: token %d of %d and %d:\nGo      %q\nbrowser %q", text, j, len(mine), len(theirs), mine[j:min(j+5, len(mine))], theirs[j:min(j+5, len(theirs))])
			}
		}
		count += len(mine)
	}
	t.Logf("%d tokens of %d texts are the same", count, len(texts))
}

func itoa(n int) string { return string(mustJSON(n)) }

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func notEmpty(texts []string) []string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return some
}
