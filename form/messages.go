package form

import "annai/internal/source"

// messages are what a reader is told, by case and language: what to do, in the
// label's words, without blame. {label} is the field's label inside a sentence,
// {Label} at its beginning, {n} the rule's number. A case may be worded apart
// for a control, as "empty/radios".
var messages = map[string]source.Words{
	"empty": {
		"ja":      "{label}を入力してください",
		"zh-hans": "请填写{label}",
		"en":      "Enter {label}",
	},
	"empty/radios": {
		"ja":      "「{label}」から 1 つ選んでください",
		"zh-hans": "请在“{label}”中选择一项",
		"en":      "Choose an answer for “{Label}”",
	},
	"empty/checkboxes": {
		"ja":      "「{label}」から 1 つ以上選んでください",
		"zh-hans": "请在“{label}”中至少选择一项",
		"en":      "Choose at least one answer for “{Label}”",
	},
	"empty/checkbox": {
		"ja":      "「{label}」を確かめて印を付けてください",
		"zh-hans": "请确认“{label}”并勾选",
		"en":      "Tick “{Label}” to go on",
	},
	"empty/file": {
		"ja":      "{label}のファイルを選んでください",
		"zh-hans": "请选择{label}的文件",
		"en":      "Choose a file for {label}",
	},
	"too-short": {
		"ja":      "{label}は {n} 文字以上で書いてください",
		"zh-hans": "{label}请至少写 {n} 个字",
		"en":      "{Label} must be {n} characters or more",
	},
	"too-long": {
		"ja":      "{label}は {n} 文字以内で書いてください",
		"zh-hans": "{label}请不要超过 {n} 个字",
		"en":      "{Label} must be {n} characters or fewer",
	},
	"length": {
		"ja":      "{label}はちょうど {n} 文字で書いてください",
		"zh-hans": "{label}应为 {n} 个字",
		"en":      "{Label} must be exactly {n} characters",
	},
	"too-few": {
		"ja":      "「{label}」は {n} つ以上選んでください",
		"zh-hans": "请在“{label}”中至少选择 {n} 项",
		"en":      "Choose {n} or more for “{Label}”",
	},
	"too-many": {
		"ja":      "{label}は {n} つまでにしてください",
		"zh-hans": "{label}最多 {n} 项",
		"en":      "{Label}: give no more than {n}",
	},
	"option": {
		"ja":      "「{label}」は、表示されている中から選んでください",
		"zh-hans": "请在“{label}”所列选项中选择",
		"en":      "Choose one of the answers shown for “{Label}”",
	},
	"consent": {
		"ja":      "「{label}」の文面が新しくなりました。もう一度お確かめください",
		"zh-hans": "“{label}”的内容已更新，请重新确认",
		"en":      "The text of “{Label}” has changed. Read it again and tick it if you agree",
	},
	"email": {
		"ja":      "{label}は taro@example.com のような形で入力してください",
		"zh-hans": "{label}请按 li@example.com 的格式填写",
		"en":      "Enter {label} like name@example.com",
	},
	"phone": {
		"ja":      "{label}は 03-1234-5678 や +86 10 1234 5678 のように入力してください",
		"zh-hans": "{label}请按 010-1234-5678 或 +81 3 1234 5678 的格式填写",
		"en":      "Enter {label} like 03-1234-5678 or +86 10 1234 5678",
	},
	"domain": {
		"ja":      "{label}は contoso.partner.onmschina.cn のような形で入力してください",
		"zh-hans": "{label}请按 contoso.partner.onmschina.cn 的格式填写",
		"en":      "Enter {label} like contoso.partner.onmschina.cn",
	},
	"guid": {
		"ja":      "{label}は 3f2504e0-4f89-41d3-9a0c-0305e82c3301 のような形です。画面からそのまま貼り付けてください",
		"zh-hans": "{label}形如 3f2504e0-4f89-41d3-9a0c-0305e82c3301，请从画面上直接粘贴",
		"en":      "{Label} looks like 3f2504e0-4f89-41d3-9a0c-0305e82c3301. Paste it as the screen shows it",
	},
	"moment": {
		"ja":      "{label}は 2026-11-22 09:30 のように日付と時刻で入力してください",
		"zh-hans": "{label}请填写日期和时间，例如 2026-11-22 09:30",
		"en":      "Enter {label} as a date and time, like 2026-11-22 09:30",
	},
	"past": {
		"ja":      "{label}は、いまより前の日時にしてください",
		"zh-hans": "{label}应早于现在的时间",
		"en":      "{Label} must be in the past",
	},
	"digits": {
		"ja":      "{label}は数字だけで入力してください",
		"zh-hans": "{label}请只填写数字",
		"en":      "{Label} must be digits only",
	},
	"url": {
		"ja":      "{label}は https:// で始まるアドレスを入力してください",
		"zh-hans": "{label}请填写以 https:// 开头的网址",
		"en":      "Enter {label} as an address that starts with https://",
	},
	"ascii": {
		"ja":      "{label}は半角の英数字と記号で入力してください",
		"zh-hans": "{label}请用半角英文、数字和符号填写",
		"en":      "{Label} must use plain letters, digits and signs",
	},
	"alphanum": {
		"ja":      "{label}は半角の英字と数字だけで入力してください",
		"zh-hans": "{label}请只填写英文字母和数字",
		"en":      "{Label} must be letters and digits only",
	},
	"unreadable": {
		"ja":      "{label}に読み取れない文字があります。貼り付けた場合は、打ち直してください",
		"zh-hans": "{label}含有无法读取的字符。如果是粘贴的，请重新输入",
		"en":      "{Label} has characters that can't be read. If you pasted it, type it instead",
	},
	"repeated": {
		"ja":      "{label}が 2 回送られました。1 つだけにしてください",
		"zh-hans": "{label}发送了两次，请只保留一个",
		"en":      "{Label} was sent twice. Give it once",
	},
	"file-type": {
		"ja":      "{label}のファイルは {n} のどれかにしてください",
		"zh-hans": "{label}的文件类型应为 {n}",
		"en":      "The file for {label} must be one of: {n}",
	},
	"file-too-big": {
		"ja":      "{label}のファイルは {n} MB 以下にしてください",
		"zh-hans": "{label}的文件不能超过 {n} MB",
		"en":      "The file for {label} must be {n} MB or smaller",
	},
	"file-empty": {
		"ja":      "{label}のファイルの中身がありません。別のファイルを選んでください",
		"zh-hans": "{label}的文件是空的，请另选文件",
		"en":      "The file for {label} is empty. Choose another",
	},
	"file-too-many": {
		"ja":      "{label}のファイルは {n} 個までです",
		"zh-hans": "{label}最多 {n} 个文件",
		"en":      "Choose no more than {n} files for {label}",
	},
	"file-password": {
		"ja":      "{label}のファイルにパスワードが付いています。外してから選び直してください",
		"zh-hans": "{label}的文件设有密码，请取消密码后重新选择",
		"en":      "The file for {label} is protected by a password. Remove it and choose the file again",
	},
	"file-unsafe": {
		"ja":      "{label}のファイルは安全に開けません。スクリーンショットか PDF にしてください",
		"zh-hans": "{label}的文件无法安全打开，请改用截图或 PDF",
		"en":      "The file for {label} can't be opened safely. Use a screenshot or a PDF instead",
	},
	"file-failed": {
		"ja":      "{label}のファイルを受け取れませんでした。もう一度選んでください",
		"zh-hans": "未能收到{label}的文件，请重新选择",
		"en":      "The file for {label} could not be received. Choose it again",
	},
	"charset": {
		"ja":      "文字コードが UTF-8 ではないため、文字が壊れます。ページを開き直してお試しください",
		"zh-hans": "字符编码不是 UTF-8，文字会损坏。请重新打开页面再试",
		"en":      "The text arrived in another encoding than UTF-8 and would be damaged. Open the page again and retry",
	},
}

// message finds the sentence of a case, worded for the control if there is one.
func message(rule, control, locale string) string {
	if w, ok := messages[rule+"/"+control]; ok {
		return w.In(locale, "en")
	}
	if w, ok := messages[rule]; ok {
		return w.In(locale, "en")
	}
	return messages["empty"].In(locale, "en")
}
