package themes

import (
	"fmt"
	"html/template"
	"os"
	"testing"
	"time"

	"annai/form"
	"annai/internal/source"
)

var sampleLocales = []string{"ja", "zh-hans", "en"}

// words are a sample's texts in the three languages.
type words map[string]string

func w(ja, zh, en string) words { return words{"ja": ja, "zh-hans": zh, "en": en} }

// sampler makes a view of every kind in one locale, with what makes it hard:
// long words, all parts present, every state.
type sampler struct {
	theme  *Theme
	locale string
	site   *Site
	relay  string
	def    *form.Definition
}

func sampleForm(t testing.TB) *form.Definition {
	t.Helper()
	text, err := os.ReadFile("testdata/support.yaml")
	if err != nil {
		t.Fatal(err)
	}
	def, ps := form.Parse(source.New("forms/support.yaml", text), nil, sampleLocales)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	return def
}

func newSampler(t testing.TB, theme *Theme, locale, relay string) *sampler {
	s := &sampler{theme: theme, locale: locale, relay: relay, def: sampleForm(t)}
	s.site = s.sampleSite()
	return s
}

func (s *sampler) w(ja, zh, en string) string { return w(ja, zh, en)[s.locale] }

func (s *sampler) url(path string) string { return "/" + s.locale + "/" + path }

var (
	day    = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	moment = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
)

func (s *sampler) contact() *Contact {
	office := Hours{Ranges: []HourRange{{"mon-fri", "09:00", "18:00", "Asia/Shanghai"}}}
	return &Contact{
		Channels: []Channel{
			{ID: "tel", Kind: "phone", Name: s.w("緊急の電話", "紧急电话", "Emergency line"), Value: "+81-3-1234-5678", URL: "tel:+81312345678", Langs: []string{s.w("日本語", "日语", "Japanese"), s.w("英語", "英语", "English")}, Hours: Hours{Always: true}, For: []string{"A"}},
			{ID: "tel-zh", Kind: "phone", Name: s.w("中国の窓口", "中国热线", "Desk in China"), Value: "+86-21-1234-5678", URL: "tel:+862112345678", Langs: []string{s.w("中国語", "中文", "Chinese")}, Hours: office, For: []string{"A", "B"}},
			{ID: "mail", Kind: "email", Name: s.w("メール", "邮件", "E-mail"), Value: "support@example.cn", URL: "mailto:support@example.cn", Hours: office, For: []string{"B", "C"}},
		},
		FirstReply: []Reply{
			{Severity: "A", Name: s.w("業務が止まっている", "业务已停止", "Work has stopped"), First: Duration{Minutes: 60}},
			{Severity: "B", Name: s.w("一部が使えない", "部分不可用", "Partly unusable"), First: Duration{Minutes: 240}},
			{Severity: "C", Name: s.w("質問・相談", "咨询", "Questions"), First: Duration{BusinessDays: 1}},
		},
		FormURL: s.url("forms/support/"), NoticeURL: s.url("notice/"), LookupURL: s.url("status/"),
	}
}

func (s *sampler) sampleSite() *Site {
	return &Site{
		Locale: s.locale, Title: s.w("案内サポート", "案内支持中心", "Annai Support"), Owner: "Contoso K.K.",
		BaseURL: "https://support.example.cn", Root: "/", HomeURL: s.url(""), RelayURL: s.relay, CountURL: s.relay + "/searches", SearchURL: s.url("search/"),
		Header:  []Link{{Title: s.w("問い合わせる", "联系我们", "Contact us"), URL: s.url("forms/support/")}},
		Footer:  []Link{{Title: s.w("サポートのご案内（第3版）", "支持服务说明（第3版）", "Support notice (version 3)"), URL: s.url("notice/")}, {Title: s.w("すべての記事", "全部文章", "All articles"), URL: s.url("search/")}, {Title: s.w("稼働状況", "服务状态", "Service status"), URL: s.url("outages/")}, {Title: s.w("個人情報の扱い", "隐私", "Privacy"), URL: s.url("privacy/")}},
		Contact: s.contact(), Nav: s.nav(), Feed: s.url("feed.xml"),
	}
}

func (s *sampler) nav() []*NavItem {
	var items []*NavItem
	for _, c := range s.categories() {
		item := &NavItem{Title: c.Title, URL: c.URL}
		if c.ID == "connectivity" {
			item.Items = []*NavItem{
				{Title: s.w("サインインできない", "无法登录", "Cannot sign in"), URL: s.url("connectivity/sign-in-fails/")},
				{Title: s.w("メールが届かない", "收不到邮件", "Mail does not arrive"), URL: s.url("article/")},
				{Title: s.w("パスワードをリセットする", "重置密码", "Reset a password"), URL: s.url("howto/")},
			}
		}
		items = append(items, item)
	}
	return items
}

