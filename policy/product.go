package policy

import "annai/internal/source"

// ParseProducts reads products.yaml: a mapping with the list under "products".
func ParseProducts(facts *source.File, words map[string]*source.File, locales []string) ([]Product, source.Problems) {
	var list struct {
		Products []Product `yaml:"products,required"`
	}
	ps := source.Decode(facts, &list)
	mergeWords(&list, words, &ps)
	seen := map[string]bool{}
	for i := range list.Products {
		p := &list.Products[i]
		if seen[p.ID] {
			ps.Errorf(p.Position, "product-twice", "the product %q stands here twice", p.ID)
		}
		seen[p.ID] = true
		worded(&ps, p.Position, locales, "the name of the product "+p.ID, p.Name)
		if len(p.Upstream.Severities) > 0 && len(p.Upstream.Sources) == 0 {
			ps.Errorf(p.Position, "product-source", "%q repeats its operator's promises without a source", p.ID).
				Hintf("add upstream.sources with url and retrieved")
		}
	}
	return list.Products, ps
}

// severity is the upstream severity of that id, or nil.
func (p *Product) severity(id string) *UpstreamSeverity {
	for i := range p.Upstream.Severities {
		if p.Upstream.Severities[i].ID == id {
			return &p.Upstream.Severities[i]
		}
	}
	return nil
}

// ParseCalendar reads calendars/ID.yaml.
func ParseCalendar(facts *source.File) (Calendar, source.Problems) {
	var c Calendar
	ps := source.Decode(facts, &c)
	for _, day := range append(append([]string{}, c.Closed...), c.Open...) {
		if _, err := parseDate(day); err != nil {
			ps.Errorf(c.Position, "calendar-date", "%q is no date", day).Hintf("write YYYY-MM-DD")
		}
	}
	return c, ps
}
