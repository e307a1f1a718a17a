//go:build !linux

package site

import "os"

// lstat is size and time (in Unix nanoseconds) of a regular file.
func lstat(name string) (size, mtime int64, ok bool) {
	info, err := os.Lstat(name)
	if err != nil {
		return 0, 0, false
	}
	return info.Size(), info.ModTime().UnixNano(), info.Mode().IsRegular()
}
