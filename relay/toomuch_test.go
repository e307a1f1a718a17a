package relay_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"annai/relay"
)

// withFiles are good answers with n files of a megabyte.
func withFiles(n int) (list []part) {
	for name, values := range good() {
		list = append(list, part{field: name, content: values[0]})
	}
	for i := range n {
		list = append(list, part{"files", fmt.Sprintf("%d.log", i), strings.Repeat("line of a log\n", 70_000)})
	}
	return list
}

// What was typed survives an upload for which there is no room.
func TestNoRoomForUpload(t *testing.T) {
	t.Parallel()
	w := start(t, func(s *relay.Server) { s.Uploads = 1 << 20 })
	slow, err := net.Dial("tcp", strings.TrimPrefix(w.web.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	fmt.Fprintf(slow, "POST /forms/support HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n--x\r\n", 2<<20)
	started := time.Now()
	w.post("/forms/support", good()).must(t, 200)
	w.upload("/forms/support", withFiles(0)...).must(t, 200)
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("requests without files wait %s for an upload", took)
	}
	page := w.upload("/forms/support", withFiles(2)...).must(t, 503, "help@support.example.com")
	if got := page.fields(); got.Get("what") != "サインインできません" || got.Get("name") != "山田 花子" {
		t.Errorf("the page keeps %v", got)
	}
	if page.Header.Get("Retry-After") == "" {
		t.Error("it doesn't say when to come again")
	}
	slow.Close()
	w.upload("/forms/support", withFiles(2)...).must(t, 200)
}

// And one that will never be taken.
func TestUploadTooLarge(t *testing.T) {
	w := start(t, nil)
	page := w.upload("/forms/support", withFiles(4)...).must(t, 413, "help@support.example.com")
	if got := page.fields(); got.Get("what") != "サインインできません" {
		t.Errorf("the page keeps %v", got)
	}
}

// Files that came with an earlier page stay with a page that says to wait.
func TestLimitKeepsFiles(t *testing.T) {
	w := start(t, func(s *relay.Server) { s.Abuse.Form.Burst, s.Abuse.Form.PerMinute = 1, 1 })
	fields := w.upload("/forms/support", withFiles(1)...).must(t, 200).fields()
	handle := fields.Get("_files")
	page := w.post("/forms/support", fields).must(t, 429)
	if handle == "" || page.fields().Get("_files") == "" {
		t.Errorf("the page keeps %v", page.fields())
	}
}