func (s *sampler) categories() []CategoryCard {
	card := func(id string, title, text words, n int) CategoryCard {
		return CategoryCard{ID: id, Title: title[s.locale], Summary: text[s.locale], URL: s.url(id + "/"), Count: n}
	}
	return []CategoryCard{
		card("account-setup", w("アカウントの準備", "账户设置", "Account set-up"), w("契約後の最初の設定と管理者の登録", "签约后的初始设置和管理员注册", "First steps after the contract, administrators"), 6),
		card("accounts-billing", w("契約と請求", "账户与账单", "Accounts and billing"), w("請求書、発票、支払い、ライセンスの数", "账单、发票、付款和许可证数量", "Invoices, fapiao, payment, licence counts"), 8),
		card("howto-faq", w("使い方とよくある質問", "使用方法与常见问题", "How-to and FAQs"), w("日々の操作の手順", "日常操作步骤", "Steps of everyday tasks"), 12),
		card("updates", w("サービスの更新", "服务与软件更新", "Service and software updates"), w("変更の予定と影響", "变更计划与影响", "What changes and when"), 3),
		card("configuration", w("ソフトウェアの設定", "软件配置", "Software configuration"), w("Outlook、Teams、OneDriveの設定", "Outlook、Teams、OneDrive 的配置", "Settings of Outlook, Teams, OneDrive"), 9),
		card("connectivity", w("接続とデスクトップ", "客户端连接与桌面", "Connectivity and desktop"), w("サインイン、ネットワーク、端末の問題", "登录、网络和设备问题", "Sign-in, network and device trouble"), 7),
		card("performance", w("性能と可用性", "性能与可用性", "Performance and availability"), w("遅い、つながらないとき", "缓慢或无法连接时", "Slow, or not there at all"), 4),
	}
}

func (s *sampler) shell(title, path string) Shell {
	names := map[string]string{"ja": "日本語", "zh-hans": "简体中文", "en": "English"}
	sh := Shell{Site: s.site, Title: title, URL: s.url(path), Description: title,
		Breadcrumbs: []Link{{Title: s.w("ホーム", "首页", "Home"), URL: s.url("")}, {Title: s.w("接続とデスクトップ", "客户端连接与桌面", "Connectivity and desktop"), URL: s.url("connectivity/")}}}
	for _, l := range sampleLocales {
		sh.Alternates = append(sh.Alternates, Alternate{Lang: Lang(l), Name: names[l], URL: "/" + l + "/" + path, Listed: true, Current: l == s.locale})
	}
	return sh
}

func (s *sampler) body() template.HTML {
	return template.HTML(s.w(
		`<p>メールが届かないときは、まず<strong>稼働状況</strong>を確かめます。障害が出ていなければ、受信側の設定を順に調べます。</p>
<h2 id="check">稼働状況を確かめる</h2><p>管理センターの <code>Service health</code> を開きます。対象の組織に障害が出ているときは、復旧を待つのが最も早い方法です。</p>
<div class="alert note"><p class="alert-title">注意</p><p>21Vianetが運営するサービスの障害情報は、国際版とは別のページに出ます。</p></div>
<h2 id="who">だれに起きているか</h2><p>影響の範囲で、次の手順が変わります。</p>
<div class="table-box" role="region" tabindex="0" aria-labelledby="who"><table><thead><tr><th scope="col">範囲</th><th scope="col">重大度</th><th scope="col">最初にすること</th></tr></thead><tbody><tr><td>1人</td><td>C</td><td>受信トレイの規則と迷惑メールを調べる</td></tr><tr><td>一部の人</td><td>B</td><td>共通するライセンスとグループを調べる</td></tr><tr><td>全員</td><td>A</td><td>DNSのMXレコードとドメインの期限を調べる</td></tr></tbody></table></div>
<h3 id="mx">MXレコードの調べ方</h3><pre tabindex="0"><code class="language-powershell">Resolve-DnsName -Name contoso.cn -Type MX</code></pre>
<ol><li><p>管理センターを開きます。</p></li><li><p>［設定］＞［ドメイン］を選びます。</p></li><li><p>対象のドメインの状態を確かめます。</p></li></ol>
<h2 id="still">それでも届かないとき</h2><p>送信者に届いた不達通知（NDR）を添えて、お問い合わせください。</p>`,
		`<p>收不到邮件时，请先查看<strong>服务状态</strong>。如果没有故障，再依次检查接收方的设置。</p>
<h2 id="check">查看服务状态</h2><p>在管理中心打开 <code>Service health</code>。如果您的组织受到故障影响，等待恢复是最快的办法。</p>
<div class="alert note"><p class="alert-title">注意</p><p>由世纪互联运营的服务，其故障信息与国际版分开公布。</p></div>
<h2 id="who">影响到谁</h2><p>影响范围不同，后续步骤也不同。</p>
<div class="table-box" role="region" tabindex="0" aria-labelledby="who"><table><thead><tr><th scope="col">范围</th><th scope="col">严重性</th><th scope="col">首先要做的</th></tr></thead><tbody><tr><td>一个人</td><td>C</td><td>检查收件箱规则和垃圾邮件</td></tr><tr><td>部分人员</td><td>B</td><td>检查共同的许可证和组</td></tr><tr><td>所有人</td><td>A</td><td>检查 DNS 的 MX 记录和域名有效期</td></tr></tbody></table></div>
<h3 id="mx">如何检查 MX 记录</h3><pre tabindex="0"><code class="language-powershell">Resolve-DnsName -Name contoso.cn -Type MX</code></pre>
<ol><li><p>打开管理中心。</p></li><li><p>选择“设置”＞“域”。</p></li><li><p>确认该域的状态。</p></li></ol>
<h2 id="still">仍然收不到</h2><p>请附上发件人收到的退信（NDR）并联系我们。</p>`,
		`<p>When mail does not arrive, look at the <strong>service status</strong> first. If there is no outage, check the settings of the receiving side one by one.</p>
<h2 id="check">Look at the service status</h2><p>Open <code>Service health</code> in the admin center. If your organisation is affected by an outage, waiting for the repair is the fastest way.</p>
<div class="alert note"><p class="alert-title">Note</p><p>Outages of services operated by 21Vianet are published apart from the worldwide ones.</p></div>
<h2 id="who">Who is affected</h2><p>The next steps depend on how many people have the trouble.</p>
<div class="table-box" role="region" tabindex="0" aria-labelledby="who"><table><thead><tr><th scope="col">Scope</th><th scope="col">Severity</th><th scope="col">What to do first</th></tr></thead><tbody><tr><td>One person</td><td>C</td><td>Look at inbox rules and junk mail</td></tr><tr><td>Some people</td><td>B</td><td>Look for a licence or group they share</td></tr><tr><td>Everybody</td><td>A</td><td>Check the MX record and whether the domain has expired</td></tr></tbody></table></div>
<h3 id="mx">How to check the MX record</h3><pre tabindex="0"><code class="language-powershell">Resolve-DnsName -Name contoso.cn -Type MX</code></pre>
<ol><li><p>Open the admin center.</p></li><li><p>Choose <strong>Settings</strong> &gt; <strong>Domains</strong>.</p></li><li><p>Look at the state of the domain.</p></li></ol>
<h2 id="still">If it still does not arrive</h2><p>Contact us with the non-delivery report that the sender got.</p>`))
}

