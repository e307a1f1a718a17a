package site

import (
	"strings"

	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// What schema.org is told of a page: the same fields that the page is drawn
// from, so it can't say anything else. A site without an address says nothing.

type object = map[string]any

// graph gathers a page's objects, with where it stands.
func (s *Site) graph(sh themes.Shell, objects ...object) any {
	if s.Config.BaseURL == "" {
		return nil
	}
	if len(sh.Breadcrumbs) > 0 {
		objects = append(objects, s.breadcrumbData(sh))
	}
	list := make([]any, len(objects))
	for i, o := range objects {
		list[i] = o
	}
	return object{"@context": "https://schema.org", "@graph": list}
}

func (s *Site) breadcrumbData(sh themes.Shell) object {
	var items []any
	for i, l := range sh.Breadcrumbs {
		item := object{"@type": "ListItem", "position": i + 1, "name": l.Title}
		if l.URL != "" {
			item["item"] = s.host() + l.URL
		}
		items = append(items, item)
	}
	items = append(items, object{"@type": "ListItem", "position": len(items) + 1, "name": sh.Title, "item": s.host() + sh.URL})
	return object{"@type": "BreadcrumbList", "itemListElement": items}
}

func (s *Site) organizationData(locale string) object {
	o := object{"@type": "Organization", "name": s.owner(locale)}
	if s.Config.Organization.URL != "" {
		o["url"] = s.Config.Organization.URL
	}
	return o
}

// articleBase is what all kinds of articles tell.
func (s *Site) articleBase(kind string, p *Page) object {
	o := object{
		"@type": kind, "headline": p.Title(), "inLanguage": themes.Lang(p.Lang),
		"url": s.host() + p.URL, "publisher": s.organizationData(p.Locale),
	}
	if p.Meta.Description != "" {
		o["description"] = p.Meta.Description
	}
	if t := s.pageDate(p); !t.IsZero() {
		o["dateModified"] = t.Format("2006-01-02")
	}
	if products := s.appliesTo(p); len(products) > 0 {
		o["about"] = products
	}
	return o
}

func (s *Site) articleData(p *Page) any {
	if !s.own {
		return nil
	}
	return s.graph(s.shellOf(p), s.articleBase("TechArticle", p))
}

func (s *Site) homeData(p *Page) any {
	return s.graph(themes.Shell{}, object{
		"@type": "WebSite", "name": s.words(s.Config.Title, p.Locale), "url": s.host() + p.URL,
		"inLanguage": themes.Lang(p.Locale), "publisher": s.organizationData(p.Locale),
	})
}

func (s *Site) howtoData(p *Page, v *themes.HowTo) any {
	o := s.articleBase("HowTo", p)
	o["name"] = o["headline"]
	delete(o, "headline")
	if !v.Takes.IsZero() && v.Takes.BusinessDays == 0 {
		o["totalTime"] = policy.Duration{Minutes: v.Takes.Minutes}.String()
	}
	var steps []any
	for i, step := range v.Steps {
		id := step.ID
		if id == "" {
			id = "s" + itoa(i+1)
		}
		steps = append(steps, object{"@type": "HowToStep", "text": plainText(string(step.Do)), "url": s.host() + p.URL + "#" + id})
	}
	o["step"] = steps
	return s.graph(v.Shell, o)
}

func (s *Site) faqData(p *Page, v *themes.FAQ) any {
	o := s.articleBase("FAQPage", p)
	o["name"] = o["headline"]
	delete(o, "headline")
	var questions []any
	for _, section := range v.Sections {
		for _, q := range section.Questions {
			questions = append(questions, object{
				"@type": "Question", "name": q.Question,
				"acceptedAnswer": object{"@type": "Answer", "text": plainText(string(q.Answer))},
			})
		}
	}
	o["mainEntity"] = questions
	return s.graph(v.Shell, o)
}

// pageData is that of a page without a type of its own.
func (s *Site) pageData(locale string, sh themes.Shell) any {
	o := object{"@type": "WebPage", "name": sh.Title, "url": s.host() + sh.URL, "inLanguage": themes.Lang(locale), "publisher": s.organizationData(locale)}
	return s.graph(sh, o)
}

// noticeData tells the channels, which is the part that others may well use.
func (s *Site) noticeData(locale string, sh themes.Shell, n *policy.Notice) any {
	page := object{
		"@type": "WebPage", "name": sh.Title, "url": s.host() + sh.URL, "inLanguage": themes.Lang(locale),
		"version": n.Version,
	}
	if n.Published != "" {
		page["datePublished"] = n.Published
	}
	organization := s.organizationData(locale)
	var points []any
	for i := range n.Channels {
		c := &n.Channels[i]
		point := object{"@type": "ContactPoint", "contactType": "technical support", "name": s.words(c.Name, locale)}
		var langs []string
		for _, l := range c.Langs {
			langs = append(langs, themes.Lang(source.Locale(l)))
		}
		point["availableLanguage"] = langs
		switch c.Kind {
		case "phone":
			point["telephone"] = c.E164
		case "email":
			point["email"] = c.Address
		case "form":
			point["url"] = s.host() + s.url(locale, "forms/"+c.Ref)
		}
		point["hoursAvailable"] = hoursData(c.Hours)
		points = append(points, point)
	}
	organization["contactPoint"] = points
	return s.graph(sh, page, organization)
}

var schemaDays = map[string]string{
	"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday",
}

// hoursData are opening hours; schema.org writes always as 00:00 to 23:59 on all
// days.
func hoursData(c policy.Clock) []any {
	if c.Always {
		return []any{object{"@type": "OpeningHoursSpecification", "dayOfWeek": daysOf("mon-sun"), "opens": "00:00", "closes": "23:59"}}
	}
	var list []any
	for _, r := range c.Ranges {
		closes := r.To
		if closes == "24:00" {
			closes = "23:59"
		}
		list = append(list, object{"@type": "OpeningHoursSpecification", "dayOfWeek": daysOf(r.Days), "opens": r.From, "closes": closes, "description": r.TZ})
	}
	return list
}

// daysOf are the days of "mon-fri" or "sat,sun", as schema.org calls them.
func daysOf(days string) []string {
	var list []string
	for part := range strings.SplitSeq(days, ",") {
		first, last, ranged := strings.Cut(strings.TrimSpace(part), "-")
		if !ranged {
			last = first
		}
		inside := false
		for range 2 {
			for _, d := range weekdays {
				inside = inside || d == first
				if inside {
					list = append(list, schemaDays[d])
				}
				if inside && d == last {
					return list
				}
			}
		}
	}
	return list
}

// plainText drops the tags of HTML that this program wrote.
func plainText(html string) string {
	var b strings.Builder
	inside := false
	for _, r := range html {
		switch {
		case r == '<':
			inside = true
		case r == '>':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(entities.Replace(b.String()))
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&#34;", `"`, "&#39;", "'", "&amp;", "&")
