package themes

import (
	"strings"
	"time"
)

// An Article is a page of text: guidance, and whatever has no type of its own.
type Article struct {
	Shell
	Heading   string // what the page calls itself, when not Title
	HeadingID string // anchor of the heading
	// HeadingMarkup is Heading as it is drawn, when it is more than text: with its
	// code, anchors and originals. It may be empty.
	HeadingMarkup HTML
	Head          Head
	Lead          string // one paragraph; empty when the body begins with it
	Body          HTML
	TOC           []Heading // "on this page"; shown from two entries on
	Foot          Foot

	// Names of the choices that the body depends on, by id; "" names the choice.
	Pivots, Monikers map[string]string
}

// Bilingual tells whether sentences have their original behind them, for the
// reader to compare.
func (a Article) Bilingual() bool { return hasOriginals(a.HeadingMarkup + a.Body) }

func hasOriginals(text HTML) bool { return strings.Contains(string(text), `<span class="original"`) }

// Head is what is known of an article, shown under its title.
type Head struct {
	AppliesTo []string
	Category  Link
	Reviewed  time.Time
	Updated   time.Time // shown when there is no review date
	ReviewBy  time.Time
	Overdue   bool // ReviewBy has passed
	Authors   []string
	Language  Language
	SourceURL string // where the text can be mended
}

// Foot is what stands under an article.
type Foot struct {
	Related  []Link
	Previous *Link
	Next     *Link
	Sources  []SourceRef
	Feedback bool   // ask whether it was helpful; needs a relay
	Page     string // URL of the page, which the answer is about
}

// A SourceRef says where a claim comes from and of which date it is.
type SourceRef struct {
	Title, URL, AsOf, Retrieved string
}

// A HowTo is an article of steps.
type HowTo struct {
	Article
	Takes  Duration
	Role   string
	Before []HTML
	Steps  []Step
	Check  HTML // how to see that it worked
	Undo   HTML
	Fails  []Failure
	After  HTML // what the text says beyond the steps
}

// A Step is one action with what should be seen after it.
type Step struct {
	ID     string // anchor; "s3" when empty
	Do     HTML
	Where  HTML
	Image  HTML
	Expect HTML
}

// A Failure is what may go wrong, and what to do then.
type Failure struct {
	Symptom string
	Code    string
	Do      HTML
	Link    *Link
}

// A FAQ is questions with their answers.
type FAQ struct {
	Article
	Sections []FAQSection
	After    HTML // what follows the questions
}

// Bilingual looks into the answers, too.
func (f FAQ) Bilingual() bool {
	for _, s := range f.Sections {
		for _, q := range s.Questions {
			if hasOriginals(q.Answer) {
				return true
			}
		}
	}
	return f.Article.Bilingual() || hasOriginals(f.After)
}

// A FAQSection is some questions under a heading, which may be empty.
type FAQSection struct {
	ID, Title string
	Questions []Question
}

// A Question with its answer. Level 3 under a section's heading, 2 otherwise.
type Question struct {
	ID, Question string
	Answer       HTML
	Article      *Link
}

// A Landing is a page of cards with links, as of YamlMime:Landing and Hub.
type Landing struct {
	Article
	Sections []LandingSection
}

// A LandingSection is cards under a heading.
type LandingSection struct {
	ID, Title, Summary string
	Cards              []Card
}

// A Card is a title, a line, and links by kind.
type Card struct {
	Title, URL, Summary, Icon string
	Lists                     []CardList
}

// A CardList is links under a small heading, such as "How-to guide".
type CardList struct {
	Title string
	Links []Link
}

// Home is a locale's first page.
type Home struct {
	Shell
	Heading    string
	Lead       string
	Body       HTML
	Examples   []Link // searches to try
	Popular    []Link
	Categories []CategoryCard
	News       []Link // new version of the notice, and the like
}

// A CategoryCard is one of the seven kinds of support.
type CategoryCard struct {
	ID, Title, URL, Summary string
	Count                   int
}

// A Category lists its articles.
type Category struct {
	Shell
	Lead     string
	Body     HTML
	Groups   []Group
	Siblings []Link // the other categories
}

// A Group is links under a heading, which may be empty.
type Group struct {
	ID, Title, URL string
	Items          []Link
}

// AllArticles lists everything; it is what search is without scripts.
type AllArticles struct {
	Shell
	Lead   string
	Groups []Group
	Count  int
}

// A SearchPage is the server's answer to a query.
type SearchPage struct {
	Shell
	Query   string
	Results []Result
	Total   int
	AllURL  string
	Notice  string
}

// A Result is a page that was found. Excerpt has its hits in <mark>.
type Result struct {
	Title   string
	URL     string
	Context string // category, or the heading that was hit
	Excerpt HTML
	Lang    string
}

// NotFound is the 404 page.
type NotFound struct {
	Shell
	Categories []CategoryCard
	AllURL     string
}

// LanguageChoice is the site's root: no guessing by address or header.
type LanguageChoice struct {
	Shell
	Languages []Alternate
}

// A Redirect sends an old path on.
type Redirect struct {
	Shell
	To string
}

// A Blank is a page with a mark instead of its content: see [Theme.Fill].
type Blank struct {
	Shell
}

// A Plain page has a title and ready HTML.
type Plain struct {
	Shell
	Body HTML
}

func (Article) layout() string        { return "article" }
func (HowTo) layout() string          { return "howto" }
func (FAQ) layout() string            { return "faq" }
func (Landing) layout() string        { return "landing" }
func (Home) layout() string           { return "home" }
func (Category) layout() string       { return "category" }
func (AllArticles) layout() string    { return "all-articles" }
func (SearchPage) layout() string     { return "search" }
func (NotFound) layout() string       { return "not-found" }
func (LanguageChoice) layout() string { return "language-choice" }
func (Redirect) layout() string       { return "redirect" }
func (Blank) layout() string          { return "blank" }
func (Plain) layout() string          { return "plain" }

func (LanguageChoice) skeleton() string { return "bare" }
func (Redirect) skeleton() string       { return "moved" }
