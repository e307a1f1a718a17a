package site

import (
	"strconv"
	"strings"

	"annai/themes"
)

// Questions with short answers, of an article of type faq.

const (
	maxQuestions   = 30
	maxAnswerWords = 120
)

func (d *draft) questionsView() (any, error) {
	var f faqFront
	d.decodeFront(&f)
	d.checkQuestions(&f)
	article, err := d.articleView()
	if err != nil {
		return nil, err
	}
	v := themes.FAQ{Article: article}
	w := fieldWriter{d: d}
	section := themes.FAQSection{}
	for i, q := range f.Questions {
		x := themes.Question{ID: q.ID, Question: q.Q}
		if x.ID == "" {
			x.ID = "q" + strconv.Itoa(i+1)
		}
		d.section(x.ID, q.Q, "")
		x.Answer = w.block(q.A)
		if q.Article != "" {
			if p := d.pageAt(q.Article, q.Position); p != nil {
				x.Article = &themes.Link{Title: p.Title(), URL: p.URL}
			}
		}
		d.claim(x.ID, q.Position)
		section.Questions = append(section.Questions, x)
		v.TOC = append(v.TOC, themes.Heading{ID: x.ID, Level: 2, Text: q.Q})
	}
	v.Sections = []themes.FAQSection{section}
	v.Shell.JSONLD = d.site.faqData(d.page, &v)
	return v, w.err
}

func (d *draft) checkQuestions(f *faqFront) {
	if n := len(f.Questions); n < 1 || n > maxQuestions {
		d.problem(d.at("questions"), "faq-questions", "a page of questions has 1 to %d, this one has %d", maxQuestions, n)
	}
	ids, texts := map[string]bool{}, map[string]bool{}
	for i := range f.Questions {
		q := &f.Questions[i]
		if q.ID != "" && ids[q.ID] {
			d.problem(q.Position, "question-id-twice", "the question %q stands here twice", q.ID)
		}
		ids[q.ID] = true
		key := strings.ToLower(strings.Join(strings.Fields(q.Q), " "))
		if texts[key] {
			d.problem(q.Position, "question-twice", "the question is asked twice: %s", q.Q)
		}
		texts[key] = true
		if !asks(q.Q) {
			d.warn(q.Position, "question-mark", "this doesn't read as a question: %s", q.Q).
				Hintf("write it as the reader asks it, with a question mark")
		}
		if n := words(q.A.Text()); n > maxAnswerWords && q.Article == "" {
			d.warn(q.A.Position(), "answer-long", "the answer has %d words", n).
				Hintf("answer in %d at most and name an article with the rest: article: …", maxAnswerWords)
		}
	}
}

func asks(q string) bool {
	q = strings.TrimSpace(q)
	for _, end := range []string{"?", "？", "か", "か。", "吗", "呢"} {
		if strings.HasSuffix(q, end) {
			return true
		}
	}
	return false
}

// words counts the words of a text; two Chinese or Japanese characters are one.
func words(text string) int {
	n, wide := 0, 0
	in := false
	for _, r := range text {
		switch {
		case r >= 0x2E80:
			wide++
			in = false
		case r == ' ' || r == '\n' || r == '\t':
			in = false
		case !in:
			n++
			in = true
		}
	}
	return n + (wide+1)/2
}
