package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const bilingualArticle = "---\ntitle: ドメイン\nms.translationtype: MT\n---\n\n" +
	`# <a name="domains"></a><span data-ttu-id="a-0">ドメイン</span><span class="sxs-lookup"><span data-stu-id="a-0">Domains</span></span>` + "\n\n" +
	`<span data-ttu-id="a-1">ドメインを追加します。</span><span class="sxs-lookup"><span data-stu-id="a-1">You add a domain.</span></span>` +
	` <span data-ttu-id="a-2">詳しくは[質問](https://example.com/)へ。</span><span class="sxs-lookup"><span data-stu-id="a-2">See the [questions](https://example.com/).</span></span>` + "\n\n" +
	`## <span data-ttu-id="a-3">手順</span><span class="sxs-lookup"><span data-stu-id="a-3">Steps</span></span>` + "\n\n" +
	"| " + `<span data-ttu-id="a-4">種類</span><span class="sxs-lookup"><span data-stu-id="a-4">Type</span></span>` + " | 値 |\n|---|---|\n| MX | 10 |\n\n" +
	":::code language=\"powershell\" source=\"a.ps1\" highlight=\"2-3,6-\":::\n"

const markedCode = "# one\n$two = 2\nGet-Three -With $two  # so long a line that it has to scroll in its box, on whatever screen it may be shown\n<# four\n   five #>\nsix\nseven\n"

// serveBilingual builds and serves a page with sentences and their originals.
func serveBilingual(t *testing.T) (page string) {
	t.Helper()
	content, out := filepath.Join(t.TempDir(), "ja-jp"), t.TempDir()
	if err := os.MkdirAll(content, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"domain.md": bilingualArticle, "a.ps1": markedCode} {
		if err := os.WriteFile(filepath.Join(content, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := exec.Command(filepath.Join(bin, "annai"), "build", content, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s := httptest.NewServer(http.FileServer(http.Dir(out)))
	t.Cleanup(s.Close)
	return s.URL + "/domain/"
}

// shown is the text of the originals that can be seen.
const shown = `Array.from(document.querySelectorAll(".original")).filter(e => e.checkVisibility()).map(e => e.lang + ":" + e.textContent).join("|")`

const allOriginals = "en:Domains|en:You add a domain.|en:See the questions.|en:Steps|en:Type"

// TestOriginals: a reader of a translation compares it with the original: one
// sentence at a time by keyboard, or all at once, for which no scripts are needed.
func TestOriginals(t *testing.T) {
	page := serveBilingual(t)
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%v", scripts), func(t *testing.T) {
			ctx := browser(t, scripts)
			expect := func(expression, want string) {
				t.Helper()
				if got := evaluate[string](t, ctx, expression); got != want {
					t.Errorf("%s\n got %q\nwant %q", expression, got, want)
				}
			}
			press := func(selector string) {
				t.Helper()
				evaluate[any](t, ctx, "void document.querySelector('"+selector+"').focus()")
				do(t, ctx, chromedp.KeyEvent(" "))
			}
			do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS(".originals")))
			expect(shown, "")
			if scripts {
				until(t, ctx, `document.querySelector('.originals [value="one"]').checkVisibility()`)
				press(`.originals [value="one"]`)
				expect(shown, "")
				expect(`""+document.querySelectorAll(".peek").length`, "5")
				press(".peek")
				expect(shown, "en:Domains")
				expect(`document.activeElement.ariaExpanded + document.activeElement.getAttribute("aria-controls")`, "true"+"original-0")
				views(t, ctx, "original-one")
				press(".peek")
				expect(shown, "")
				expect(`document.querySelector("a .peek") ? "a button in a link" : ""`, "")
			}
			press(`.originals [value="all"]`)
			expect(shown, allOriginals)
			expect(`document.documentElement.scrollWidth > innerWidth ? "wide" : ""`, "")
			views(t, ctx, fmt.Sprintf("original-all-%v", scripts))
			do(t, ctx, dark("screen"))
			views(t, ctx, fmt.Sprintf("original-dark-%v", scripts))
			do(t, ctx, dark("print"))
			expect(shown, allOriginals)
			do(t, ctx, dark("screen"))
			if scripts {
				do(t, ctx, chromedp.Reload())
				until(t, ctx, `document.querySelector('.originals [value="all"]').checked`)
				expect(shown, allOriginals)
			}
			press(`.originals [value="none"]`)
			expect(shown, "")
		})
	}
}

// dark is a dark screen, or paper.
func dark(media string) step {
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return chromedp.Void{}, err
	}
}

// TestMarkedLines: what is marked is whole lines, and the code stays as it was.
func TestMarkedLines(t *testing.T) {
	page := serveBilingual(t)
	ctx := browser(t, true)
	do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(page))
	until(t, ctx, `document.querySelector("pre mark")`)
	if got, want := evaluate[[]string](t, ctx, `Array.from(document.querySelectorAll("pre mark"), m => m.textContent)`),
		[]string{strings.Join(strings.SplitAfter(markedCode, "\n")[1:3], ""), "six\nseven\n"}; !slices.Equal(got, want) {
		t.Errorf("marked %q, want %q", got, want)
	}
	if got := evaluate[string](t, ctx, `document.querySelector("pre").textContent`); got != markedCode {
		t.Errorf("the code became %q", got)
	}
	before := evaluate[float64](t, ctx, `document.querySelector("pre").getBoundingClientRect().height`)
	plain := evaluate[float64](t, ctx, `(() => { const c = document.querySelector("pre code"); c.replaceChildren(c.textContent); return c.parentElement.getBoundingClientRect().height })()`)
	if before != plain {
		t.Errorf("with marks the code is %v px high, without %v", before, plain)
	}
}
