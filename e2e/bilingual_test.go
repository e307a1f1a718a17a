package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const bilingualArticle = "---\ntitle: ドメイン\nms.translationtype: MT\n---\n\n# ドメイン\n\n" +
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

const allOriginals = "en:You add a domain.|en:See the questions.|en:Steps|en:Type"

// TestOriginals: a reader of a translation compares it with the original, one
// sentence at a time by keyboard, all at once, and all at once without scripts.
func TestOriginals(t *testing.T) {
	page := serveBilingual(t)
	t.Run("scripts", func(t *testing.T) {
		ctx := browser(t, true)
		expect := func(expression, want string) {
			t.Helper()
			if got := get(t, ctx, chromedp.Evaluate[string](expression)); got != want {
				t.Errorf("%s\n got %q\nwant %q", expression, got, want)
			}
		}
		do(t, ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(page), chromedp.WaitVisible(chromedp.CSS(`.originals [value="one"]`)))
		expect(shown, "")
		do(t, ctx, chromedp.Click(chromedp.CSS(`.originals [value="one"]`)))
		expect(shown, "")
		expect(`""+document.querySelectorAll(".peek").length`, "4")
		do(t, ctx, chromedp.Evaluate2(`document.querySelector(".peek").focus()`), chromedp.KeyEvent(kb.Enter))
		expect(shown, "en:You add a domain.")
		expect(`document.activeElement.getAttribute("aria-expanded") + document.getElementById(document.activeElement.getAttribute("aria-controls")).lang`, "trueen")
		do(t, ctx, chromedp.KeyEvent(kb.Enter))
		expect(shown, "")
	})
}
