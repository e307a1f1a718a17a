package relay

import "annai/internal/source"

// words are what the relay says where the theme has no text of its own.
var words = map[string]source.Words{
	"page":    {"ja": "見ていたページ", "zh-hans": "来源页面", "en": "Page the reader came from"},
	"agreed":  {"ja": "同意する", "zh-hans": "同意", "en": "Agreed"},
	"comment": {"ja": "ご意見", "zh-hans": "意见", "en": "Comment"},
	"plain": {
		"ja":      "ページを表示できませんでした。お電話かメールでご連絡ください。",
		"zh-hans": "页面无法显示，请通过电话或邮件与我们联系。",
		"en":      "This page could not be shown. Contact us by phone or mail.",
	},
	"secret": {
		"ja":      "「%s」にパスワードや鍵のような文字が含まれています。送る前に消すか、伏せ字にしてください",
		"zh-hans": "“%s”中似乎含有密码或密钥，发送前请删除或遮盖",
		"en":      "“%s” seems to contain a password or a key. Remove or mask it before you send",
	},
	"virus": {
		"ja":      "「%s」にウイルスの疑いがあります。このまま送ると、担当者が確認するまで対応が始まりません。変更して、このファイルを外すこともできます",
		"zh-hans": "“%s”可能含有病毒。如果就这样提交，要等支持人员确认后才会开始处理。您也可以返回修改，去掉这个文件",
		"en":      "“%s” may contain a virus. If you send it like this, work on the request starts only after a person has looked at it. You can change the form and leave the file out",
	},
	"no-consent": {
		"ja":      "情報を渡すことへの同意がないため、まず当社の窓口が対応します",
		"zh-hans": "由于您未同意转交信息，将先由我们的支持人员处理",
		"en":      "You have not agreed to your details being passed on, so our own desk handles the request first",
	},
	"changed-title": {"ja": "フォームが新しくなりました", "zh-hans": "表单已更新", "en": "The form has changed"},
	"changed": {
		"ja":      "開いていたページは古い版です。入力された内容はそのまま残っています。もう一度お確かめください。",
		"zh-hans": "您打开的页面是旧版本。您填写的内容已保留，请再次确认。",
		"en":      "The page you had open was an older version. What you typed is still here. Check it again.",
	},
	"problem-invalid":  {"ja": "入力内容に直すところがあります", "zh-hans": "填写内容需要修改", "en": "Some answers have to be mended"},
	"problem-conflict": {"ja": "同じ Idempotency-Key で別の内容が送られています", "zh-hans": "同一 Idempotency-Key 已用于其他内容", "en": "This Idempotency-Key was used with other answers"},
	"not-found": {
		"ja":      "受付番号とメールアドレスの組み合わせが見つかりません。番号は受付の画面に表示されたものです",
		"zh-hans": "找不到与该受理编号和邮箱地址相符的请求。编号显示在受理页面上",
		"en":      "No request matches that reference and e-mail address. The reference is on the page you saw after sending",
	},
	"mail-subject":   {"ja": "[%s] ご依頼を受け付けました", "zh-hans": "[%s] 我们已受理您的请求", "en": "[%s] We have received your request"},
	"mail-received":  {"ja": "%sへのご依頼を受け付けました。", "zh-hans": "%s已受理您的请求。", "en": "%s has received your request."},
	"mail-reference": {"ja": "受付番号: %s", "zh-hans": "受理编号：%s", "en": "Reference: %s"},
	"mail-when":      {"ja": "受付日時: %s", "zh-hans": "受理时间：%s", "en": "Received: %s"},
	"mail-reply":     {"ja": "最初のご返信の期限: %s", "zh-hans": "首次回复不晚于：%s", "en": "First reply by: %s"},
	"mail-call":      {"ja": "深刻度が高いため、お電話でもご連絡ください: %s", "zh-hans": "由于问题严重，请同时致电：%s", "en": "As this is severe, please call as well: %s"},
	"mail-lookup": {
		"ja":      "対応の状況は、受付番号とこのメールアドレスで確認できます: %s",
		"zh-hans": "凭受理编号和此邮箱地址可查询处理情况：%s",
		"en":      "See how it stands with the reference and this e-mail address: %s",
	},
	"mail-automatic": {
		"ja":      "このメールは自動で送られました。お心当たりがなければ、破棄してください。",
		"zh-hans": "本邮件由系统自动发送。如果您没有提交过请求，请忽略。",
		"en":      "This mail was sent automatically. If you sent no request, ignore it.",
	},
	"operator":       {"ja": "21Vianet", "zh-hans": "世纪互联", "en": "21Vianet"}, // who runs the cloud in China
	"event-received": {"ja": "受け付けました", "zh-hans": "已受理", "en": "Received"},
	"event-waiting":  {"ja": "お客様からのお返事を待っています", "zh-hans": "等待您的回复", "en": "Waiting for your answer"},
	"event-handed":   {"ja": "21Vianet に引き継ぎました", "zh-hans": "已转交世纪互联", "en": "Handed over to 21Vianet"},
	"event-taken":    {"ja": "担当者が対応しています", "zh-hans": "支持人员正在处理", "en": "Our desk has taken it up"},
	"event-solved":   {"ja": "解決しました", "zh-hans": "已解决", "en": "Solved"},
}

// word is one of the words in a locale, or in English.
func word(locale, key string) string { return words[key].In(locale, "en") }
