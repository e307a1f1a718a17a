package lexer

import "strings"

// A hook looks at what a language has beside words, strings and comments. It is
// asked at the language's own bytes, writes something and says so, or leaves the
// byte to the scanner.

// maxAhead bounds the look for an end that may not come.
const maxAhead = 256

// decorator paints a name behind @ or #.
func decorator(class Class) func(*scanner) bool {
	return func(s *scanner) bool {
		if s.kind[s.after(1)] != letter {
			return false
		}
		end := s.nameEnd(s.pos + 1)
		for end < len(s.src) && s.src[end] == '.' {
			end = s.nameEnd(end + 1)
		}
		s.put(class, end)
		return true
	}
}

// preprocessor paints C's lines that begin with #, and those they go on with.
func preprocessor(s *scanner) bool {
	if !s.indented() {
		return false
	}
	end := s.lineEnd(s.pos)
	for end < len(s.src) && strings.HasSuffix(s.src[:end], `\`) {
		end = s.lineEnd(end + 1)
	}
	s.put(Comment, end)
	return true
}

// attributeLine paints a bracket that begins a line, as [Obsolete] does.
func attributeLine(s *scanner) bool {
	if !s.indented() {
		return false
	}
	end := s.pos + strings.IndexByte(s.src[s.pos:s.lineEnd(s.pos)], ']') + 1
	if end == s.pos {
		return false
	}
	s.put(Variable, end)
	return true
}

func csharpHook(s *scanner) bool {
	switch s.src[s.pos] {
	case '[':
		return attributeLine(s)
	case '#':
		return preprocessor(s)
	}
	n := 1 // @"…", $"…", $@"…"
	for s.after(n) == '@' || s.after(n) == '$' {
		n++
	}
	if s.after(n) != '"' {
		return false
	}
	verbatim := strings.IndexByte(s.src[s.pos:s.pos+n], '@') >= 0
	s.quoted(s.pos + n)
	if f := &s.stack[len(s.stack)-1]; verbatim && len(f.close) == 1 {
		f.long, f.raw, f.twice = true, true, true
	}
	return true
}

// typescriptHook adds types and decorators to JavaScript.
func typescriptHook(s *scanner) bool {
	switch s.src[s.pos] {
	case '/':
		return regex(s)
	case '@':
		return decorator(Keyword)(s)
	}
	typed := s.declares
	s.sign(':')
	if typed {
		s.expect = Type
	}
	return true
}

// regex is JavaScript's /…/ where a value may stand.
func regex(s *scanner) bool {
	if c := s.after(1); c == '/' || c == '*' || c == ' ' || c == '=' {
		return false
	}
	i := s.pos - 1
	for i >= 0 && s.kind[s.src[i]] == blank && s.pos-i < maxAhead {
		i--
	}
	if i >= 0 && strings.IndexByte("=(,:[!&|?{};\n", s.src[i]) < 0 {
		return false
	}
	class := false
	for i := s.pos + 1; i < min(len(s.src), s.pos+maxAhead) && s.src[i] != '\n'; i++ {
		switch s.src[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				s.put(String, s.nameEnd(i+1))
				return true
			}
		}
	}
	return false
}

func pythonHook(s *scanner) bool {
	switch {
	case s.src[s.pos] == '@':
		return s.indented() && decorator(Function)(s)
	case s.has("import ") && !s.indented(): // from a import b
		s.put(Keyword, s.pos+len("import"))
		return true
	}
	n := 1 // a prefix as in rb"…"
	if strings.IndexByte("bBfFrRuU", s.after(1)) >= 0 {
		n = 2
	}
	if q := s.after(n); q != '"' && q != '\'' {
		return false
	}
	s.quoted(s.pos + n)
	return true
}

// minus keeps a sign that is no part of a name by itself.
func minus(s *scanner) bool {
	s.put(Plain, s.pos+1)
	return true
}

func terraformHook(s *scanner) bool {
	if s.src[s.pos] == '-' {
		return minus(s)
	}
	return heredoc(s)
}

// heredoc is <<WORD up to a line that is the word.
func heredoc(s *scanner) bool {
	if !s.has("<<") || s.has("<<<") {
		return false
	}
	i := s.pos + 2
	if i < len(s.src) && (s.src[i] == '-' || s.src[i] == '~') {
		i++
	}
	for i < len(s.src) && strings.IndexByte(" '\"\\", s.src[i]) >= 0 {
		i++
	}
	end := i
	for end < len(s.src) && isWord(s.src[end]) {
		end++
	}
	if end == i || '0' <= s.src[i] && s.src[i] <= '9' {
		return false
	}
	mark := s.src[i:end]
	for end = s.lineEnd(end); end < len(s.src); {
		line := end + 1
		end = s.lineEnd(line)
		if strings.TrimSpace(s.src[line:end]) == mark {
			break
		}
	}
	s.put(String, end)
	return true
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// jsonHook tells keys from strings by the colon behind them.
func jsonHook(s *scanner) bool {
	i := s.pos + 1
	if s.src[s.pos] == '-' {
		if s.kind[s.after(1)] != digit {
			return false
		}
		s.number()
		return true
	}
	for ; i < len(s.src); i++ {
		if c := s.src[i]; c == '\\' {
			i++
		} else if c == '"' {
			i++
			break
		}
	}
	i = min(i, len(s.src))
	class := String
	if j := s.blankEnd(i); j < len(s.src) && s.src[j] == ':' {
		class = Function
	}
	s.put(class, i)
	return true
}
