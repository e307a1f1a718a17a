package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// A corpus is articles in three languages with the sizes and constructs of real
// support articles: 6 KB in the middle, 9 KB on average, and per article seven
// headings, eight links, two pictures, a table, 28 list items and one and a half
// blocks of code, some of them in languages that no highlighter knows. Some files
// have a BOM, some CRLF. The same numbers give the same bytes.
type corpus struct {
	dir   string
	pages int
	index string // name of a folder's own page
}

const (
	perCategory = 10
	perSection  = 18 // categories
)

var locales = []string{"ja-jp", "zh-cn", "en-us"}

// write makes the files, unless they are there.
func (c *corpus) write() error {
	done := filepath.Join(c.dir, ".done")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := os.RemoveAll(c.dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, locale := range locales {
		if err := c.locale(locale); err != nil {
			return err
		}
	}
	if err := c.pictures(); err != nil {
		return err
	}
	return os.WriteFile(done, nil, 0o644)
}

func (c *corpus) locale(locale string) error {
	n := c.pages / len(locales)
	for i := range n {
		w := writer{r: rand.New(rand.NewPCG(uint64(i), 7)), words: vocabulary[locale], corpus: c, article: i, of: n}
		if err := c.put(locale, w.path(i), w.page(locale)); err != nil {
			return err
		}
		if i%perCategory == 0 {
			if err := c.put(locale, filepath.Join(w.category(i), c.index), w.heading("Category", i/perCategory)); err != nil {
				return err
			}
		}
		if i%(perCategory*perSection) == 0 {
			if err := c.put(locale, filepath.Join(w.section(i), c.index), w.heading("Section", i/perCategory/perSection)); err != nil {
				return err
			}
		}
	}
	w := writer{r: rand.New(rand.NewPCG(1, 1)), words: vocabulary[locale]}
	return c.put(locale, c.index, w.heading("Support", 0))
}

func (c *corpus) put(locale, name, text string) error {
	p := filepath.Join(c.dir, locale, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		return err
	}
	return os.WriteFile(p, []byte(text), 0o644)
}

// pictures are what articles show: small files, copied as they are.
func (c *corpus) pictures() error {
	for _, locale := range locales {
		for i := range 100 {
			body := strings.Repeat(fmt.Sprint("picture ", i, " "), 100)
			if err := c.put(locale, fmt.Sprintf("media/picture-%02d.png", i), body); err != nil {
				return err
			}
		}
	}
	return nil
}

// A writer writes one article.
type writer struct {
	strings.Builder
	r       *rand.Rand
	words   words
	corpus  *corpus
	article int
	of      int // articles of the locale
}

// words are what sentences of a language are made of.
type words struct {
	list      []string
	space     string
	stop      string
	separator string
}

var vocabulary = map[string]words{
	"ja-jp": {strings.Fields("パスワード を リセット する 管理者 が 設定 画面 で ライセンス 割り当て 確認 して ください サインイン できない 場合 は 障害 情報 見る ダッシュボード 請求書 支払い 方法 変更 ユーザー 追加 メール 届かない 接続 遅い とき 組織 全体 手順 次の 操作 選択 保存 もう一度 お試し 窓口 連絡 契約 更新 通知 証明書 期限 切れ アカウント 登録 共有 ファイル 権限 外部 招待"), "", "。", "、"},
	"zh-cn": {strings.Fields("重置 密码 管理员 在 设置 页面 分配 许可证 请 确认 无法 登录 时 查看 服务 状态 仪表板 账单 付款 方式 更改 用户 添加 邮件 收不到 连接 缓慢 组织 全部 步骤 以下 操作 选择 保存 再次 尝试 联系 支持 合同 更新 通知 证书 过期 帐户 注册 共享 文件 权限 外部 邀请 订阅 取消 恢复 备份"), "", "。", "，"},
	"en-us": {strings.Fields("the password of an administrator can be reset in settings when signing fails check service health first then open dashboard choose licenses assign them to people who need mail and save your changes invoices show what was paid contact support if connection stays slow after these steps certificate expires account organization shares files with outside partners invitation permission renew subscription backup restore message center update"), " ", ".", ", "},
}

func (w *writer) section(i int) string {
	return fmt.Sprintf("section-%02d", i/perCategory/perSection+1)
}

func (w *writer) category(i int) string {
	return fmt.Sprintf("%s/category-%03d", w.section(i), i/perCategory+1)
}

func (w *writer) path(i int) string {
	return fmt.Sprintf("%s/article-%05d.md", w.category(i), i+1)
}

// heading is the page of a folder.
func (w *writer) heading(what string, i int) string {
	return fmt.Sprintf("---\ntitle: %s %d %s\ndescription: %s\n---\n\n# %s %d\n\n%s\n",
		what, i+1, w.phrase(3), w.phrase(8), what, i+1, w.sentence())
}

// page is one article.
func (w *writer) page(locale string) string {
	size := int(math.Exp(8.73 + 0.86*w.r.NormFloat64())) // the middle is 6.2 KB
	size = min(max(size, 600), 80_000)
	fmt.Fprintf(w, "---\ntitle: %s %d\ndescription: %s\nms.date: %02d/%02d/20%02d\nms.topic: article\nauthor: writer%d\nms.author: writer%d\nms.service: support\nms.locfileid: \"%d\"\n---\n\n",
		w.phrase(5), w.article+1, w.phrase(12), 1+w.r.IntN(12), 1+w.r.IntN(28), 18+w.r.IntN(8), w.r.IntN(40), w.r.IntN(40), w.r.IntN(1e8))
	fmt.Fprintf(w, "# %s\n\n", w.phrase(5))
	for w.Len() < size {
		w.part()
	}
	text := w.String()
	if w.r.IntN(100) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if w.r.IntN(25) == 0 {
		text = "\ufeff" + text
	}
	return text
}

// part is a heading and what stands below it.
func (w *writer) part() {
	level := "##"
	if w.r.IntN(3) == 0 {
		level = "###"
	}
	fmt.Fprintf(w, "%s %s\n\n%s\n\n", level, w.phrase(4), w.paragraph())
	switch w.r.IntN(10) {
	case 0, 1:
		for i := range 3 + w.r.IntN(6) {
			fmt.Fprintf(w, "%d. %s\n", i+1, w.sentence())
		}
	case 2, 3:
		for range 3 + w.r.IntN(6) {
			fmt.Fprintf(w, "- **%s**: %s\n", w.phrase(2), w.phrase(8))
		}
	case 4:
		w.table()
	case 5, 6:
		w.code()
	case 7:
		fmt.Fprintf(w, "> [!NOTE]\n> %s\n", w.sentence())
	case 8:
		fmt.Fprintf(w, "![%s](../../media/picture-%02d.png)\n", w.phrase(3), w.r.IntN(100))
	default:
		w.WriteString(w.paragraph() + "\n")
	}
	w.WriteString("\n")
}

func (w *writer) table() {
	fmt.Fprintf(w, "| %s | %s | %s |\n| --- | --- | --- |\n", w.phrase(1), w.phrase(1), w.phrase(1))
	for range 4 + w.r.IntN(10) {
		fmt.Fprintf(w, "| %s | `%d` | %s |\n", w.phrase(3), w.r.IntN(1000), w.phrase(5))
	}
}

func (w *writer) code() {
	c := samples[w.r.IntN(len(samples))]
	fmt.Fprintf(w, "```%s\n%s```\n", c.lang, strings.ReplaceAll(c.text, "NAME", fmt.Sprintf("item%d", w.r.IntN(1e6))))
}

var samples = []struct{ lang, text string }{
	{"powershell", "# Assign a license\n$user = Get-MgUser -UserId \"NAME@contoso.cn\"\nif ($user.Enabled -eq $true) {\n    Set-MgUserLicense -UserId $user.Id -AddLicenses @{SkuId = \"6fd2c87f\"} -RemoveLicenses @()\n    Write-Host \"done: $($user.DisplayName)\"\n}\n"},
	{"azurecli", "az login --tenant NAME.partner.onmschina.cn\naz group create --name NAME --location chinanorth2 # one group\nfor vm in $(az vm list -g NAME --query \"[].name\" -o tsv); do\n  az vm restart -g NAME -n \"$vm\"\ndone\n"},
	{"json", "{\n  \"id\": \"NAME\",\n  \"enabled\": true,\n  \"licenses\": [1, 2, 3],\n  \"owner\": { \"name\": \"A. Partner\", \"score\": 4.5e3, \"note\": null }\n}\n"},
	{"csharp", "using System;\n\npublic sealed class NAME : IDisposable\n{\n    private readonly string _name = \"value\";\n    // Send the request\n    public async Task<int> SendAsync(int count)\n    {\n        for (var i = 0; i < count; i++) { await client.PostAsync(_name, i); }\n        return count;\n    }\n}\n"},
	{"xml", "<?xml version=\"1.0\"?>\n<configuration>\n  <!-- NAME -->\n  <add key=\"endpoint\" value=\"https://portal.partner.microsoftonline.cn\" />\n  <item name='NAME'>text &amp; more</item>\n</configuration>\n"},
	{"http", "POST https://api.partnercenter.microsoft.com/v1/customers/NAME HTTP/1.1\nAuthorization: Bearer token\nContent-Type: application/json\n"},
	{"bash", "#!/bin/bash\nset -e\nNAME=1\ncurl -s \"https://example.cn/?q=$NAME\" | jq '.items[] | .name' > out.txt\n"},
	{"yaml", "name: NAME\non: [push]\njobs:\n  build:\n    runs-on: ubuntu-latest # here\n    steps:\n      - run: make test\n"},
	{"kusto", "NAME\n| where Time > ago(1d)\n| summarize count() by Level\n"},
	{"output", "NAME is running\n3 of 3 are ready\n"},
	{"unknownlang", "do NAME with care\nend\n"},
	{"", "plain text of NAME\n"},
}

func (w *writer) phrase(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = w.words.list[w.r.IntN(len(w.words.list))]
	}
	return strings.Join(parts, w.words.space)
}

func (w *writer) sentence() string {
	return w.phrase(6+w.r.IntN(8)) + w.words.separator + w.phrase(4+w.r.IntN(6)) + w.words.stop
}

// paragraph is some sentences with a link or two.
func (w *writer) paragraph() string {
	var parts []string
	for range 2 + w.r.IntN(4) {
		parts = append(parts, w.sentence())
	}
	if w.corpus != nil && w.r.IntN(10) < 8 {
		to := w.r.IntN(w.of)
		parts = append(parts, fmt.Sprintf("[%s](../../%s)", w.phrase(3), w.path(to)))
	}
	if w.r.IntN(4) == 0 {
		parts = append(parts, fmt.Sprintf("[%s](https://example.cn/%d)", w.phrase(2), w.r.IntN(1000)))
	}
	return strings.Join(parts, w.words.space)
}
