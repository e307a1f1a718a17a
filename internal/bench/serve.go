package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// serve measures how long an edit takes to arrive: from the end of writing the
// file to the first answer of the preview server that has the new sentence.
func (b *bench) serve() error {
	address, err := freeAddress()
	if err != nil {
		return err
	}
	ours := exec.Command(b.annai, "serve", b.content, "--listen", address)
	if err := b.latency("annai serve", ours, b.content, "http://"+address+"/en/section-01/category-002/article-00011/"); err != nil {
		return err
	}
	if b.hugo == "" {
		return nil
	}
	site, err := b.hugoSite()
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(address)
	theirs := exec.Command(b.hugo, "server", "--source", site, "--port", port, "--bind", "127.0.0.1",
		"--cacheDir", filepath.Join(b.dir, "hugo-cache"), "--disableBrowserError", "--logLevel", "error", "--watch")
	return b.latency("hugo server", theirs, b.hugoContent, "http://"+address+"/en-us/section-01/category-002/article-00011/")
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func (b *bench) latency(name string, server *exec.Cmd, content, url string) error {
	server.Stdout, server.Stderr = io.Discard, io.Discard
	start := time.Now()
	if err := server.Start(); err != nil {
		return err
	}
	defer func() { server.Process.Kill(); server.Wait() }()
	if err := await(url, "<h1", 10*time.Minute); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	up := time.Since(start)
	var times []time.Duration
	for range b.edits {
		time.Sleep(300 * time.Millisecond)
		if err := b.addSentence(content); err != nil {
			return err
		}
		begin := time.Now()
		if err := await(url, fmt.Sprintf("Sentence number %d was", sentences), 2*time.Minute); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	fmt.Printf("%-14s first page after %6.2f s; edit to new page: p50 %7.1f ms, p95 %7.1f ms\n", name, up.Seconds(),
		milliseconds(times[len(times)/2]), milliseconds(times[len(times)*95/100]))
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// await asks for a page until it holds the text.
func await(url, text string, patience time.Duration) error {
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		if answer, err := http.Get(url); err == nil {
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err == nil && bytes.Contains(body, []byte(text)) {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("%s never showed %q", url, text)
}
