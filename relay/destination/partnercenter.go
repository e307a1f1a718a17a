package destination

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"annai/relay"
)

// PartnerCenter opens a service request with the documented REST call. The call
// was never listed for the cloud in China and was announced for decommissioning
// in 2020, so this driver is for those who have agreed on it with the operator,
// or run a gateway that speaks it. Files can't be sent; the description lists
// them.
type PartnerCenter struct {
	// Cloud presets Base, Authority and Resource: china (the default) or global.
	Cloud     string `yaml:"cloud"`
	Base      string `yaml:"base"`      // https://partner.partnercenterapi.microsoftonline.cn
	Authority string `yaml:"authority"` // https://login.chinacloudapi.cn
	Resource  string `yaml:"resource"`

	Tenant       string `yaml:"tenant,required"`
	ClientID     string `yaml:"client_id,required"`
	ClientSecret string `yaml:"client_secret"`
	RefreshToken string `yaml:"refresh_token,required"` // of the app-and-user sign-in; app-only is refused by the service

	Topics     map[string]string `yaml:"topics"`     // product → support topic id
	Topic      string            `yaml:"topic"`      // for all other products
	Severities map[string]string `yaml:"severities"` // ours → theirs; A critical, B moderate, C minimal
	Locale     string            `yaml:"locale"`     // of the agent who reads it: zh-CN when empty

	Network Network `yaml:"network"`

	once  sync.Once
	http  *http.Client
	mu    sync.Mutex
	token string
	until time.Time
}

// presets are the two clouds' addresses.
var presets = map[string][3]string{
	"china":  {"https://partner.partnercenterapi.microsoftonline.cn", "https://login.chinacloudapi.cn", "https://api.partnercenter.microsoft.com"},
	"global": {"https://api.partnercenter.microsoft.com", "https://login.microsoftonline.com", "https://api.partnercenter.microsoft.com"},
}

func (p *PartnerCenter) addresses() (base, authority, resource string, err error) {
	preset, ok := presets[cmp.Or(p.Cloud, "china")]
	if !ok {
		return "", "", "", relay.Configuration(fmt.Errorf("cloud is %q instead of china or global", p.Cloud))
	}
	base, authority, resource = cmp.Or(p.Base, preset[0]), cmp.Or(p.Authority, preset[1]), cmp.Or(p.Resource, preset[2])
	for _, s := range []string{base, authority} {
		if _, err := p.Network.address(s); err != nil {
			return "", "", "", relay.Configuration(fmt.Errorf("%s: %w", s, err))
		}
	}
	return strings.TrimSuffix(base, "/"), strings.TrimSuffix(authority, "/"), resource, nil
}

// Check implements relay.Checker: it signs in and reads the list of topics.
func (p *PartnerCenter) Check(ctx context.Context) error {
	_, err := p.call(ctx, http.MethodGet, "/v1/servicerequests/supporttopics", "", nil)
	return err
}

// Deliver implements relay.Destination.
func (p *PartnerCenter) Deliver(ctx context.Context, s relay.Submission) (relay.Ref, error) {
	marker := "[R-" + s.Request.ID + "]"
	if s.Request.Attempt > 1 { // the answer to an earlier attempt may have been lost
		if ref, found, err := p.lookup(ctx, marker); err != nil || found {
			return ref, err
		}
	}
	request, err := p.request(s, marker)
	if err != nil {
		return relay.Ref{}, err
	}
	a, err := p.call(ctx, http.MethodPost, "/v1/servicerequests/"+url.PathEscape(cmp.Or(p.Locale, "zh-CN")), requestID(s.Request.ID), request)
	if err != nil && (a.status < 200 || a.status >= 300) {
		return relay.Ref{}, err
	}
	var created serviceRequest
	if err == nil && json.Unmarshal(a.body, &created) == nil && created.id() != "" {
		return relay.Ref{ID: created.id()}, nil
	}
	// Success, but of what? Look before anything is sent a second time.
	ref, found, err := p.lookup(ctx, marker)
	if err != nil || found {
		return ref, err
	}
	return relay.Ref{}, relay.Temporary(fmt.Errorf("answered %d without a service request, and none is listed", a.status)).WithStatus(a.status)
}

// request is the body that the service documents. The marker lets a request be
// found whose number was lost.
func (p *PartnerCenter) request(s relay.Submission, marker string) ([]byte, error) {
	topic := cmp.Or(p.Topics[s.Product], p.Topic)
	if topic == "" {
		return nil, relay.Configuration(fmt.Errorf("no support topic for product %q", s.Product))
	}
	severity := cmp.Or(s.Upstream, s.Severity)
	theirs := cmp.Or(p.Severities[severity], map[string]string{"A": "critical", "B": "moderate", "C": "minimal"}[severity], "minimal")
	return json.Marshal(map[string]any{
		"Title":          line("["+s.Reference+"] "+s.Subject, 200) + " " + marker,
		"Description":    text(s) + "\n" + marker + "\n",
		"Severity":       theirs,
		"SupportTopicId": topic,
		"Status":         "none",
		"CreatedDate":    "0001-01-01T00:00:00", "LastModifiedDate": "0001-01-01T00:00:00", "LastClosedDate": "0001-01-01T00:00:00",
		"Attributes": map[string]string{"ObjectType": "ServiceRequest"},
	})
}

// serviceRequest is what we read of the service's answer. Its id is a string of
// digits that some answers give as a number.
type serviceRequest struct {
	ID          json.RawMessage `json:"id"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
}

var digits = regexp.MustCompile(`^[0-9A-Za-z-]{4,64}$`)

func (r serviceRequest) id() string {
	if id := strings.Trim(string(r.ID), `"`); digits.MatchString(id) && id != "null" {
		return id
	}
	return ""
}