// bilingual is an article with the originals of its sentences, and with marked
// lines of code, as the Markdown renderer writes both.
func (s *sampler) bilingual() Article {
	a := s.article()
	a.Lead, a.TOC = "", nil
	a.Head.Language = Language{State: "machine"}
	n := 0
	sentence := func(ja, zh, en string) string {
		n++
		return fmt.Sprintf(`<span data-ttu-id="a-%[1]d">%[2]s</span><span class="original" lang="en" hidden><span data-stu-id="a-%[1]d">%[3]s</span></span>`, n, s.w(ja, zh, "[en] "+en), en)
	}
	a.Body = HTML("<p>" + sentence("この記事では、独自のドメインを追加する方法を説明します。", "本文介绍如何添加自定义域。", "This article explains how to add a custom domain.") +
		sentence(`詳しくは、<a href="/faq/">よくある質問</a>をご覧ください。`, `详情请参阅<a href="/faq/">常见问题</a>。`, `For details, see the <a href="/faq/">questions</a>.`) +
		`</p><h2 id="before">` + sentence("始める前に", "准备工作", "Before you begin") + "</h2><ul><li>" + sentence("レジストラーにサインインできること", "您可以登录注册商", "You can sign in to your registrar") +
		`</li></ul><div class="table-box" role="group" tabindex="0" aria-labelledby="before"><table><thead><tr><th>` + sentence("種類", "类型", "Type") + "</th><th>" + sentence("説明", "说明", "Description") + "</th></tr></thead><tbody><tr><td>MX</td><td>" + sentence("メールの送り先を示します。", "指示邮件的目的地。", "Says where mail goes.") + `</td></tr></tbody></table></div>
<pre tabindex="0"><code class="lang-powershell" data-highlight-lines="2-3,5-"><span class="hc"># Sign in first
</span><span class="hv">$cred </span>= <span class="ht">Get-Credential
Connect-MsolService </span>-Credential <span class="hv">$cred   </span><span class="hc"># this line is so long that it has to scroll in its box, on any screen there is
&lt;# one
   two #&gt;
</span><span class="ht">Get-MsolDomain
</span></code></pre>`)
	return a
}

func (s *sampler) related() []Link {
	return []Link{
		{Title: s.w("サインインできない", "无法登录", "Cannot sign in"), URL: s.url("connectivity/sign-in-fails/"), Description: s.w("エラーの番号から原因を調べます", "根据错误代码查找原因", "Find the cause by the error code")},
		{Title: s.w("パスワードをリセットする", "重置密码", "Reset a password"), URL: s.url("howto/"), Description: s.w("管理者が利用者の代わりに行います", "由管理员代为操作", "An administrator does it for a user")},
	}
}

func (s *sampler) article() Article {
	return Article{
		Shell: s.shell(s.w("メールが届かないときに確かめること", "收不到邮件时的检查方法", "What to check when mail does not arrive"), "article/"),
		Head:  Head{AppliesTo: []string{s.w("Microsoft 365（21Vianet運営）", "Microsoft 365（世纪互联运营）", "Microsoft 365 operated by 21Vianet")}, Reviewed: day},
		Lead:  s.w("届かない範囲を調べ、自分で直せるものを先に直します。直せないものは、そろえる情報を示します。", "先查明范围，能自行解决的先解决；不能解决的，说明需要准备哪些信息。", "Find out how far the trouble reaches, mend what you can, and see what to have ready for the rest."),
		Body:  s.body(),
		TOC: []Heading{
			{ID: "check", Text: s.w("稼働状況を確かめる", "查看服务状态", "Look at the service status")},
			{ID: "who", Text: s.w("だれに起きているか", "影响到谁", "Who is affected"), Items: []Heading{{ID: "mx", Text: s.w("MXレコードの調べ方", "如何检查 MX 记录", "How to check the MX record")}}},
			{ID: "still", Text: s.w("それでも届かないとき", "仍然收不到", "If it still does not arrive")},
		},
		Foot: Foot{Related: s.related(), Feedback: true, Page: "/ja/article/", Sources: []SourceRef{{Title: "Support scope (21Vianet)", URL: "https://support.azure.cn/en-us/support/plans/", AsOf: "2016-09", Retrieved: "2026-02-20"}}},
	}
}

