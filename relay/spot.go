package relay

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"

	"annai/form"
)

// secrets are what people paste with a log and shouldn't: the request will be
// read by people, so the check page says so before it is sent.
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:pass(?:word|wd)?|pwd|secret|client_secret|api[_-]?key|access[_-]?token|refresh[_-]?token)["']?\s*[=:]\s*["']?[^\s"'&;,]{4,}`),
	regexp.MustCompile(`(?:パスワード|密码|密碼|口令)\s*(?:は|が|是|为)?\s*[=:\x{FF1A}\x{FF1D}]?\s*[!-~]{6,}`),
	regexp.MustCompile(`(?i)\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s*=\s*\S{8,}`),
	regexp.MustCompile(`(?i)[?&]sig=[A-Za-z0-9%+/]{16,}`),
	regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
	regexp.MustCompile(`(?i)\bauthorization:\s*(?:bearer|basic)\s+\S{8,}`),
	regexp.MustCompile(`\b(?:AKIA|LTAI)[0-9A-Za-z]{12,}\b`),
}

var jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`)

// HasSecret tells text that seems to hold a password, a key or a token.
func HasSecret(text string) bool {
	for _, pattern := range secrets {
		if pattern.MatchString(text) {
			return true
		}
	}
	for _, token := range jwt.FindAllString(text, -1) {
		if isJWT(token) {
			return true
		}
	}
	return false
}

// isJWT proves that the first part is a JOSE header, not just letters.
func isJWT(token string) bool {
	head, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	var header struct {
		Algorithm string `json:"alg"`
	}
	return err == nil && json.Unmarshal(text, &header) == nil && header.Algorithm != ""
}

// fieldsWithSecrets lists the form's text fields whose answer has one.
func fieldsWithSecrets(d *form.Definition, answers form.Answers) []*form.Field {
	var found []*form.Field
	for i := range d.Fields {
		f := &d.Fields[i]
		switch f.Trait().Control {
		case "input", "textarea":
			if HasSecret(strings.Join(answers[f.ID], "\n")) {
				found = append(found, f)
			}
		}
	}
	return found
}
