package lexer

import "strings"

// A scanner reads one block of code.
type scanner struct {
	Writer
	*language
	src   string
	pos   int
	stack []frame
	all   map[string]*language

	expect   Class // of the next name
	command  bool  // a shell's command may stand here
	declares bool  // a type stands in front
	inside   bool  // an expression, where nothing is declared
}

// A frame is a string that code interrupts, or code that interrupts a string.
type frame struct {
	close string
	class Class // of the end
	text  bool  // a string
	live  bool  // in which dollar finds code
	long  bool  // that may go over lines
	raw   bool  // in which nothing is escaped
	twice bool  // in which a quote is written twice
}

// put writes what lies before end.
func (s *scanner) put(c Class, end int) {
	s.Add(c, s.src[s.pos:end])
	s.pos = end
}

func (s *scanner) push(f frame) { s.stack = append(s.stack, f) }

// after gives the byte i further on, or 0.
func (s *scanner) after(i int) byte {
	if s.pos+i < len(s.src) {
		return s.src[s.pos+i]
	}
	return 0
}

func (s *scanner) has(prefix string) bool { return strings.HasPrefix(s.src[s.pos:], prefix) }

// find is the position behind the next mark, or the end of the text.
func (s *scanner) find(from int, mark string) int {
	if from < len(s.src) {
		if i := strings.Index(s.src[from:], mark); i >= 0 {
			return from + i + len(mark)
		}
	}
	return len(s.src)
}

// lineEnd is the position of the next line break.
func (s *scanner) lineEnd(from int) int {
	if i := strings.IndexByte(s.src[from:], '\n'); i >= 0 {
		return from + i
	}
	return len(s.src)
}

func (s *scanner) nameEnd(i int) int {
	for i < len(s.src) && s.name[s.src[i]] {
		i++
	}
	return i
}

func (s *scanner) blankEnd(i int) int {
	for i < len(s.src) && s.kind[s.src[i]] == blank {
		i++
	}
	return i
}

// indented tells whether only blanks stand between the line's begin and here.
func (s *scanner) indented() bool {
	for i := s.pos - 1; i >= 0 && s.src[i] != '\n'; i-- {
		if s.kind[s.src[i]] != blank {
			return false
		}
	}
	return true
}

// code scans by the language's table.
func (s *scanner) code() {
	s.command = true
	for s.pos < len(s.src) {
		if n := len(s.stack); n > 0 && s.stack[n-1].text {
			s.text()
			continue
		}
		c := s.src[s.pos]
		if s.hooks[c] && s.hook(s) {
			continue
		}
		switch s.kind[c] {
		case blank:
			end := s.blankEnd(s.pos)
			if strings.IndexByte(s.src[s.pos:end], '\n') >= 0 {
				s.command = true
			}
			s.put(s.open, end)
		case letter:
			s.read(s)
		case digit:
			s.number()
		case quote:
			s.quoted(s.pos)
		case bracket:
			s.bracket(c)
		case comment:
			if !s.comment() {
				s.sign(c)
			}
		default:
			s.sign(c)
		}
	}
}

// sign writes an operator, or what else has no colour.
func (s *scanner) sign(c byte) {
	if c == '.' && s.kind[s.after(1)] == letter { // what follows is no keyword
		s.put(Plain, s.pos+1)
		end := s.nameEnd(s.pos)
		class := s.property
		if s.call == callAny && s.isCalled(end) {
			class = s.called
		}
		s.put(class, end)
		s.declares = false
		return
	}
	switch c {
	case ';', '|', '&', '`':
		s.command, s.inside = true, false
	case '=':
		s.inside = true
	}
	switch {
	case c == '>' && s.pos > 0 && s.kind[s.src[s.pos-1]] != blank:
		s.declares = true
	case c != '*' && c != '&':
		s.declares = false
	}
	s.expect = Plain
	s.put(Plain, s.pos+1)
}

func (s *scanner) bracket(c byte) {
	class := Plain
	if n := len(s.stack); n > 0 {
		switch {
		case s.stack[n-1].close[0] == c:
			class = s.stack[n-1].class
			s.stack = s.stack[:n-1]
		case c == '(':
			s.push(frame{close: ")"})
		case c == '[':
			s.push(frame{close: "]"})
		case c == '{':
			s.push(frame{close: "}"})
		}
	}
	s.command = c == '(' || c == '{'
	s.inside = c == '('
	s.declares = c == ']' && s.pos > 0 && s.src[s.pos-1] == '['
	s.expect = Plain
	s.put(class, s.pos+1)
}

