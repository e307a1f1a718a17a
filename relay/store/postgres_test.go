package store

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// A server is a PostgreSQL of our own, as an unprivileged user, on a socket in a
// temporary folder.
type server struct {
	folder string
	cmd    *exec.Cmd
	admin  string
	err    error
}

var (
	serverOnce  sync.Once
	testServer  server
	databaseSeq atomic.Int64
)

// postgresURL makes an empty database. Without PostgreSQL the test is skipped,
// but in CI it fails: a suite that runs on one of two databases proves half.
func postgresURL(t testing.TB) string {
	serverOnce.Do(func() { testServer.err = testServer.start() })
	if err := testServer.err; err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("PostgreSQL 15: %v", err)
		}
		t.Skipf("PostgreSQL 15: %v", err)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testServer.admin)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	name := fmt.Sprintf("annai_%d", databaseSeq.Add(1))
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return testServer.url(name)
}

func (s *server) url(database string) string {
	return "postgres:///" + database + "?user=annai&host=" + url.QueryEscape(s.folder)
}

// postgresBin is where the server's programs are.
func postgresBin() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/15/bin")
	for _, folder := range append(found, filepath.SplitList(os.Getenv("PATH"))...) {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("initdb not found (apt-get install postgresql-15)")
}

// unprivileged runs a command as nobody when we are root: the server refuses
// root.
func unprivileged(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	return cmd
}

func (s *server) start() error {
	bin, err := postgresBin()
	if err != nil {
		return err
	}
	if s.folder, err = os.MkdirTemp("", "annai-pg-"); err != nil {
		return err
	}
	if os.Getuid() == 0 {
		if err := os.Chown(s.folder, 65534, 65534); err != nil {
			return err
		}
	}
	return s.startIn(bin, filepath.Join(s.folder, "data"), true)
}

func (s *server) startIn(bin, data string, fresh bool) error {
	if fresh {
		out, err := unprivileged(filepath.Join(bin, "initdb"), "-D", data, "-U", "annai", "-A", "trust", "-E", "UTF8", "--no-locale").CombinedOutput()
		if err != nil {
			return fmt.Errorf("initdb: %w\n%s", err, out)
		}
	}
	s.cmd = unprivileged(filepath.Join(bin, "postgres"), "-D", data, "-k", s.folder, "-c", "listen_addresses=", "-c", "max_connections=100", "-c", "logging_collector=off")
	log, err := os.Create(filepath.Join(s.folder, "log"))
	if err != nil {
		return err
	}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.admin = s.url("postgres")
	for range 200 {
		conn, err := pgx.Connect(context.Background(), s.admin)
		if err == nil {
			return conn.Close(context.Background())
		}
		time.Sleep(50 * time.Millisecond)
	}
	out, _ := os.ReadFile(log.Name())
	return fmt.Errorf("the server doesn't answer: %s", out)
}

func (s *server) stop() {
	if s.cmd != nil {
		s.cmd.Process.Signal(syscall.SIGQUIT)
		s.cmd.Wait()
	}
	if s.folder != "" {
		os.RemoveAll(s.folder)
	}
}

func TestMain(m *testing.M) {
	switch {
	case os.Getenv("ANNAI_STORE_CHILD") != "":
		child()
		return
	case os.Getenv("ANNAI_STORE_BENCH") != "":
		benchChild()
		return
	}
	code := m.Run()
	testServer.stop()
	os.Exit(code)
}
