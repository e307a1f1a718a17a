package desk

import (
	"fmt"
	"time"

	"annai/internal/source"
)

// texts are what the pages say.
var texts = map[string]source.Words{
	"desk":      {"ja": "受付デスク", "zh-hans": "受理台", "en": "Desk"},
	"queue":     {"ja": "依頼の一覧", "zh-hans": "请求列表", "en": "Requests"},
	"request":   {"ja": "依頼", "zh-hans": "请求", "en": "Request"},
	"counts":    {"ja": "読者の声", "zh-hans": "读者反馈", "en": "What readers say"},
	"jobs":      {"ja": "配送の内部状態", "zh-hans": "投递队列", "en": "Delivery queue"},
	"signed-in": {"ja": "利用者", "zh-hans": "用户", "en": "Signed in as"},
	"language":  {"ja": "表示言語", "zh-hans": "语言", "en": "Language"},
	"change":    {"ja": "変更", "zh-hans": "更改", "en": "Change"},
	"search":    {"ja": "探す", "zh-hans": "查找", "en": "Search"},
	"search-by": {"ja": "受付番号、21Vianet の番号、メール、本文の言葉", "zh-hans": "受理编号、21Vianet 编号、邮箱或正文中的词", "en": "Reference, 21Vianet number, e-mail or words"},
	"severity":  {"ja": "重大度", "zh-hans": "严重级别", "en": "Severity"},
	"all":       {"ja": "すべて", "zh-hans": "全部", "en": "All"},
	"export":    {"ja": "CSV で保存", "zh-hans": "导出 CSV", "en": "Export CSV"},
	"none":      {"ja": "該当する依頼はありません", "zh-hans": "没有符合的请求", "en": "No requests here"},
	"reference": {"ja": "受付番号", "zh-hans": "受理编号", "en": "Reference"},
	"subject":   {"ja": "件名", "zh-hans": "主题", "en": "Subject"},
	"from":      {"ja": "お客様", "zh-hans": "客户", "en": "From"},
	"received":  {"ja": "受付", "zh-hans": "受理时间", "en": "Received"},
	"reply-by":  {"ja": "初回返信の期限", "zh-hans": "首次回复期限", "en": "First reply by"},
	"days":      {"ja": "日", "zh-hans": "天", "en": "d"},
	"left":      {"ja": "残り", "zh-hans": "剩余", "en": "left"},
	"late":      {"ja": "超過", "zh-hans": "已超时", "en": "late"},
	"state":     {"ja": "状態", "zh-hans": "状态", "en": "State"},
	"next-page": {"ja": "次へ", "zh-hans": "下一页", "en": "Next"},
	"back-page": {"ja": "前へ", "zh-hans": "上一页", "en": "Previous"},
	"saved":     {"ja": "記録しました", "zh-hans": "已记录", "en": "Recorded"},
	"forgotten": {"ja": "個人に関わる内容は消去されました", "zh-hans": "个人内容已删除", "en": "Everything personal was destroyed"},
	"doubts":    {"ja": "止まっている理由", "zh-hans": "未放行的原因", "en": "Why it was stopped"},

	"doubt-honeypot":     {"ja": "人には見えない欄に記入がある", "zh-hans": "填写了隐藏字段", "en": "a field that people don't see was filled in"},
	"doubt-too-fast":     {"ja": "確認から送信までが速すぎる", "zh-hans": "提交过快", "en": "sent faster than a person can"},
	"doubt-forged-token": {"ja": "ページの証票が正しくない", "zh-hans": "页面令牌无效", "en": "the page's token is not ours"},
	"doubt-bad-proof":    {"ja": "計算の証明が正しくない", "zh-hans": "工作量证明无效", "en": "the proof of work is wrong"},
	"doubt-no-token":     {"ja": "ページの証票がない", "zh-hans": "没有页面令牌", "en": "no token from a page"},
	"doubt-scanner-down": {"ja": "添付ファイルのウイルス検査ができなかった", "zh-hans": "附件未能进行病毒检查", "en": "the files could not be scanned for viruses"},
	"doubt-virus":        {"ja": "添付ファイルにウイルスの疑いがある", "zh-hans": "附件可能含有病毒", "en": "a file may contain a virus"},
	"infected":           {"ja": "ウイルスの疑い。宛先には渡されません。隔離した環境でだけ開いてください", "zh-hans": "可能含有病毒，不会转交；请只在隔离环境中打开", "en": "may contain a virus; handed to nobody; open it only where it can do no harm"},
	"scan-clean":         {"ja": "ウイルス検査済み", "zh-hans": "病毒检查通过", "en": "scanned for viruses"},
	"scan-down":          {"ja": "ウイルス検査ができていません", "zh-hans": "未进行病毒检查", "en": "not scanned for viruses"},

	"form":       {"ja": "フォーム", "zh-hans": "表单", "en": "Form"},
	"version":    {"ja": "版", "zh-hans": "版本", "en": "version"},
	"written-in": {"ja": "お客様の言語", "zh-hans": "客户语言", "en": "Customer's language"},
	"rule":       {"ja": "適用された規則", "zh-hans": "适用规则", "en": "Rule"},
	"handler":    {"ja": "対応者", "zh-hans": "处理方", "en": "Handled by"},
	"customer":   {"ja": "お客様への表示", "zh-hans": "客户看到的状态", "en": "Shown to the customer"},
	"answers":    {"ja": "内容", "zh-hans": "内容", "en": "Answers"},
	"files":      {"ja": "添付ファイル", "zh-hans": "附件", "en": "Files"},
	"copy":       {"ja": "コピー", "zh-hans": "复制", "en": "Copy"},
	"copied":     {"ja": "コピーしました", "zh-hans": "已复制", "en": "Copied"},
	"sheet":      {"ja": "21Vianet への引き継ぎ", "zh-hans": "转交 21Vianet", "en": "Hand over to 21Vianet"},
	"sheet-lead": {"ja": "ポータルで次の順に開き、下の項目を写してください。お客様に示した範囲の内容だけが入っています。番号を記録すると引き継ぎが完了します。", "zh-hans": "在门户中依次打开以下菜单并复制各项。内容仅限已告知客户将转交的部分。记录编号后即完成转交。", "en": "Open these menus in the portal and copy the fields: they hold only what the customer was told would be passed on. Recording the number completes the hand-over."},
	"no-consent": {"ja": "お客様は 21Vianet への引き渡しに同意していません。同意を得るまで渡さないでください。", "zh-hans": "客户尚未同意转交 21Vianet。取得同意前请勿转交。", "en": "The customer has not agreed to this being passed on to 21Vianet. Don't hand it over before they do."},
	"portal":     {"ja": "ポータル", "zh-hans": "门户", "en": "Portal"},
	"health":     {"ja": "サービス正常性", "zh-hans": "服务运行状况", "en": "Service health"},
	"path":       {"ja": "開く順", "zh-hans": "菜单路径", "en": "Menu path"},
	"product":    {"ja": "製品", "zh-hans": "产品", "en": "Product"},
	"up-sev":     {"ja": "21Vianet での重大度", "zh-hans": "21Vianet 严重级别", "en": "Severity at 21Vianet"},
	"promise":    {"ja": "21Vianet の初回応答", "zh-hans": "21Vianet 首次响应", "en": "21Vianet's first response"},
	"title":      {"ja": "題名", "zh-hans": "标题", "en": "Title"},
	"body":       {"ja": "説明", "zh-hans": "说明", "en": "Description"},
	"grounds":    {"ja": "引き継ぐ根拠", "zh-hans": "升级依据", "en": "Grounds"},
	"missing":    {"ja": "まだない証拠", "zh-hans": "尚缺的证据", "en": "Evidence still missing"},
	"number":     {"ja": "サービスリクエスト番号", "zh-hans": "服务请求编号", "en": "Service-request number"},
	"record":     {"ja": "番号を記録して引き継ぎ完了にする", "zh-hans": "记录编号并完成转交", "en": "Record the number: handed over"},
	"finish-own": {"ja": "対応済みにする", "zh-hans": "标记为已处理", "en": "Mark as dealt with"},
	"deliveries": {"ja": "配送", "zh-hans": "投递", "en": "Deliveries"},
	"attempts":   {"ja": "試行の記録", "zh-hans": "尝试记录", "en": "Attempts"},
	"next-try":   {"ja": "次の試行", "zh-hans": "下次尝试", "en": "Next attempt"},
	"log":        {"ja": "作業の記録", "zh-hans": "操作记录", "en": "Log"},
	"note":       {"ja": "メモ", "zh-hans": "备注", "en": "Note"},
	"add-note":   {"ja": "メモを残す", "zh-hans": "添加备注", "en": "Add the note"},
	"ask":        {"ja": "お客様の返事待ちにする", "zh-hans": "等待客户回复", "en": "Waiting for the customer"},
	"solve":      {"ja": "解決済みにする", "zh-hans": "标记为已解决", "en": "Solved"},
	"hold":       {"ja": "止める", "zh-hans": "暂停", "en": "Hold"},
	"release":    {"ja": "配送に戻す", "zh-hans": "放行", "en": "Release"},
	"replay":     {"ja": "今すぐもう一度送る", "zh-hans": "立即重新投递", "en": "Deliver again now"},
	"reroute":    {"ja": "別の宛先へ回す", "zh-hans": "改投", "en": "Reroute"},
	"reject":     {"ja": "迷惑な投稿として退ける", "zh-hans": "作为垃圾信息拒绝", "en": "Reject as spam"},
	"to":         {"ja": "宛先", "zh-hans": "目的地", "en": "to"},
	"paused":     {"ja": "は止まっています", "zh-hans": "已暂停", "en": "is paused"},
	"resume":     {"ja": "再開する", "zh-hans": "恢复", "en": "Let it go on"},
	"helpful":    {"ja": "ページの評価(90 日間)", "zh-hans": "页面评价(90 天)", "en": "Was it helpful (90 days)"},
	"nothing":    {"ja": "見つからなかった検索(90 日間)", "zh-hans": "无结果的搜索(90 天)", "en": "Searches without a result (90 days)"},
	"times":      {"ja": "回数", "zh-hans": "次数", "en": "Times"},

	"tab-open":    {"ja": "対応中", "zh-hans": "处理中", "en": "Open"},
	"tab-mine":    {"ja": "人の対応待ち", "zh-hans": "待人工处理", "en": "For a person"},
	"tab-doubted": {"ja": "保留(要確認)", "zh-hans": "隔离(待确认)", "en": "Quarantined"},
	"tab-held":    {"ja": "停止中", "zh-hans": "已暂停", "en": "Held"},
	"tab-dead":    {"ja": "配送できず", "zh-hans": "投递失败", "en": "Undeliverable"},
	"tab-done":    {"ja": "完了", "zh-hans": "已完成", "en": "Done"},

	"queued":      {"ja": "配送待ち", "zh-hans": "等待投递", "en": "queued"},
	"waiting":     {"ja": "人の対応待ち", "zh-hans": "待人工处理", "en": "for a person"},
	"held":        {"ja": "停止中", "zh-hans": "已暂停", "en": "held"},
	"quarantined": {"ja": "保留", "zh-hans": "隔离", "en": "quarantined"},
	"dead":        {"ja": "配送できず", "zh-hans": "投递失败", "en": "undeliverable"},
	"delivered":   {"ja": "完了", "zh-hans": "已完成", "en": "done"},
	"withdrawn":   {"ja": "取り下げ", "zh-hans": "已撤回", "en": "withdrawn"},

	"status-received":    {"ja": "受け付けました", "zh-hans": "已受理", "en": "received"},
	"status-checking":    {"ja": "確認しています", "zh-hans": "正在检查", "en": "being checked"},
	"status-waiting":     {"ja": "お返事待ち", "zh-hans": "等待您的回复", "en": "waiting for you"},
	"status-handed-over": {"ja": "21Vianet に引き継ぎました", "zh-hans": "已转交世纪互联", "en": "handed over"},
	"status-solved":      {"ja": "解決しました", "zh-hans": "已解决", "en": "solved"},

	"partner":               {"ja": "当社", "zh-hans": "本公司", "en": "our own desk"},
	"upstream":              {"ja": "21Vianet", "zh-hans": "21Vianet", "en": "21Vianet"},
	"partner-then-upstream": {"ja": "当社が整えて 21Vianet へ", "zh-hans": "本公司整理后转交 21Vianet", "en": "our desk, then 21Vianet"},
	"no-training":           {"ja": "研修がない", "zh-hans": "缺少培训", "en": "no training"},
	"no-documentation":      {"ja": "資料がない", "zh-hans": "缺少文档", "en": "no documentation"},
	"no-tool":               {"ja": "道具・権限がない", "zh-hans": "缺少工具", "en": "no tool"},

	"failed":      {"ja": "記録できませんでした。もう一度お試しください", "zh-hans": "未能完成，请重试", "en": "That could not be done. Try again"},
	"no-request":  {"ja": "その依頼はありません", "zh-hans": "没有该请求", "en": "There is no such request"},
	"wrong-state": {"ja": "今の状態ではできません。ページを読み直してください", "zh-hans": "当前状态下无法操作，请刷新页面", "en": "That can't be done in its state. Load the page again"},
	"bad-number":  {"ja": "番号は 64 文字以内で書いてください", "zh-hans": "编号请不要超过 64 个字", "en": "The number must be 64 characters or fewer"},
}

func text(locale, key string) string {
	if words, ok := texts[key]; ok {
		return words.In(locale, "en")
	}
	return key
}

// span is a length of time in two units at most: "3 h 5 min".
func span(locale string, d time.Duration) string {
	if d < 0 {
		d = -d
	}
	minutes := int(d.Minutes())
	days, hours, minutes := minutes/1440, minutes/60%24, minutes%60
	units := map[string][3]string{"ja": {"日", "時間", "分"}, "zh-hans": {"天", "小时", "分钟"}}[locale]
	if units[0] == "" {
		units = [3]string{" d", " h", " min"}
	}
	switch {
	case days > 0:
		return fmt.Sprintf("%d%s %d%s", days, units[0], hours, units[1])
	case hours > 0:
		return fmt.Sprintf("%d%s %d%s", hours, units[1], minutes, units[2])
	}
	return fmt.Sprintf("%d%s", minutes, units[2])
}
