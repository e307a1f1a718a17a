package store

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// networkDisks are file systems whose locks and flushes SQLite can't rely on.
var networkDisks = map[uint32]string{
	0x6969: "NFS", 0x517B: "SMB", 0xFF534D42: "CIFS", 0xFE534D42: "SMB2", 0x01021997: "9p", 0x65735546: "FUSE",
	0x5346414F: "AFS", 0x00C36400: "Ceph", 0x0BD00BD0: "Lustre", 0x7461636F: "OCFS2", 0x01161970: "GFS2",
}

// localDisk refuses a folder on a network file system.
func localDisk(folder string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return &os.PathError{Op: "statfs", Path: folder, Err: err}
	}
	if name := networkDisks[uint32(fs.Type)]; name != "" {
		return fmt.Errorf("%s is on %s; SQLite needs a local disk (or use postgres://)", folder, name)
	}
	return nil
}

// freeSpace is what an ordinary user may still write, in bytes.
func freeSpace(folder string) (int64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return -1, &os.PathError{Op: "statfs", Path: folder, Err: err}
	}
	return int64(fs.Bavail) * fs.Bsize, nil
}

// lockFile takes a lock that ends with the process.
func lockFile(path string) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.New("another relay already delivers from this database (several need postgres://)")
		}
		return nil, err
	}
	return func() { f.Close() }, nil
}
