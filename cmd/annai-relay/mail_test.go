package main

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A mailbox is a mail server that takes everything but what is for nobody@….
type mailbox struct {
	port  int
	mu    sync.Mutex
	down  bool
	mails []string
	to    []string
}

func newMailbox(t *testing.T) *mailbox {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := &mailbox{port: l.Addr().(*net.TCPAddr).Port}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.talk(conn)
		}
	}()
	return m
}

func (m *mailbox) set(down bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = down
}

func (m *mailbox) got() (mails, to []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mails, m.to
}

func (m *mailbox) talk(conn net.Conn) {
	defer conn.Close()
	m.mu.Lock()
	down := m.down
	m.mu.Unlock()
	if down {
		return
	}
	lines, to := bufio.NewReader(conn), ""
	say := func(s string) { fmt.Fprint(conn, s+"\r\n") }
	say("220 mailbox")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		switch command := strings.ToUpper(line[:min(4, len(line))]); {
		case command == "EHLO":
			say("250 mailbox")
		case command == "RCPT" && strings.Contains(line, "nobody@"):
			say("550 5.1.1 no such mailbox")
		case command == "RCPT":
			to = strings.TrimSpace(line)
			say("250 ok")
		case command == "DATA":
			say("354 go on")
			var text strings.Builder
			for line = ""; line != ".\r\n"; {
				text.WriteString(line)
				if line, err = lines.ReadString('\n'); err != nil {
					return
				}
			}
			m.mu.Lock()
			m.mails, m.to = append(m.mails, text.String()), append(m.to, to)
			m.mu.Unlock()
			say("250 taken")
		case command == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// The receipt comes by mail, in the sender's language, also when the mail server
// was down while the request was accepted; it tells nothing of what was asked.
func TestReceiptMail(t *testing.T) {
	box := newMailbox(t)
	box.set(true)
	dir := folder(t, newReceiver(t).URL)
	conf, err := os.ReadFile(filepath.Join(dir, "relay.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "relay.yaml", fmt.Sprintf("%sreceipt_mail: {host: 127.0.0.1, port: %d, from: Support <support@example.com>, tls: none}\n", conf, box.port))
	p := startProcess(t, dir, "--config", "relay.yaml")
	ask := func(email string) map[string]any {
		status, receipt := sendJSON(t, p.public, "support", map[string]any{"lang": "ja", "scope": "one", "what": "秘密の質問", "name": "山田", "email": email})
		if status != http.StatusCreated || receipt["status"] != "received" && receipt["status"] != "checking" {
			t.Fatalf("%d %v", status, receipt)
		}
		return receipt
	}
	receipt := ask("hanako@example.com")
	eventually(t, "the mail server is asked in vain", func() bool {
		return strings.Contains(p.said(), `"destination":"receipt-mail","number":1,"class":"temporary"`)
	})
	box.set(false)
	eventually(t, "the mail comes", func() bool { mails, _ := box.got(); return len(mails) == 1 })
	mails, to := box.got()
	message, err := mail.ReadMessage(strings.NewReader(mails[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	text, _ := io.ReadAll(quotedprintable.NewReader(message.Body))
	reference := receipt["reference"].(string)
	if !strings.Contains(to[0], "<hanako@example.com>") || !strings.Contains(subject, reference) || !strings.HasPrefix(message.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("to %s: %s %v", to[0], subject, message.Header)
	}
	for _, part := range []string{reference, "受付番号", "https://relay.example.com/requests", "Asia/Tokyo"} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the mail doesn't say %q:\n%s", part, text)
		}
	}
	if strings.Contains(string(text), "秘密") || strings.Contains(string(text), "山田") {
		t.Errorf("the mail repeats what was sent:\n%s", text)
	}

	// A wrong address is nobody's trouble, and the next mail goes out.
	receipt = ask("nobody@example.com")
	eventually(t, "the address is given up", func() bool {
		_, page := p.operatorGet("/requests/"+receipt["id"].(string), "correct horse battery")
		return strings.Contains(page, "550")
	})
	ask("taro@example.com")
	eventually(t, "the next mail comes", func() bool { mails, _ := box.got(); return len(mails) == 2 })
	if _, metrics := p.operatorGet("/metrics", "correct horse battery"); strings.Contains(metrics, `state="dead"`) {
		t.Error("a mail waits for a person")
	}

	// Who is doubted can't have us write to anybody.
	status, _ := sendJSON(t, p.public, "support", map[string]any{"scope": "one", "what": "buy this now", "name": "x", "email": "victim@example.com", "_token": "forged"})
	if status != http.StatusCreated {
		t.Errorf("a doubted request: %d", status)
	}
	p.stop()
	if mails, _ := box.got(); len(mails) != 2 {
		t.Errorf("there are %d mails", len(mails))
	}
}