func (s *sampler) rule(id string) RuleCard {
	reply := Duration{Minutes: 60}
	return RuleCard{
		ID: id, Title: s.w("全員が使えず、仕事が止まっている", "所有人无法使用且业务停止", "Nobody can work"),
		When:    []Pair{{s.w("影響を受けている人", "受影响的人", "Who is affected"), s.w("全員", "所有人", "Everybody")}, {s.w("仕事は続けられますか", "能否继续工作", "Can work go on"), s.w("止まっている", "已停止", "It has stopped")}},
		Handler: "partner-then-upstream", Severity: "A", Reply: &reply,
		Action:   s.w("すぐにお電話ください。当社で確かめたうえで、21Vianetへ引き継ぎます。", "请立即致电。我们核实后移交世纪互联。", "Call us at once. We check it and hand it over to 21Vianet."),
		Grounds:  []string{"no-tool"},
		Evidence: []Pair{{s.w("相関ID", "相关ID", "Correlation ID"), s.w("エラー画面に表示されます", "显示在错误界面上", "The error screen shows it")}, {s.w("始まった日時", "开始时间", "Since when"), ""}},
		TryFirst: []Link{s.related()[0]},
		Upstream: &RuleUpstream{Product: "Microsoft 365", Severity: "A", Response: &reply, Hours: Hours{Always: true}},
		Next:     &Link{Title: s.w("フォームに記入する", "填写表单", "Fill in the form"), URL: s.url("forms/support/")}, NextForm: true,
	}
}

func (s *sampler) form() Form {
	return Form{Definition: s.def, Locale: s.locale, RelayURL: s.relay, Page: s.url("forms/support/"), PrivacyURL: s.url("privacy/"), Contact: s.contact(),
		Suggest: s.related(), Outages: []Banner{{State: "monitoring", Title: s.w("メールの遅延", "邮件延迟", "Mail is delayed"), URL: s.url("outages/")}}}
}

func (s *sampler) filled() Form {
	f := s.form()
	raw := form.Raw{
		"summary": {s.w("全員がメールを送れない", "全体员工无法发送邮件", "Nobody can send mail")}, "scope": {"all"}, "blocked": {"no"}, "services": {"m365", "azure"},
		"what":  {s.w("9時ごろから全員が送信できません。\n画面には「接続できません」と出ます。Outlookとブラウザーの両方で同じです。", "9点左右起，所有人都无法发送。\n界面提示“无法连接”，Outlook 和浏览器都一样。", "Since about 9 nobody can send.\nThe screen says \"cannot connect\", in Outlook and in the browser alike.")},
		"since": {"2026-11-22T09:30"}, "since.zone": {"Asia/Tokyo"}, "organization": {"Contoso K.K."}, "name": {s.w("山田 太郎", "李明", "Taro Yamada")}, "email": {"taro@example.com"}, "tel": {"03-1234-5678"}, "forward-ok": {"2026-03"},
	}
	f.Answers, _, _ = s.def.Normalise(raw)
	f.Extra = []Pair{{"_token", "v1.abc"}}
	return f
}

func (s *sampler) wrong() Form {
	f := s.form()
	f.Answers, _, _ = s.def.Normalise(form.Raw{"what": {s.w("送れません", "无法发送", "Cannot send")}, "scope": {"all"}, "email": {"taro＠"}, "tel": {"abc"}, "since": {s.w("昨日の朝", "昨天早上", "yesterday morning")}, "since.zone": {"Asia/Tokyo"}})
	f.Invalid = s.def.Validate(f.Answers, nil)
	return f
}

