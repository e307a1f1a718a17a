package e2e

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"annai/relay/relaytest"
)

// tools is the folder of the reader-side checks. Under CI it must be there.
func tools(t *testing.T) string {
	t.Helper()
	shared, err := filepath.Abs("../../shared/tools/ux")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(shared); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the reader-side checks are missing: ", err)
		}
		t.Skip("the reader-side checks are not beside the project: ", err)
	}
	dir, _ := filepath.Abs("../.work/ux")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, os.DirFS(shared)); err != nil && !os.IsExist(err) {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules/playwright-core")); err != nil {
		install := exec.Command("npm", "install", "--no-package-lock", "--no-audit", "--no-fund")
		install.Dir, install.Env = dir, append(os.Environ(), "PUPPETEER_SKIP_DOWNLOAD=1")
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
	}
	return dir
}

// node runs one of the checks and returns what it printed.
func node(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	command := exec.Command("node", args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	return string(out), err
}

// serve serves a folder compressed, as the checks expect it.
func serve(t *testing.T, dir, site string) string {
	t.Helper()
	_, port, _ := strings.Cut(relaytest.FreeAddress(t), ":")
	server := exec.Command("node", "serve.mjs", site, port)
	server.Dir = dir
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	at := "http://127.0.0.1:" + port
	for range 100 {
		if r, err := http.Get(at + "/"); err == nil {
			r.Body.Close()
			return at
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("the server of the checks didn't come up")
	return ""
}

// kinds are one page of every kind, below a locale.
var kinds = []string{
	"", "account-setup/", "getting-support/", "account-setup/reset-password/", "howto-faq/desk-faq/",
	"rules/sign-in/", "rules/sign-in/triage/", "notice/", "notice/2/diff/", "forms/customer-request/", "search/", "status/",
}

// TestReader: pages of every kind in the three languages hold the budget and pass
// axe, reflow, focus and the rest. Lighthouse runs on one article (its figures
// move with the machine's load and are no gate).
func TestReader(t *testing.T) {
	dir := tools(t)
	at := serve(t, dir, public)
	for _, locale := range []string{"ja", "zh-hans", "en"} {
		t.Run(locale, func(t *testing.T) {
			args := []string{"audit.mjs", "--budget", "budget.json", "--no-lh"}
			for _, kind := range kinds {
				args = append(args, at+"/"+locale+"/"+kind)
			}
			out, err := node(t, dir, args...)
			report(t, out, err)
		})
	}
}

// report keeps the end of a check's output, and its failures when there are any.
func report(t *testing.T, out string, err error) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	t.Log(lines[len(lines)-1])
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestLighthouse: accessibility is 100; performance is printed.
func TestLighthouse(t *testing.T) {
	if testing.Short() {
		t.Skip("Lighthouse takes a minute")
	}
	dir := tools(t)
	at := serve(t, dir, public)
	file := filepath.Join(t.TempDir(), "lighthouse.json")
	budget := filepath.Join(t.TempDir(), "budget.json")
	if err := os.WriteFile(budget, []byte(`{"axe":0,"a11y":100}`), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := node(t, dir, "audit.mjs", at+"/ja/getting-support/", "--budget", budget, "--no-extra", "--json", file)
	report(t, out, err)
	if text, err := os.ReadFile(file); err == nil {
		t.Logf("%.1200s", regexp.MustCompile(`"lh":\{[^}]*\}`).Find(text))
	}
}

// TestFormPages runs the form checks on form, error and receipt, as the reader
// gets them from site and relay.
func TestFormPages(t *testing.T) {
	dir := tools(t)
	s := startRelay(t, newReceiver(t))
	for _, locale := range []string{"ja", "zh-hans", "en"} {
		t.Run(locale, func(t *testing.T) {
			receipt := submit(t, s, locale)
			// The tools look for the relay below /relay/, so the static form names it there.
			site := filepath.Join(t.TempDir(), "site")
			address := relaytest.FreeAddress(t)
			if out, err := exec.Command(bin+"/annai", "build", "../content", "-o", site, "--relay-url", "http://"+address+"/relay").CombinedOutput(); err != nil {
				t.Fatalf("build: %v\n%s", err, out)
			}
			form := serve(t, dir, site) + "/" + locale + "/forms/customer-request/"
			out, err := node(t, dir, "formcheck.mjs", form, errorPage(t, s, locale), receipt)
			report(t, out, err)
			out, err = node(t, dir, "audit.mjs", errorPage(t, s, locale), checkPage(t, s, locale), receipt, "--budget", "budget.json", "--no-lh")
			report(t, out, err)
		})
	}
}

// errorPage is the address of what the relay answers to a form that is filled in
// badly.
func errorPage(t *testing.T, s *service, locale string) string {
	t.Helper()
	fields := map[string]string{"lang": locale, "what": "x", "email": "taro", "_action": "check"}
	return serveAnswer(t, s, post(t, s, fields, http.StatusUnprocessableEntity))
}

// checkPage is the address of the relay's second step, before anything is sent.
func checkPage(t *testing.T, s *service, locale string) string {
	t.Helper()
	return serveAnswer(t, s, post(t, s, wholeRequest(locale), http.StatusOK))
}

// wholeRequest is all that the form asks for.
func wholeRequest(locale string) map[string]string {
	fields := map[string]string{"lang": locale, "_action": "check", "since.zone": "Asia/Tokyo"}
	maps.Copy(fields, outage)
	maps.Copy(fields, outageChoices)
	return fields
}

// post sends the form and returns the page that answers it.
func post(t *testing.T, s *service, fields map[string]string, status int) []byte {
	t.Helper()
	body, kind := encode(t, fields)
	r, err := http.Post(s.url+"/forms/customer-request", kind, body)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	page, _ := io.ReadAll(r.Body)
	if r.StatusCode != status {
		t.Fatalf("the form is answered by %s\n%.3000s", r.Status, page)
	}
	return page
}

// serveAnswer serves a page that answered a POST, with the relay's assets around
// it, so that the checks can open it by its address.
func serveAnswer(t *testing.T, s *service, page []byte) string {
	t.Helper()
	at, _ := url.Parse(s.url)
	mux := http.NewServeMux()
	mux.Handle("/", httputil.NewSingleHostReverseProxy(at))
	mux.HandleFunc("/answer", func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip") // as the relay sent it before the client here unpacked it
		z := gzip.NewWriter(w)
		defer z.Close()
		_, _ = z.Write(page)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/answer"
}

func encode(t *testing.T, fields map[string]string) (io.Reader, string) {
	t.Helper()
	var b strings.Builder
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(b.String()), w.FormDataContentType()
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// submit sends a whole request without a browser and returns the receipt's address.
func submit(t *testing.T, s *service, locale string) string {
	t.Helper()
	page := post(t, s, wholeRequest(locale), http.StatusOK)
	send := url.Values{"_action": {"send"}}
	for _, m := range hidden.FindAllStringSubmatch(string(page), -1) {
		send.Add(unescape(m[1]), unescape(m[2]))
	}
	r, err := http.PostForm(s.url+"/forms/customer-request", send)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK || !strings.Contains(r.Request.URL.Path, "/requests/") {
		t.Fatalf("sending is answered by %s at %s", r.Status, r.Request.URL)
	}
	return r.Request.URL.String()
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&quot;", `"`, "&#39;", "'", "&#43;", "+", "&amp;", "&").Replace(s)
}

// TestValid: the Nu validator finds no error on the whole built site, nor on what
// the relay answers.
func TestValid(t *testing.T) {
	dir := tools(t)
	s := startRelay(t, newReceiver(t))
	receipt := submit(t, s, "ja")
	answers := t.TempDir()
	for name, at := range map[string]string{"error": errorPage(t, s, "ja"), "check": checkPage(t, s, "ja"), "receipt": receipt} {
		r, err := http.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if err := os.WriteFile(filepath.Join(answers, name+".html"), page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	jar := filepath.Join(dir, "node_modules/vnu-jar/build/dist/vnu.jar")
	command := exec.Command("java", "-Xss2m", "-jar", jar, "--errors-only", "--skip-non-html", "--format", "json", public, answers)
	out, err := command.CombinedOutput()
	var found struct {
		Messages []struct {
			URL, Message string
			LastLine     int
		}
	}
	if jsonErr := json.Unmarshal(out, &found); jsonErr != nil {
		t.Fatalf("the validator: %v, %v\n%.2000s", err, jsonErr, out)
	}
	for i, m := range found.Messages {
		if i == 30 {
			t.Errorf("and %d more", len(found.Messages)-i)
			break
		}
		t.Errorf("%s:%d: %s", strings.TrimPrefix(m.URL, "file:"), m.LastLine, m.Message)
	}
	pages := 0
	_ = filepath.WalkDir(public, func(path string, d os.DirEntry, err error) error {
		if strings.HasSuffix(path, ".html") {
			pages++
		}
		return err
	})
	t.Logf("%d pages, %d errors", pages, len(found.Messages))
	if pages < 60 {
		t.Errorf("only %d pages were validated", pages)
	}
}

// TestLinks: every link, anchor, image and feed entry of the built site leads to
// something that is there.
func TestLinks(t *testing.T) {
	ids := map[string]map[string]bool{}
	target := regexp.MustCompile(`\s(?:href|src)="([^"]*)"`)
	id := regexp.MustCompile(`\sid="([^"]*)"`)
	pages := map[string]string{}
	_ = filepath.WalkDir(public, func(path string, d os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".html") {
			text, _ := os.ReadFile(path)
			name := filepath.ToSlash(strings.TrimPrefix(path, public))
			pages[name] = string(text)
			ids[name] = map[string]bool{}
			for _, m := range id.FindAllStringSubmatch(string(text), -1) {
				ids[name][unescape(m[1])] = true
			}
		}
		return err
	})
	checked := 0
	for name, text := range pages {
		base, _ := url.Parse(name)
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			u, err := base.Parse(unescape(m[1]))
			if err != nil {
				t.Errorf("%s: %q is no address", name, m[1])
				continue
			}
			if u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/forms/") || strings.HasPrefix(u.Path, "/requests") || u.Path == "/feedback" {
				continue
			}
			checked++
			file := u.Path
			if strings.HasSuffix(file, "/") {
				file += "index.html"
			}
			if _, err := os.Stat(filepath.Join(public, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, u)
			} else if u.Fragment != "" && ids[file] != nil && !ids[file][u.Fragment] {
				t.Errorf("%s leads to %s, but the page has no such id", name, u)
			}
		}
	}
	t.Logf("%d pages, %d links", len(pages), checked)
}

// TestPictures keeps every kind of page in $SHOTS, for people to look at: three
// languages, two widths, light and dark; and the two that the README shows.
func TestPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("pictures take minutes")
	}
	dir := tools(t)
	at := serve(t, dir, public)
	s := startRelay(t, newReceiver(t))
	out, err := filepath.Abs(shots())
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, locale := range []string{"ja", "zh-hans", "en"} {
		for _, kind := range kinds {
			name := strings.ReplaceAll(strings.Trim(kind, "/"), "/", "-")
			fmt.Fprintf(&lines, "%s/%s/%s %s-%s\n", at, locale, kind, cmp.Or(name, "home"), locale)
		}
		for name, answer := range map[string]string{"error": errorPage(t, s, locale), "check": checkPage(t, s, locale), "receipt": submit(t, s, locale)} {
			fmt.Fprintf(&lines, "%s %s-%s\n", answer, name, locale)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "pictures.mjs"), []byte(picturesScript), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("node", "pictures.mjs", out)
	command.Dir, command.Stdin = dir, strings.NewReader(lines.String())
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// picturesScript takes "URL NAME" lines and keeps each page at two widths, light
// and dark.
const picturesScript = `
import fs from 'node:fs'; import { chromium } from 'playwright-core';
const out = process.argv[2]; fs.mkdirSync(out, { recursive: true });
const pages = fs.readFileSync(0, 'utf8').trim().split('\n').map(l => l.split(' '));
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH || '/usr/bin/chromium', args: ['--no-sandbox'] });
async function shoot(width, height, colorScheme, list, name, fullPage) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  for (const p of list) { await page.goto(p[0]); await page.screenshot({ path: out + '/' + name(p) + '.png', fullPage }); }
  await context.close();
}
for (const width of [390, 1440]) for (const scheme of ['light', 'dark']) await shoot(width, 900, scheme, pages, p => p[1] + '-' + width + '-' + scheme, true);
await shoot(1200, 800, 'light', pages.filter(p => p[1] === 'account-setup-reset-password-ja'), () => 'readme-article', false);
await shoot(390, 800, 'light', pages.filter(p => p[1] === 'forms-customer-request-zh-hans'), () => 'readme-form', false);
await browser.close();
`
