package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// measured are the same article in other generators, with their default themes
// and a sidebar of 12 entries: what is sent with Brotli, and in how many requests.
// They were measured once, with the same script.
var measured = []struct {
	name     string
	kB       float64
	requests int
}{
	{"Starlight 0.42.4", 51, 11},
	{"VitePress 1.6.4", 150, 9},
	{"Docusaurus 3.10.2", 206, 18},
}

// weighed is an article as those had: some thousand characters, a table, steps
// and a block of code.
var weighed = "# サインインできないときに試すこと\n\n" + strings.Repeat("管理センターを開き、利用者の状態とライセンスの残りを順に確かめます。直らないときは、表示された文言と時刻を控えて窓口にお知らせください。\n\n", 12) +
	"## 重大度\n\n| 重大度 | 状態 | 最初の回答 |\n|---|---|---|\n| A | 業務が止まっている | 1時間以内 |\n| B | 業務に支障がある | 4時間以内 |\n| C | 支障は小さい | 1営業日以内 |\n\n" +
	"## 手順\n\n1. 管理センターを開きます。\n2. 利用者を選びます。\n3. 状態を確かめます。\n4. もう一度サインインします。\n\n" +
	"## 記録を取る\n\n```powershell\nGet-MsolUser -UserPrincipalName taro@contoso.partner.onmschina.cn |\n  Select-Object DisplayName, IsLicensed, BlockCredential\n```\n"

// TestWeight prints what an article sends inside a site of 352 others, whose
// sidebar it carries, beside other generators; it holds the budget.
func TestWeight(t *testing.T) {
	dir := tools(t)
	corpus, _ := filepath.Abs("../../shared/corpus/partner-center/ja-jp")
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the articles are not beside the project: ", err)
	}
	content, site := filepath.Join(t.TempDir(), "ja-jp"), filepath.Join(t.TempDir(), "site")
	if err := os.CopyFS(content, os.DirFS(corpus)); err != nil {
		t.Fatal(err)
	}
	articles := 0
	_ = filepath.WalkDir(content, func(path string, d os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			articles++
		}
		return err
	})
	if err := os.WriteFile(filepath.Join(content, "partner-center", "weighed.md"), []byte(weighed), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(bin+"/annai", "build", content, "-o", site).CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%.2000s", err, out)
	}
	pages, _ := filepath.Glob(filepath.Join(site, "partner-center", "weighed", "index.html"))
	if len(pages) == 0 {
		t.Fatal("the article is not where it was put")
	}
	file := filepath.Join(t.TempDir(), "weight.json")
	out, err := node(t, dir, "audit.mjs", serve(t, dir, site)+"/partner-center/weighed/", "--budget", "budget.json", "--no-lh", "--json", file)
	report(t, out, err)
	var found []struct {
		Weight struct {
			Requests int     `json:"requests"`
			TotalKB  float64 `json:"totalKb"`
			By       map[string]struct {
				KB float64 `json:"kb"`
			} `json:"by"`
		} `json:"weight"`
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil || len(found) != 1 {
		t.Fatalf("%v\n%.1000s", err, text)
	}
	t.Logf("%-34s %6s %9s", "the same article", "KB", "requests")
	for _, m := range measured {
		t.Logf("%-34s %6.1f %9d", m.name, m.kB, m.requests)
	}
	w := found[0].Weight
	t.Logf("%-34s %6.1f %9d  (HTML %.1f, CSS %.1f, JS %.1f)", "Annai, sidebar of "+strconv.Itoa(articles)+" articles", w.TotalKB, w.Requests, w.By["html"].KB, w.By["css"].KB, w.By["js"].KB)
}