// views are a page of every kind, by the path at which it is shown.
func (s *sampler) views() map[string]any {
	a := s.article()
	machine, fallback, stale := a, a, a
	foreign, original := "en", Link{Title: "View this page in English", URL: "/en/article/", Lang: "en"}
	if s.locale == "en" {
		foreign, original = "ja", Link{Title: "日本語で見る", URL: "/ja/article/", Lang: "ja"}
	}
	machine.Head.Language = Language{State: "machine", Original: original}
	stale.Head.Language, stale.Head.Overdue, stale.Head.ReviewBy = Language{State: "stale", Original: original, Date: day}, true, day
	other := newSamplerFrom(s, foreign).article()
	fallback.Lang, fallback.Title, fallback.Lead, fallback.Body, fallback.TOC = foreign, other.Title, other.Lead, other.Body, other.TOC
	fallback.Head.Language = Language{State: "fallback", Original: original, Name: s.w("英語", "英语", "Japanese")}
	contact := s.contact()
	v := map[string]any{
		"": Home{Shell: s.homeShell(), Heading: s.w("何にお困りですか", "您遇到了什么问题？", "What can we help you with?"), Lead: s.w("21Vianetが運営するクラウドの使い方と、困ったときの進め方を案内します。", "为您介绍由世纪互联运营的云服务的使用方法和求助途径。", "How to use the clouds operated by 21Vianet, and how to get help with them."),
			Examples: []Link{{Title: s.w("パスワード", "密码", "password"), URL: s.url("search/?q=password")}, {Title: "AADSTS50126", URL: s.url("search/?q=AADSTS50126")}}, Popular: append(s.related(), Link{Title: a.Title, URL: a.URL}, Link{Title: s.w("発票を受け取る", "获取发票", "Get a fapiao"), URL: s.url("fapiao/")}), Categories: s.categories()},
		"article/": a, "machine/": machine, "bilingual/": s.bilingual(), "fallback/": fallback, "stale/": stale,
		"howto/": s.howto(), "faq/": s.faq(), "landing/": s.landing(),
		"connectivity/":   Category{Shell: s.shell(s.w("接続とデスクトップ", "客户端连接与桌面", "Connectivity and desktop"), "connectivity/"), Lead: s.w("サインイン、ネットワーク、端末の問題", "登录、网络和设备问题", "Sign-in, network and device trouble"), Groups: []Group{{Items: s.related()}}},
		"search/":         AllArticles{Shell: s.shell(s.w("すべての記事", "全部文章", "All articles"), "search/"), Count: 4, Groups: []Group{{ID: "connectivity", Title: s.w("接続とデスクトップ", "客户端连接与桌面", "Connectivity and desktop"), Items: s.related()}, {ID: "updates", Title: s.w("サービスの更新", "服务与软件更新", "Service and software updates"), Items: s.related()}}},
		"found/":          SearchPage{Shell: s.shell(s.w("検索結果", "搜索结果", "Search results"), "found/"), Query: "MX", Total: 1, Results: []Result{{Title: a.Title, URL: a.URL, Context: s.w("接続とデスクトップ", "客户端连接与桌面", "Connectivity and desktop"), Excerpt: "DNS <mark>MX</mark>"}}, AllURL: s.url("search/")},
		"404.html":        NotFound{Shell: s.shell(s.theme.Text(s.locale, "not-found.title"), "404.html"), Categories: s.categories(), AllURL: s.url("search/")},
		"rules/sign-in/":  Rules{Shell: s.shell(s.w("サインインの問題：だれが対応するか", "登录问题：由谁处理", "Sign-in trouble: who acts"), "rules/sign-in/"), ID: "sign-in", Intro: s.w("状況に当てはまる項目をご覧ください。", "请查看符合您情况的一项。", "Look for the case that is yours."), Questions: []Pair{{s.w("影響を受けている人", "受影响的人", "Who is affected"), s.w("1人、一部の人、全員", "一个人、部分人员、所有人", "One person, some people, everybody")}}, Rules: []RuleCard{s.rule("all-blocked"), s.selfRule("known-outage")}, Triage: s.url("rules/sign-in/triage/"), NoticeURL: s.url("notice/")},
		"rules/triage/":   s.triage(),
		"notice/":         s.notice(),
		"notice/diff/":    NoticeDiff{Shell: s.shell(s.w("第2版からの変更点", "与第2版的差异", "What changed from version 2"), "notice/diff/"), From: NoticeVersion{Version: 2, URL: s.url("notice/2/")}, To: NoticeVersion{Version: 3, URL: s.url("notice/3/"), Effective: day}, Changes: s.notice().Changes},
		"outages/":        Status{Shell: s.shell(s.w("サービスの状況", "服务状态", "Service status"), "outages/"), Current: []Outage{s.outage()}},
		"forms/support/":  FormPage{Shell: s.formShell(), Form: s.form()},
		"relay/error/":    FormPage{Shell: s.formShell(), Form: s.wrong()},
		"relay/embedded/": FormPage{Shell: s.formShell(), Form: s.form(), Bare: true},
		"relay/check/":    CheckPage{Shell: s.shell(s.theme.Text(s.locale, "check.title"), "relay/check/"), Form: s.filled(), Severity: "A", Meaning: s.w("業務が止まっている", "业务已停止", "Work has stopped"), Duty: s.w("24時間連絡の取れる方をお決めください。", "请指定一位可24小时联系的人员。", "Name somebody who can be reached at any hour."), Handler: "partner-then-upstream", Rule: Link{Title: s.rule("x").Title, URL: s.url("rules/sign-in/#all-blocked")}, ReplyBy: moment.Add(time.Hour), Zones: []string{"Asia/Tokyo", "Asia/Shanghai"}, Forward: []string{s.w("起きていること", "具体情况", "What happens")}, Receiver: "21Vianet", Missing: []Pair{{"correlation-id", s.w("相関ID", "相关ID", "Correlation ID")}}, Warnings: []string{s.w("起きていること", "具体情况", "What happens")}},
		"relay/receipt/":  ReceiptPage{Shell: s.shell(s.theme.Text(s.locale, "receipt.title"), "relay/receipt/"), Reference: "AN-7K3M-9QWX", Fresh: true, Received: moment, State: "received", Severity: "A", Handler: "partner-then-upstream", ReplyBy: moment.Add(time.Hour), Zones: []string{"Asia/Tokyo", "Asia/Shanghai"}, Phone: &contact.Channels[0], Contact: contact, URL: "/requests/abc", LookupURL: s.url("status/"), Answers: s.theme.answers(s.filled())},
		"relay/status/":   ReceiptPage{Shell: s.shell(s.theme.Text(s.locale, "receipt.status"), "relay/status/"), Reference: "AN-7K3M-9QWX", Received: moment, State: "handed-over", Number: "1234567890", Operator: "21Vianet", Handler: "partner-then-upstream", ReplyBy: moment.Add(time.Hour), Zones: []string{"Asia/Tokyo"}, Events: []Event{{moment, s.theme.Text(s.locale, "state.received")}, {moment.Add(time.Hour), s.theme.Text(s.locale, "state.handed-over")}}, Contact: contact, URL: "/requests/abc", LookupURL: s.url("status/")},
		"relay/503/":      ErrorPage{Shell: s.shell(s.theme.Text(s.locale, "error.unavailable.title"), "relay/503/"), Kind: "unavailable", RetryAfter: 5 * time.Minute, Form: ptr(s.filled()), Contact: contact},
		"relay/thanks/":   ThanksPage{Shell: s.shell(s.theme.Text(s.locale, "thanks.title"), "relay/thanks/"), Action: s.relay + "/feedback", Page: "/ja/article/", Back: Link{Title: a.Title, URL: a.URL}, Reasons: []Pair{{"outdated", s.theme.Text(s.locale, "reason.outdated")}, {"missing", s.theme.Text(s.locale, "reason.missing")}}, FormURL: s.url("forms/support/")},
		"status/":         LookupPage{Shell: s.shell(s.theme.Text(s.locale, "lookup.title"), "status/"), Action: s.relay + "/requests"},
		"choice/":         LanguageChoice{Shell: s.shell("案内 Annai", "choice/"), Languages: s.shell("", "").Alternates},
		"moved/":          Redirect{Shell: Shell{Site: s.site, Title: "Moved", URL: s.url("article/"), Canonical: "https://support.example.cn" + s.url("article/")}, To: s.url("article/")},
		"dialect/":        s.dialect(),
		"plain/":          Plain{Shell: s.shell(s.w("個人情報の扱い", "隐私", "Privacy"), "plain/"), Body: s.body()},
	}
	return v
}

