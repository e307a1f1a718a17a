// Package e2e drives the whole chain as its users do: the site that annai built
// from content/, in a real browser, against a running relay, with a receiver in
// the place of 21Vianet. Screenshots go to e2e/shots (or $SHOTS).
package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

var (
	bin    string // folder of the two programs
	public string // the example site, built
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	work, err := os.MkdirTemp("", "annai-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(work)
	bin, public = filepath.Join(work, "bin"), filepath.Join(work, "public")
	for _, command := range [][]string{
		{"go", "build", "-o", bin + "/", "annai/cmd/annai", "annai/cmd/annai-relay"},
		{bin + "/annai", "build", "../content", "-o", public, "--relay-url", "/"},
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v: %v\n%s", command, err, out)
			return 1
		}
	}
	return m.Run()
}

// browser starts Chromium with a fresh profile and returns its first tab; both
// end with the test.
func browser(t *testing.T, scripts bool) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("Chromium is missing: run .ci/setup")
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	_, err = chromedp.Run(ctx, func(ctx context.Context, target *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts})
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// A step is a browser action without a result.
type step = chromedp.Action[chromedp.Void]

// do runs steps; get runs one with a result. When one fails the test ends with a
// picture of the page.
func do(t *testing.T, ctx context.Context, steps ...step) {
	t.Helper()
	for _, s := range steps {
		get(t, ctx, s)
	}
}

func get[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	v, err := chromedp.Run(limited, action)
	if err != nil {
		shot(t, ctx, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
		at, _ := chromedp.Run(ctx, chromedp.Location())
		text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("body")))
		t.Fatalf("at %s: %v\n%.2000s", at, err, text)
	}
	return v
}

// shots is the folder of screenshots.
func shots() string {
	if dir := os.Getenv("SHOTS"); dir != "" {
		return dir
	}
	return "shots"
}

// shot keeps a picture of the whole page as it is.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Logf("no picture of %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(shots(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots(), name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// views keeps pictures at the width of a phone and of a desk.
func views(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	for _, width := range []int64{390, 1440} {
		do(t, ctx, chromedp.EmulateViewport(width, 900))
		shot(t, ctx, fmt.Sprintf("%s-%d", name, width))
	}
}
