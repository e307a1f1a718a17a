package lexer

import "strings"

// YAML, XML and HTTP are read by the line or by the tag, not by the word.

// scanYAML paints keys, and values by what they are. Text below | or > is a string
// as long as it is indented like its first line.
func scanYAML(s *scanner) {
	const none = -1
	below, block := none, none
	for s.pos < len(s.src) {
		end := s.lineEnd(s.pos)
		first := s.pos
		for first < end && (s.src[first] == ' ' || s.src[first] == '\t') {
			first++
		}
		indent := first - s.pos
		switch {
		case strings.TrimSpace(s.src[first:end]) == "":
			s.put(s.open, min(end+1, len(s.src)))
			continue
		case below != none && indent > below:
			below, block = none, indent
		case below != none || indent < block:
			below, block = none, none
		}
		if block != none {
			s.put(String, min(end+1, len(s.src)))
			continue
		}
		if indent == 0 && (s.has("---") || s.has("...")) {
			first += 3
			s.put(Type, first)
		}
		s.put(s.open, first)
		if s.yamlLine(end) {
			below = indent
		}
		s.put(s.open, min(max(end, s.pos)+1, len(s.src)))
	}
}

// yamlLine paints up to end, or further when a string goes on, and tells whether
// a block of text begins.
func (s *scanner) yamlLine(end int) bool {
	flow, key := false, false
	for s.pos < end {
		switch c := s.src[s.pos]; {
		case s.kind[c] == blank:
			s.put(s.open, s.pos+1)
		case c == '#' || c == '/' && s.after(1) == '/':
			s.put(Comment, end)
		case (c == '-' || c == '?') && (s.pos+1 >= end || s.kind[s.after(1)] == blank):
			s.put(Plain, s.pos+1)
		case (flow || !key) && s.yamlKey(end):
			key = true
		case c == '&' || c == '*' || c == '!':
			i := s.pos
			for i < end && s.kind[s.src[i]] != blank {
				i++
			}
			s.put(Comment, i)
		case (c == '|' || c == '>') && strings.Trim(s.src[s.pos+1:end], "+-0123456789 \r") == "":
			s.put(Plain, end)
			return true
		case c == '"' || c == '\'':
			s.put(String, s.yamlString(end))
			if s.pos > end {
				end = s.lineEnd(s.pos)
			}
		case strings.IndexByte("[]{},:", c) >= 0 && !s.has("{{"):
			flow = flow || c == '[' || c == '{'
			s.put(Plain, s.pos+1)
		default:
			s.yamlScalar(end, flow)
		}
	}
	return false
}

// yamlKey paints a key, whose colon a blank or the line's end follows.
func (s *scanner) yamlKey(end int) bool {
	i := s.pos
	switch c := s.src[i]; {
	case c == '"' || c == '\'':
		if i = s.yamlString(end); i >= end || s.src[i] != ':' {
			return false
		}
	case strings.IndexByte("[]{},&*!|>%@:#", c) >= 0:
		return false
	default:
		for i < end && strings.IndexByte("\"{,[]}", s.src[i]) < 0 {
			if s.src[i] == ':' && (i+1 >= end || s.kind[s.src[i+1]] == blank) || s.src[i] == '#' && s.src[i-1] == ' ' {
				break
			}
			i++
		}
		if i >= end || s.src[i] != ':' {
			return false
		}
	}
	if i+1 < end && s.kind[s.src[i+1]] != blank {
		return false
	}
	s.put(Function, i)
	s.put(Plain, i+1)
	return true
}

// maxYAMLString bounds the look ahead for a quote that nothing may close.
const maxYAMLString = 4096

// yamlString is the end of the string that begins here: the line's, when no
// quote closes it.
func (s *scanner) yamlString(end int) int {
	q := s.src[s.pos]
	for i := s.pos + 1; i < min(len(s.src), s.pos+maxYAMLString); i++ {
		switch s.src[i] {
		case '\\':
			if q == '"' {
				i++
			}
		case q:
			return i + 1
		}
	}
	return end
}

