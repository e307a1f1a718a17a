package relay

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"annai/form"
	"annai/internal/source"
	"annai/policy"
	"annai/themes"
)

// Routes says to which destinations requests go, by who handles them. A form's or
// a rule's own route is the name of a destination.
type Routes struct {
	Handlers map[policy.Handler][]string // partner, partner-then-upstream, upstream
	Known    []string                    // all destinations; nil: only "desk"

	// Parties says whose a destination is: policy.Upstream or policy.Partner. One
	// that isn't said is taken for the upstream operator's where data is at
	// stake, and for nobody's in what the sender is told.
	Parties map[string]policy.Handler
}

// outside tells that what goes there may leave the partner.
func (r Routes) outside(name string) bool {
	return name != DeskName && r.Parties[name] != policy.Partner
}

// to lists the destinations of a decision; "desk" when nothing else is said.
func (r Routes) to(d policy.Decision) []string {
	if d.Route != "" {
		return []string{d.Route}
	}
	if names := r.Handlers[d.Handler]; len(names) > 0 {
		return names
	}
	return []string{DeskName}
}

// names are all destinations, the desk among them.
func (r Routes) names() []string {
	if slices.Contains(r.Known, DeskName) {
		return r.Known
	}
	return append([]string{DeskName}, r.Known...)
}

func (r Routes) known(name string) bool {
	return name == "" || name == DeskName || slices.Contains(r.Known, name)
}

// DeskName is the destination that is always there: people who look at a page.
const DeskName = "desk"

// An edition is one manifest, made ready to answer with.
type edition struct {
	manifest *policy.Manifest
	theme    *themes.Theme
	forms    map[string]*form.Definition
	earlier  map[string]*form.Definition // the version before, where it is known
}

// newEdition proves a manifest as a whole.
func newEdition(m *policy.Manifest, routes Routes) (*edition, error) {
	if m.Format != policy.ManifestFormat {
		return nil, fmt.Errorf("the manifest has format %d, this relay reads format %d: build the site again with the same release", m.Format, policy.ManifestFormat)
	}
	if len(m.Site.Locales) == 0 {
		return nil, fmt.Errorf("the manifest names no language")
	}
	theme, err := themes.FromSnapshot(m.Theme)
	if err != nil {
		return nil, err
	}
	e := &edition{manifest: m, theme: theme, forms: map[string]*form.Definition{}, earlier: map[string]*form.Definition{}}
	for i := range m.Forms {
		d := m.Forms[i]
		if err := d.Prove(); err != nil {
			return nil, err
		}
		if !routes.known(d.Route) {
			return nil, fmt.Errorf("form %q goes to %q, which is no destination of this relay (%s)", d.ID, d.Route, strings.Join(routes.names(), ", "))
		}
		e.forms[d.ID] = d
	}
	for i := range m.Tables {
		for _, r := range m.Tables[i].Rules {
			if !routes.known(r.Route) {
				return nil, fmt.Errorf("rule %q goes to %q, which is no destination of this relay (%s)", m.Tables[i].ID+"/"+r.ID, r.Route, strings.Join(routes.names(), ", "))
			}
		}
	}
	return e, nil
}

// remember keeps of definitions that were in use those that come right before the
// ones in this edition.
func (e *edition) remember(used []*form.Definition) {
	for _, d := range used {
		now, before := e.forms[d.ID], e.earlier[d.ID]
		if now != nil && d.Version < now.Version && (before == nil || before.Version <= d.Version) && d.Prove() == nil {
			e.earlier[d.ID] = d
		}
	}
}

// definition is the form as the page of that version showed it: the current one
// or the one before. old tells that the page is older than that.
func (e *edition) definition(id string, version int) (d *form.Definition, old bool) {
	d = e.forms[id]
	if d == nil || version == 0 || version >= d.Version {
		return d, false
	}
	if before := e.earlier[id]; before != nil && before.Version == version {
		return before, false
	}
	return d, version < d.Version-1
}

// locale is the site's language that comes nearest to what is asked for: a tag,
// then those of an Accept-Language header in their order.
func (e *edition) locale(tag, acceptLanguage string) string {
	for _, want := range append([]string{tag}, strings.Split(acceptLanguage, ",")...) {
		want, _, _ = strings.Cut(strings.TrimSpace(want), ";")
		if l := source.Locale(want); slices.Contains(e.manifest.Site.Locales, l) {
			return l
		}
	}
	return e.manifest.Site.Locales[0]
}

// siteOrigin is scheme and host of the site, or "" when it has no address.
func (e *edition) siteOrigin() string { return origin(e.manifest.Site.BaseURL) }

// origin is scheme and host of a URL, or "".
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// base is the path below which the relay is reached, without a slash at its end.
func (s *Server) base(e *edition) string {
	address := s.URL
	if address == "" {
		address = e.manifest.Site.RelayURL
	}
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// Frames lists the origins that may show the site's page at path in a frame: the
// ones that its form allows.
func (s *Server) Frames(path string) []string {
	e := s.edition.Load()
	if e == nil {
		return nil
	}
	for id, d := range e.forms {
		if len(d.Embed) > 0 && strings.Contains(path, "/forms/"+id+"/embed/") {
			return d.Embed
		}
	}
	return nil
}

// Prove tells what would keep Load from taking the manifest.
func (s *Server) Prove(m *policy.Manifest, routes Routes) error {
	_, err := newEdition(m, routes)
	return err
}

// Manifest is what the server answers with now; nil before Load.
func (s *Server) Manifest() *policy.Manifest {
	if e := s.edition.Load(); e != nil {
		return e.manifest
	}
	return nil
}