// dialect is what the Markdown renderer writes for its constructs.
func (s *sampler) dialect() Article {
	a := s.article()
	a.Shell = s.shell(s.w("書き方の見本", "写法示例", "Sampler of constructs"), "dialect/")
	a.TOC, a.Foot = nil, Foot{}
	a.Pivots = map[string]string{"": s.w("言語", "语言", "Language"), "csharp": "C#", "python": "Python"}
	tab := func(group, id, condition, title, body string, state string) (string, string) {
		panel := "tabpanel_" + group + "_" + id
		data := ` data-tab="` + id + `"`
		if condition != "" {
			panel += "_" + condition
			data += ` data-condition="` + condition + `"`
		}
		return `<li class="tab` + state + `"><a href="#` + panel + `"` + data + `>` + title + `</a></li>`,
			`<div class="tab-panel` + state + `" id="` + panel + `"` + data + `><p class="tab-title">` + title + `</p><p>` + body + `</p></div>`
	}
	group := func(n string, tabs ...[2]string) string {
		list, panels := "", ""
		for _, t := range tabs {
			list += t[0]
			panels += t[1]
		}
		return `<div class="tabs" id="tabgroup_` + n + `"><ul class="tab-list">` + list + `</ul>` + panels + `</div>`
	}
	pair := func(a, b string) [2]string { return [2]string{a, b} }
	alerts := ""
	for _, kind := range []string{"note", "tip", "important", "warning", "caution"} {
		alerts += `<div class="alert alert-` + kind + `" role="note"><p class="alert-title">` + s.theme.Text(s.locale, "md."+kind) + `</p><p>AADSTS50126</p></div>`
	}
	a.Body = template.HTML(alerts +
		group("1", pair(tab("1", "linux", "", "Linux", "apt", " selected")), pair(tab("1", "windows", "", "Windows", "winget", ""))) +
		group("2", pair(tab("2", "cli", "linux", "CLI", "cli on linux", " selected")), pair(tab("2", "cli", "windows", "CLI", "cli on windows", " unavailable")), pair(tab("2", "gui", "windows", "GUI", "gui on windows", " unavailable"))) +
		`<div class="zone has-pivot" data-pivot="csharp"><p>Console.WriteLine</p></div><div class="zone has-pivot" data-pivot="python"><p>print</p></div>
<div class="row"><div class="column"><p>1</p></div><div class="column span2"><p>2</p></div></div>
<div class="checklist"><ul><li>a</li><li>b</li></ul></div>
<div class="nextstepaction"><p><a href="#row">3</a></p></div>
<p><a class="lightbox" href="/assets/icon.svg"><img src="/assets/icon.svg" alt="icon" width="64" height="64"></a> <span class="broken-link">setup.md</span> <span class="no-loc" translate="no">Contoso</span></p>
<div class="video"><a class="video-link" href="https://example.cn/v" data-embed="https://example.cn/e">` + s.theme.Text(s.locale, "md.video") + `</a></div>
<pre tabindex="0"><code class="lang-powershell"><span class="hk">foreach</span> (<span class="hv">$u</span> <span class="hk">in</span> <span class="hf">Get-User</span>) { <span class="hs">&#34;x&#34;</span> } <span class="hc"># all</span> <span class="hn">1</span> <span class="ht">[int]</span>
<span class="hi">+ a</span>
<span class="hd">- b</span></code></pre>`)
	return a
}

