package site

import (
	"fmt"

	"annai/internal/source"
)

// A problemRecord is a problem with its values as text or number.
type problemRecord struct {
	Path           string
	Line, Col      int
	Severity, Code string
	Message, Hint  string
	Args, HintArgs []argument
}

type argument struct {
	Text   string
	Number int
	IsText bool
}

func recordsOf(ps source.Problems) []problemRecord {
	var list []problemRecord
	for _, p := range ps {
		list = append(list, problemRecord{
			p.Path, p.Line, p.Col, string(p.Severity), p.Code, p.Message, p.Hint, argumentsOf(p.Args), argumentsOf(p.HintArgs),
		})
	}
	return list
}

func argumentsOf(args []any) []argument {
	var list []argument
	for _, a := range args {
		switch a := a.(type) {
		case string:
			list = append(list, argument{Text: a, IsText: true})
		case int:
			list = append(list, argument{Number: a})
		default:
			list = append(list, argument{Text: fmt.Sprint(a), IsText: true})
		}
	}
	return list
}

func problemsOf(records []problemRecord) source.Problems {
	var ps source.Problems
	for _, r := range records {
		p := source.Problem{
			Position: source.Position{Path: r.Path, Line: r.Line, Col: r.Col},
			Severity: source.Severity(r.Severity), Code: r.Code, Message: r.Message, Hint: r.Hint,
		}
		for _, a := range r.Args {
			p.Args = append(p.Args, a.value())
		}
		for _, a := range r.HintArgs {
			p.HintArgs = append(p.HintArgs, a.value())
		}
		ps = append(ps, p)
	}
	return ps
}

func (a argument) value() any {
	if a.IsText {
		return a.Text
	}
	return a.Number
}
