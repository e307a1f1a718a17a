package relaytest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A Disk is an ext4 file system in a file, whose power can be cut. It needs root.
type Disk struct {
	Mount string
	image string
	t     *testing.T
}

// NewDisk mounts an empty one until the test ends; without root, loop devices or
// ext4 the test is skipped, in CI it fails.
func NewDisk(t *testing.T, megabytes int64) *Disk {
	t.Helper()
	folder, err := os.MkdirTemp("", "annai-disk-") // not t.TempDir, where only we may look
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	os.Chmod(folder, 0o755)
	d := &Disk{t: t, image: filepath.Join(folder, "disk.img"), Mount: filepath.Join(folder, "disk")}
	f, err := os.Create(d.image)
	if err == nil {
		err = f.Truncate(megabytes << 20)
		f.Close()
	}
	if err == nil {
		err = os.Mkdir(d.Mount, 0o755)
	}
	if err == nil {
		err = run("mkfs.ext4", "-q", "-F", d.image)
	}
	if err == nil {
		err = run("mount", "-o", "loop", d.image, d.Mount)
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("a disk whose power can be cut needs root, loop devices and ext4: %v", err)
		}
		t.Skipf("a disk whose power can be cut needs root, loop devices and ext4: %v", err)
	}
	t.Cleanup(d.unmount)
	os.Chmod(d.Mount, 0o777)
	return d
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

func (d *Disk) unmount() {
	for range 50 {
		if run("umount", d.Mount) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	run("umount", "-l", d.Mount)
}

// Cut ends the file system at once: what wasn't flushed to the disk is gone, the
// journal included.
func (d *Disk) Cut() {
	const shutdown, withoutFlush = 0x8004587d, 2
	f, err := os.Open(d.Mount)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), shutdown, withoutFlush); err != nil {
		d.t.Fatalf("EXT4_IOC_SHUTDOWN: %v", err)
	}
}

// Back is the machine that starts again.
func (d *Disk) Back() {
	d.unmount()
	if err := run("mount", "-o", "loop", d.image, d.Mount); err != nil {
		d.t.Fatal(err)
	}
}

// Fill writes a file until not a byte is left.
func (d *Disk) Fill(path string) {
	f, err := os.Create(path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size >= 512; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	f.Sync()
}