func newSamplerFrom(s *sampler, locale string) *sampler {
	return &sampler{theme: s.theme, locale: locale, relay: s.relay, def: s.def, site: s.site}
}

func ptr[T any](v T) *T { return &v }

func (s *sampler) homeShell() Shell {
	sh := s.shell(s.site.Title, "")
	sh.Breadcrumbs = nil
	sh.Banner = &Banner{State: "monitoring", Title: s.w("一部のお客様でメールの到着が遅れています", "部分客户的邮件到达延迟", "Mail arrives late for some customers"), URL: s.url("outages/"), Updated: moment}
	return sh
}

func (s *sampler) formShell() Shell {
	sh := s.shell(s.def.Title.In(s.locale), "forms/support/")
	sh.NoContact = true
	return sh
}

func (s *sampler) howto() HowTo {
	a := s.article()
	a.Shell = s.shell(s.w("パスワードをリセットする", "重置密码", "Reset a password"), "howto/")
	a.Body, a.TOC = "", nil
	p := func(ja, zh, en string) template.HTML { return template.HTML("<p>" + s.w(ja, zh, en) + "</p>") }
	return HowTo{
		Article: a, Takes: Duration{Minutes: 3}, Role: s.w("パスワード管理者", "密码管理员", "Password administrator"),
		Before: []HTML{HTML(s.w("利用者の本人確認を済ませます。", "请先确认用户身份。", "Make sure who the user is."))},
		Steps: []Step{
			{Do: p("管理センターにサインインします。", "登录管理中心。", "Sign in to the admin center."), Where: "portal.partner.microsoftonline.cn", Expect: HTML(s.w("ホーム画面が開きます。", "打开主页。", "The home page opens."))},
			{Do: p("［ユーザー］＞［アクティブなユーザー］を選びます。", "选择“用户”＞“活动用户”。", "Choose Users &gt; Active users.")},
			{Do: p("対象の人を選び、［パスワードのリセット］を押します。", "选择用户，点击“重置密码”。", "Choose the person, then Reset password."), Expect: HTML(s.w("仮のパスワードが表示されます。", "显示临时密码。", "A temporary password is shown."))},
		},
		Check: p("利用者が仮のパスワードでサインインできれば完了です。", "用户能用临时密码登录即完成。", "It worked when the user can sign in with the temporary password."),
		Fails: []Failure{{Symptom: s.w("ボタンが押せない", "按钮无法点击", "The button is greyed out"), Code: "AADSTS50126", Do: p("権限が足りません。グローバル管理者に依頼してください。", "权限不足，请联系全局管理员。", "Your role is not enough. Ask a global administrator.")}},
	}
}

func (s *sampler) faq() FAQ {
	a := s.article()
	a.Shell = s.shell(s.w("請求についてのよくある質問", "账单常见问题", "Questions about billing"), "faq/")
	a.Body = ""
	a.TOC = []Heading{{ID: "q1", Text: s.w("請求書はいつ届きますか", "账单何时发出？", "When do I get the invoice?")}, {ID: "q2", Text: s.w("発票の宛名を変えられますか", "可以更改发票抬头吗？", "Can the name on the fapiao be changed?")}}
	return FAQ{Article: a, Sections: []FAQSection{{Questions: []Question{
		{ID: "q1", Question: a.TOC[0].Text, Answer: template.HTML(s.w("<p>毎月5日までにメールでお送りします。</p>", "<p>每月5日前通过邮件发送。</p>", "<p>By the 5th of each month, by e-mail.</p>"))},
		{ID: "q2", Question: a.TOC[1].Text, Answer: template.HTML(s.w("<p>発行前であれば変えられます。</p>", "<p>开具前可以更改。</p>", "<p>Yes, until it is issued.</p>")), Article: &Link{Title: s.w("発票を受け取る", "获取发票", "Get a fapiao"), URL: s.url("fapiao/")}},
	}}}}
}

func (s *sampler) landing() Landing {
	a := s.article()
	a.Shell = s.shell(s.w("パートナーセンターの文書", "合作伙伴中心文档", "Partner Center documentation"), "landing/")
	a.Body, a.TOC, a.Lead = "", nil, ""
	card := Card{Title: s.w("はじめに", "入门", "Get started"), Lists: []CardList{{Title: s.w("概要", "概述", "Overview"), Links: s.related()}}}
	return Landing{Article: a, Sections: []LandingSection{{Title: s.w("お客様の管理", "管理客户", "Manage customers"), Cards: []Card{card, card, card}}}}
}

func (s *sampler) selfRule(id string) RuleCard {
	return RuleCard{ID: id, Title: s.w("障害がすでに公表されている", "故障已公布", "The outage is known"), When: []Pair{{s.w("稼働状況", "服务状态", "Service status"), s.w("障害が出ている", "有故障", "An outage is listed")}}, Handler: "self", Action: s.w("復旧をお待ちください。", "请等待恢复。", "Wait for the repair."), Next: &Link{Title: s.w("サービスの状況を見る", "查看服务状态", "See the service status"), URL: s.url("outages/")}}
}

