package lexer

import "strings"

// A shell's words: what stands where a command may stand is looked up, the rest
// are arguments, in which only assignments and numbers have a colour.
func shellWord(s *scanner) {
	end := s.pos
	for end < len(s.src) && strings.IndexByte("= \t\r\n[]{}()$\"'`\\<&|;", s.src[end]) < 0 {
		end++
	}
	name := s.src[s.pos:end]
	next := byte(0)
	if end < len(s.src) {
		next = s.src[end]
	}
	word := strings.TrimSuffix(name, "+")
	switch {
	case next == '=' && isName(word):
		s.put(Variable, s.pos+len(word))
		s.put(Plain, end+1)
		s.command = false
		return
	case s.command:
		w, known := s.table[name]
		s.command = known && w.class == Keyword && name != "for" && name != "case" && name != "select" && name != "function"
		if known && (next == 0 || strings.IndexByte(" \t\r\n;)`&|", next) >= 0) {
			s.put(w.class, end)
			return
		}
	case isDigits(name) && (next == 0 || next == ' ' || next == '\n'):
		s.put(Number, end)
		return
	}
	s.put(Plain, end)
}

func isName(w string) bool {
	return w != "" && strings.IndexFunc(w, func(c rune) bool { return c >= 0x80 || !isWord(byte(c)) }) < 0
}

func isDigits(w string) bool { return w != "" && strings.Trim(w, "0123456789") == "" }

func shellHook(s *scanner) bool {
	switch s.src[s.pos] {
	case '<':
		return heredoc(s)
	case '`': // code, and its end
		if n := len(s.stack); n > 0 && s.stack[n-1].close == "`" {
			s.stack = s.stack[:n-1]
			s.put(String, s.pos+1)
			return true
		}
		return s.openCode(String, 1, "`")
	case '\\':
		s.put(String, min(s.pos+2, len(s.src)))
	case '$':
		s.command = false
		if q := s.after(1); q == '\'' || q == '"' {
			s.quoted(s.pos + 1)
			s.stack[len(s.stack)-1].raw = false
			return true
		}
		return shellDollar(s)
	}
	return true
}

// shellDollar is a variable, a substitution or arithmetic.
func shellDollar(s *scanner) bool {
	switch c := s.after(1); {
	case s.has("$(("):
		s.openCode(Keyword, 3, ")")
		return s.openCode(Keyword, 0, ")")
	case c == '(':
		return s.openCode(Keyword, 2, ")")
	case c == '{':
		s.openCode(String, 2, "}")
		if s.after(0) == '#' || s.after(0) == '!' {
			s.put(String, s.pos+1)
		}
		s.put(Variable, s.nameEnd(s.pos))
		s.command = false
	case isWord(c) && (c < '0' || '9' < c):
		i := s.pos + 1
		for i < len(s.src) && isWord(s.src[i]) {
			i++
		}
		s.put(Variable, i)
	case c != 0 && strings.IndexByte("0123456789#$?!_*@-", c) >= 0:
		s.put(Variable, s.pos+2)
	default:
		return false
	}
	return true
}

// aliases are commands only where one may stand.
const powershellAliases = " ac cat cd clc clear cls compare copy cp curl del diff dir echo erase fl foreach ft fw gc gci gcm gi gm gp gps group gsv h history icm iex ii ipmo irm iwr kill ls man md measure mi mkdir mount move mv ni ogv popd ps pushd pwd rd ren ri rm rmdir rni sajb sasv sc select set sl sleep sls sort sp start tee type wget where "

func powershellHook(s *scanner) bool {
	switch s.src[s.pos] {
	case '$':
		s.command = false
		if s.after(1) == '(' {
			s.put(Variable, s.pos+1)
			return true
		}
		return powershellDollar(s)
	case '@':
		switch c := s.after(1); {
		case c == '"' || c == '\'': // up to a line that begins with "@ or '@
			s.push(frame{close: "\n" + string(c) + "@", text: true, live: c == '"', long: true, raw: c == '\''})
			s.put(String, s.pos+2)
		case c == '(' || c == '{':
			s.put(Variable, s.pos+1)
		case s.kind[c] == letter:
			s.put(Variable, s.nameEnd(s.pos+1))
		default:
			return false
		}
	case '-': // a parameter or an operator
		if s.kind[s.after(1)] != letter {
			return false
		}
		s.put(Plain, s.nameEnd(s.pos+1))
	case '[': // a type
		rest := s.src[s.pos+1 : min(len(s.src), s.pos+maxAhead)]
		end := strings.IndexFunc(rest, func(c rune) bool { return c < 0x80 && !s.name[c] && !strings.ContainsRune(" .,`[", c) })
		if s.kind[s.after(1)] != letter || end < 0 || rest[end] != ']' {
			return false
		}
		end += s.pos + 1
		s.put(Plain, end)
	case '`': // takes its meaning from the next
		s.put(Plain, min(s.pos+2, len(s.src)))
	case '.':
		if s.pos == 0 || s.kind[s.after(1)] != letter || s.kind[s.src[s.pos-1]] == blank {
			return false
		}
		end := s.nameEnd(s.pos + 1)
		class := Plain
		if end < len(s.src) && strings.IndexByte(" \t\r\n({.", s.src[end]) >= 0 {
			class = Variable
		}
		s.put(Plain, s.pos+1)
		s.put(class, end)
	}
	return true
}

func powershellDollar(s *scanner) bool {
	switch c := s.after(1); {
	case c == '(':
		return s.openCode(Plain, 2, ")")
	case c == '{':
		s.put(Variable, s.find(s.pos, "}"))
	case isWord(c):
		end := s.nameEnd(s.pos + 1)
		if end+1 < len(s.src) && s.src[end] == ':' && s.name[s.src[end+1]] {
			switch strings.ToLower(s.src[s.pos+1 : end]) {
			case "global", "script", "private", "env", "using", "local":
				end = s.nameEnd(end + 1)
			}
		}
		s.put(Variable, end)
	default:
		return false
	}
	return true
}

// powershellWord is a cmdlet, an alias or a keyword.
func powershellWord(s *scanner) {
	end := s.nameEnd(s.pos)
	command := s.command
	s.command = false
	switch {
	case s.expect != Plain: // function Verb-Noun
		for end < len(s.src) && (s.name[s.src[end]] || s.src[end] == '-' || s.src[end] == ':') {
			end++
		}
		s.put(s.expect, end)
		s.expect = Plain
		return
	case end+1 < len(s.src) && s.src[end] == '-' && s.kind[s.src[end+1]] == letter:
		s.put(Type, s.nameEnd(end+1))
		return
	case command && s.blankEnd(end) > end && isAlias(s.src[s.pos:end]):
		s.put(Type, end)
		return
	}
	w, _ := s.look(s.src[s.pos:end])
	s.expect = w.next
	s.put(w.class, end)
}

func isAlias(name string) bool {
	return strings.Contains(powershellAliases, " "+strings.ToLower(name)+" ")
}