// lookup searches the newest service requests for a marker.
func (p *PartnerCenter) lookup(ctx context.Context, marker string) (relay.Ref, bool, error) {
	const size = 200
	for offset := 0; offset < 5*size; offset += size {
		a, err := p.call(ctx, http.MethodGet, fmt.Sprintf("/v1/servicerequests?size=%d&offset=%d", size, offset), "", nil)
		if err != nil {
			return relay.Ref{}, false, err
		}
		var list struct {
			TotalCount int              `json:"totalCount"`
			Items      []serviceRequest `json:"items"`
		}
		if err := json.Unmarshal(bytes.TrimPrefix(a.body, []byte("\uFEFF")), &list); err != nil {
			return relay.Ref{}, false, relay.Temporary(errors.New("the list of service requests can't be read"))
		}
		for _, r := range list.Items {
			if strings.Contains(r.Title, marker) || strings.Contains(r.Description, marker) {
				return relay.Ref{ID: r.id()}, true, nil
			}
		}
		if len(list.Items) < size {
			break
		}
	}
	return relay.Ref{}, false, nil
}

// requestID turns a delivery's id into the GUID by which the service knows a
// repeated call.
func requestID(id string) string {
	h := sha256.Sum256([]byte("annai MS-RequestId " + id))
	return guid([16]byte(h[:16]))
}

func guid(b [16]byte) string {
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// call sends one request, signing in before and once more when the token is no
// longer accepted. Anything but 2xx is an error.
func (p *PartnerCenter) call(ctx context.Context, method, path, id string, payload []byte) (answer, error) {
	p.once.Do(func() { p.http = p.Network.client() })
	base, _, _, err := p.addresses()
	if err != nil {
		return answer{}, err
	}
	a, err := p.try(ctx, method, base+path, id, payload, false)
	if err == nil && a.status == http.StatusUnauthorized {
		a, err = p.try(ctx, method, base+path, id, payload, true)
	}
	if err == nil && (a.status < 200 || a.status >= 300) {
		err = partnerRefused(a)
	}
	return a, err
}

func (p *PartnerCenter) try(ctx context.Context, method, address, id string, payload []byte, fresh bool) (answer, error) {
	token, err := p.signIn(ctx, fresh)
	if err != nil {
		return answer{}, err
	}
	return p.send(ctx, method, address, id, token, payload)
}

func (p *PartnerCenter) send(ctx context.Context, method, address, id, token string, payload []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(payload))
	if err != nil {
		return answer{}, relay.Configuration(bare(err))
	}
	var correlation [16]byte
	rand.Read(correlation[:])
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("MS-RequestId", cmp.Or(id, guid(correlation)))
	req.Header.Set("MS-CorrelationId", guid(correlation))
	req.Header.Set("MS-Contract-Version", "v1")
	req.Header.Set("X-Locale", cmp.Or(p.Locale, "zh-CN"))
	req.Header.Set("MS-PartnerCenter-Application", "annai-relay")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return do(p.http, req)
}

// signIn returns an access token, a new one when forced or when the old one has
// less than 30 s left.
func (p *PartnerCenter) signIn(ctx context.Context, force bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !force && p.token != "" && time.Now().Before(p.until.Add(-30*time.Second)) {
		return p.token, nil
	}
	_, authority, resource, err := p.addresses()
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.RefreshToken}, "client_id": {p.ClientID}, "resource": {resource}}
	if p.ClientSecret != "" {
		form.Set("client_secret", p.ClientSecret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, authority+"/"+url.PathEscape(p.Tenant)+"/oauth2/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", relay.Configuration(bare(err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := do(p.http, req)
	if err != nil {
		return "", err
	}
	if a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests && a.status != http.StatusRequestTimeout {
		return "", relay.Configuration(fmt.Errorf("signing in was refused with %d", a.status)).WithStatus(a.status) // its body may name the account
	}
	if a.status != http.StatusOK {
		return "", refused(a)
	}
	var got struct {
		AccessToken string          `json:"access_token"`
		ExpiresIn   json.RawMessage `json:"expires_in"` // a number, written as a string
	}
	if err := json.Unmarshal(a.body, &got); err != nil || got.AccessToken == "" {
		return "", relay.Temporary(errors.New("the answer to signing in has no token"))
	}
	seconds, err := strconv.Atoi(strings.Trim(string(got.ExpiresIn), `"`))
	if err != nil {
		seconds = 300
	}
	p.token, p.until = got.AccessToken, time.Now().Add(time.Duration(seconds)*time.Second)
	return p.token, nil
}

var againIn = regexp.MustCompile(`[Tt]ry again in (\d+) seconds`)

// partnerRefused knows the service's own ways to say no.
func partnerRefused(a answer) error {
	var body struct {
		Code        json.RawMessage `json:"code"`
		Description string          `json:"description"`
	}
	if json.Unmarshal(a.body, &body) == nil && strings.Trim(string(body.Code), `"`) == "900127" {
		return relay.Configuration(errors.New("the service doesn't offer service requests in this cloud (900127)")).WithStatus(a.status)
	}
	if a.status == http.StatusTooManyRequests && a.header.Get("Retry-After") == "" {
		if m := againIn.FindSubmatch(a.body); m != nil {
			a.header.Set("Retry-After", string(m[1]))
		}
	}
	return refused(a)
}