func (s *sampler) triage() Triage {
	return Triage{Shell: s.shell(s.w("だれが対応するかを調べる", "判断由谁处理", "Find out who acts"), "rules/triage/"),
		Steps: []TriageStep{
			{ID: "q1", Number: 1, Of: 3, Question: s.w("障害は公表されていますか", "故障是否已公布？", "Is the outage known?"), Help: s.w("管理センターの［サービス正常性］で確かめます。", "在管理中心的“服务运行状况”中查看。", "Look at Service health in the admin center."), Answers: []Link{{Title: s.w("はい", "是", "Yes"), URL: "#known-outage"}, {Title: s.w("いいえ", "否", "No"), URL: "#q2"}}},
			{ID: "q2", Number: 2, Of: 3, Question: s.w("だれに起きていますか", "影响到谁？", "Who is affected?"), Answers: []Link{{Title: s.w("全員", "所有人", "Everybody"), URL: "#all-blocked"}, {Title: s.w("1人", "一个人", "One person"), URL: "#known-outage"}}},
		},
		Outcomes: []RuleCard{s.rule("all-blocked"), s.selfRule("known-outage")}, RulesURL: s.url("rules/sign-in/")}
}

func (s *sampler) notice() Notice {
	c := s.contact()
	office := Hours{Ranges: []HourRange{{"mon-sun", "09:00", "24:00", "Asia/Shanghai"}}}
	sev := func(id string, name, meaning words, first, updates Duration) NoticeSeverity {
		return NoticeSeverity{ID: id, Name: name[s.locale], Meaning: meaning[s.locale], First: first, Updates: updates, Hours: Hours{Always: true}}
	}
	return Notice{
		Shell: s.shell(s.w("サポートのご案内", "支持服务说明", "How our support works"), "notice/"), Lead: s.w("当社のサポートの受付時間、回答までの時間、21Vianetへの引き継ぎについてお知らせします。", "说明我们的服务时间、答复时限以及如何移交世纪互联。", "When we are there, how fast we answer, and how requests reach 21Vianet."),
		Version: 3, Published: day, Effective: day.AddDate(0, 1, 0), State: "current", Binding: s.w("日本語", "日语", "Japanese"), Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		KeyPoints: []string{s.w("24時間365日、担当者がお答えします。", "全天候由专人答复。", "A person answers at any hour."), s.w("窓口は常に当社です。", "我们始终是您的联系人。", "We are your contact at all times.")},
		Changes:   []NoticeChange{{Kind: "improvement", What: "tel-24x7", Text: s.w("電話の受付を24時間にしました", "电话服务改为24小时", "The phone is answered at any hour")}, {Kind: "changed", What: "B-first", From: "PT8H", To: "PT4H"}},
		Channels:  c.Channels, Coverage: []Coverage{{Lang: s.w("日本語", "日语", "Japanese"), Hours: 168}, {Lang: s.w("中国語", "中文", "Chinese"), Hours: 105, Gaps: []HourRange{{"mon-sun", "00:00", "09:00", "Asia/Shanghai"}}}},
		Severities: []NoticeSeverity{sev("A", w("緊急", "紧急", "Critical"), w("業務が止まり、代わりの方法がない", "业务停止且没有替代办法", "Work has stopped and there is no way round"), Duration{Minutes: 60}, Duration{Minutes: 120}), sev("B", w("重要", "重要", "Important"), w("一部の業務に支障がある", "部分业务受影响", "Part of the work is affected"), Duration{Minutes: 240}, Duration{Minutes: 1440})},
		Path:       []NoticeStep{{Name: s.w("当番の担当者", "值班工程师", "Engineer on duty")}, {Name: s.w("サポート責任者", "支持负责人", "Support lead"), After: Duration{Minutes: 120}, Channel: s.w("電話", "电话", "Phone")}},
		Covers:     []Link{{Title: s.w("アカウントの準備", "账户设置", "Account set-up"), URL: s.url("account-setup/")}, {Title: s.w("契約と請求", "账户与账单", "Accounts and billing")}}, Excludes: []string{s.w("お客様が開発したプログラム", "客户自行开发的程序", "Programs that you wrote")},
		Upstream: []NoticeUpstream{{Product: "Azure", Severities: []UpstreamSeverity{{ID: "A", Response: Duration{Minutes: 120}, Hours: Hours{Always: true}, Condition: "Premium"}, {ID: "B", Response: Duration{Minutes: 240}, Hours: office}}, Sources: []SourceRef{{Title: "support.azure.cn", URL: "https://support.azure.cn/", AsOf: "2016-09"}}}},
		Privacy:  NoticePrivacy{ForwardedTo: "21Vianet", Country: s.w("中国", "中国", "China"), KeepDays: 90}, Versions: []NoticeVersion{{Version: 3, URL: s.url("notice/3/"), DiffURL: s.url("notice/diff/"), Effective: day, State: "current"}, {Version: 2, URL: s.url("notice/2/"), Effective: day.AddDate(-1, 0, 0), State: "past"}},
		Before: &Link{Title: s.theme.Text(s.locale, "notice.version-n", 2), URL: s.url("notice/2/")}, Feed: s.url("notice/feed.xml"),
	}
}

func (s *sampler) outage() Outage {
	return Outage{ID: "mail-delay", Title: s.homeShell().Banner.Title, State: "monitoring", Products: []string{"Exchange Online"}, Started: moment,
		Updates: []OutageUpdate{{moment.Add(time.Hour), "monitoring", s.w("遅れは小さくなっています。", "延迟正在缓解。", "The delay is getting smaller.")}, {moment, "investigating", s.w("原因を調べています。", "正在调查原因。", "We are looking for the cause.")}}}
}