// yamlScalar paints a value without quotes by what it is as a whole.
func (s *scanner) yamlScalar(end int, flow bool) {
	text := s.src[s.pos:end]
	if i := strings.IndexAny(text, ",]}"); flow && i > 0 && !s.has("{{") {
		text = text[:i]
	}
	if i := strings.Index(text, " #"); i >= 0 {
		text = text[:i]
	}
	text = strings.TrimRight(text, " \t\r")
	class := String
	switch text {
	case "true", "True", "TRUE", "false", "False", "FALSE", "null", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N":
		class = Keyword
	default:
		digits := strings.TrimLeft(text, "+-")
		if len(text)-len(digits) <= 1 && digits != "" && (digits[0] == '.' || s.kind[digits[0]] == digit) && strings.Trim(digits, "0123456789.") == "" {
			class = Number
		}
	}
	s.put(class, s.pos+len(text))
}

// scanXML paints tags with their attributes.
func scanXML(s *scanner) {
	for s.pos < len(s.src) {
		i := strings.IndexByte(s.src[s.pos:], '<')
		if i < 0 {
			s.put(Plain, len(s.src))
			return
		}
		s.put(Plain, s.pos+i)
		switch c := s.after(1); {
		case s.has("<!--"):
			s.put(Comment, s.find(s.pos, "-->"))
		case s.has("<![CDATA["):
			s.put(Comment, s.find(s.pos, "]]>"))
		case c == '?':
			s.put(Comment, s.find(s.pos, "?>"))
		case c == '!':
			s.put(Comment, s.find(s.pos, ">"))
		case c == '/' || s.kind[c] == letter:
			s.put(Function, s.tagName(s.pos+2))
			s.attributes()
		default:
			s.put(Plain, s.pos+1)
		}
	}
}

func (s *scanner) tagName(i int) int {
	for i < len(s.src) && (s.name[s.src[i]] || strings.IndexByte(":.-", s.src[i]) >= 0) {
		i++
	}
	return i
}

// attributes paints up to a tag's end.
func (s *scanner) attributes() {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case c == '<':
			return
		case c == '>':
			s.put(Function, s.pos+1)
			return
		case c == '/' && s.after(1) == '>':
			s.put(Function, s.pos+2)
			return
		case s.kind[c] == blank:
			s.put(s.open, s.blankEnd(s.pos))
		case s.kind[c] == letter:
			i := s.blankEnd(s.tagName(s.pos))
			if i < len(s.src) && s.src[i] == '=' {
				s.put(Variable, i+1)
				s.put(s.open, s.blankEnd(s.pos))
				s.put(String, s.attributeEnd())
				continue
			}
			s.put(Plain, i)
		default:
			s.put(Plain, s.pos+1)
		}
	}
}

func (s *scanner) attributeEnd() int {
	if c := s.after(0); c == '"' || c == '\'' {
		return s.find(s.pos+1, string(c))
	}
	i := s.pos
	for i < len(s.src) && s.src[i] != '>' && s.kind[s.src[i]] != blank {
		i++
	}
	return i
}

// scanHTTP paints the first line, the headers and a body of JSON or XML.
func scanHTTP(s *scanner) {
	for first := true; s.pos < len(s.src); first = false {
		end := s.lineEnd(s.pos)
		line := strings.TrimRight(s.src[s.pos:end], " \t\r")
		word, _, _ := strings.Cut(line, " ")
		switch colon := strings.IndexByte(line, ':'); {
		case line == "":
			s.put(Plain, min(end+1, len(s.src)))
			s.body()
			return
		case first && strings.HasPrefix(line, "HTTP/"):
			s.version(end)
			s.field(Number, end)
		case first && word != "" && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "":
			s.field(Function, end)
			s.field(Type, end)
			s.version(end)
		case colon > 0:
			s.put(Plain, s.pos+colon+1)
			s.put(String, end)
		}
		s.put(Plain, min(end+1, len(s.src)))
	}
}

// field paints up to a blank, and skips that.
func (s *scanner) field(c Class, end int) {
	i := s.pos
	for i < end && s.kind[s.src[i]] != blank {
		i++
	}
	s.put(c, i)
	s.put(s.open, min(s.blankEnd(i), end))
}

func (s *scanner) version(end int) {
	if s.has("HTTP/") {
		s.put(Keyword, s.pos+4)
		s.put(Plain, s.pos+1)
		s.field(Number, end)
	}
}

func (s *scanner) body() {
	rest := strings.TrimLeft(s.src[s.pos:], " \t\r\n")
	lang := ""
	switch {
	case rest == "":
	case rest[0] == '{' || rest[0] == '[':
		lang = "json"
	case rest[0] == '<':
		lang = "xml"
	}
	if s.language = s.all[lang]; s.language != nil {
		s.scan(s)
	}
	s.put(Plain, len(s.src))
}