func (s *scanner) comment() bool {
	if s.block[0] != "" && s.has(s.block[0]) {
		s.put(Comment, s.find(s.pos+len(s.block[0]), s.block[1]))
		return true
	}
	for _, mark := range s.line {
		if s.has(mark) {
			s.put(Comment, s.lineEnd(s.pos))
			return true
		}
	}
	return false
}

func (s *scanner) number() {
	i := s.pos + 1
	for i < len(s.src) {
		c := s.src[i]
		switch {
		case s.kind[c] == digit || c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z':
		case c == '.' && i+1 < len(s.src) && s.kind[s.src[i+1]] == digit:
		case (c == '+' || c == '-') && s.src[i-1]|0x20 == 'e' && s.after(1)|0x20 != 'x':
		default:
			s.put(Number, i)
			return
		}
		i++
	}
	s.put(Number, i)
}

// look gives a word's class.
func (s *scanner) look(name string) (word, bool) {
	if s.fold {
		var buf [32]byte
		if len(name) > len(buf) {
			return word{}, false
		}
		lower := buf[:0]
		for i := range len(name) {
			c := name[i]
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			lower = append(lower, c)
		}
		w, ok := s.table[string(lower)]
		return w, ok
	}
	w, ok := s.table[name]
	return w, ok
}

func (s *scanner) word() {
	end := s.nameEnd(s.pos)
	w, known := s.look(s.src[s.pos:end])
	class := w.class
	switch {
	case s.expect == dotted:
		for end < len(s.src) && (s.src[end] == '.' || s.src[end] == '*') {
			end = s.nameEnd(end + 1)
		}
		class = Type
	case known:
		s.declares = class != Keyword || s.call != callDeclared
	case s.expect != Plain:
		class = s.expect
	case s.call != callNone && (s.call == callAny || s.declares && !s.inside):
		class = s.names
		if s.isCalled(end) {
			class = s.called
		}
		s.declares = true
	default:
		class = s.names
		s.declares = true
	}
	if !known || w.class != Keyword || w.next != Plain { // "using static", "enum class"
		s.expect = w.next
	}
	s.put(class, end)
}

func (s *scanner) isCalled(end int) bool {
	i := s.blankEnd(end)
	return i < len(s.src) && s.src[i] == '('
}

// quoted begins a string whose prefix stands here and whose quote stands at i.
func (s *scanner) quoted(i int) {
	q := s.src[i : i+1]
	f := frame{close: q, text: true, live: strings.Contains(s.live, q), long: strings.Contains(s.long, q), raw: strings.Contains(s.raw, q), twice: s.doubled}
	if strings.Contains(s.triple, q) && strings.HasPrefix(s.src[i+1:], q+q) {
		f.close, f.long = q+q+q, true
	}
	s.command, s.declares, s.expect = false, false, Plain
	s.put(String, i+len(f.close))
	s.push(f)
}

// text goes on with the string on top of the stack, to its end or to code in it.
func (s *scanner) text() {
	f := s.stack[len(s.stack)-1]
	for i := s.pos; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == s.escape && !f.raw && c != 0:
			i++
		case c == f.close[0] && strings.HasPrefix(s.src[i:], f.close):
			i += len(f.close)
			if f.twice && len(f.close) == 1 && i < len(s.src) && s.src[i] == c {
				continue
			}
			s.stack = s.stack[:len(s.stack)-1]
			s.put(String, i)
			return
		case c == '\n' && !f.long:
			s.stack = s.stack[:len(s.stack)-1]
			s.put(String, i)
			return
		case c == '$' && f.live:
			s.put(String, i)
			if s.dollar(s) {
				return
			}
		}
	}
	s.put(String, len(s.src))
}

// openCode enters code in a string: its opener, of n bytes, stands here.
func (s *scanner) openCode(class Class, n int, close string) bool {
	s.put(class, s.pos+n)
	s.push(frame{close: close, class: class})
	s.command = true
	return true
}

// braces is the ${…} of JavaScript, Terraform and Bicep.
func braces(s *scanner) bool {
	return s.after(1) == '{' && s.openCode(String, 2, "}")
}
