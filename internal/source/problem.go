package source

import (
	"fmt"
	"sort"
	"strings"
)

// Severity tells whether a problem stops a build.
type Severity string

const (
	Warning Severity = "warning" // the site is built; --strict makes it an error
	Error   Severity = "error"   // nothing is written
)

// A Problem is something an author should mend. Code is a stable name of the
// kind of problem, in kebab-case ("broken-link"); docs/problems/CODE.md explains
// it. Message says what is wrong, in one line without a full stop; Hint what to
// do about it, or nothing. Format and Args are what Message was made from, so
// that a translation of the code's sentence can be filled with the same values.
type Problem struct {
	Position
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`

	Args     []any `json:"-"`
	HintArgs []any `json:"-"`
}

// String is one line, and a second indented one when there is a hint.
func (p Problem) String() string {
	s := p.Position.String()
	if s != "" { // what came in a manifest has no place
		s += ": "
	}
	if p.Severity == Warning {
		s += "warning: "
	}
	s += p.Message + " [" + p.Code + "]"
	if p.Hint != "" {
		s += "\n    " + p.Hint
	}
	return s
}

// Problems collects what was found. The zero value is ready. It is not safe for
// concurrent use: each worker fills its own, and Append joins them.
type Problems []Problem

// Errorf adds an error. The result may be given a hint.
func (ps *Problems) Errorf(at Position, code, format string, args ...any) *Problem {
	return ps.add(at, Error, code, format, args)
}

// Warnf adds a warning. The result may be given a hint.
func (ps *Problems) Warnf(at Position, code, format string, args ...any) *Problem {
	return ps.add(at, Warning, code, format, args)
}

// Hintf says what to do about the problem. The pointer is valid until the next
// problem is added.
func (p *Problem) Hintf(format string, args ...any) *Problem {
	p.Hint = fmt.Sprintf(format, args...)
	p.HintArgs = args
	return p
}

func (ps *Problems) add(at Position, severity Severity, code, format string, args []any) *Problem {
	*ps = append(*ps, Problem{
		Position: at, Severity: severity, Code: code,
		Message: fmt.Sprintf(format, args...), Args: args,
	})
	return &(*ps)[len(*ps)-1]
}

// Append adds all problems of other lists.
func (ps *Problems) Append(others ...Problems) {
	for _, o := range others {
		*ps = append(*ps, o...)
	}
}

// Errors counts the problems that stop a build.
func (ps Problems) Errors() int {
	n := 0
	for _, p := range ps {
		if p.Severity == Error {
			n++
		}
	}
	return n
}

// Sort orders by position, then code and message, and drops exact repeats.
func (ps *Problems) Sort() {
	sort.SliceStable(*ps, func(i, j int) bool {
		a, b := (*ps)[i], (*ps)[j]
		if a.Position != b.Position {
			return a.Position.Before(b.Position)
		}
		if a.Code != b.Code {
			return a.Code < b.Code
		}
		return a.Message < b.Message
	})
	kept := (*ps)[:0]
	for i, p := range *ps {
		if i > 0 {
			last := kept[len(kept)-1]
			if p.Position == last.Position && p.Code == last.Code && p.Message == last.Message {
				continue
			}
		}
		kept = append(kept, p)
	}
	*ps = kept
}

// Err is nil without errors, else one error whose text is all problems.
func (ps Problems) Err() error {
	if ps.Errors() == 0 {
		return nil
	}
	return ps
}

// Error implements error.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Nearest returns the candidate closest to name by edit distance, or "" when
// none is close enough to be what the author meant.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", len(name)/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(name), strings.ToLower(c), bestDistance); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two strings in bytes, cut off at limit.
func distance(a, b string, limit int) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(a)+1)
	for i := range row {
		row[i] = i
	}
	for j := 1; j <= len(b); j++ {
		diagonal := row[0]
		row[0] = j
		for i := 1; i <= len(a); i++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[i]
			row[i] = min(cost, row[i]+1, row[i-1]+1)
		}
	}
	return row[len(a)]
}
