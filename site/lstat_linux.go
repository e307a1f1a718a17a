package site

import "syscall"

// lstat is size and time (in Unix nanoseconds) of a regular file. A build asks for
// every file of the site, and os.Lstat takes 300 bytes of memory for each.
func lstat(name string) (size, mtime int64, ok bool) {
	var st syscall.Stat_t
	err := syscall.Lstat(name, &st)
	for err == syscall.EINTR {
		err = syscall.Lstat(name, &st)
	}
	return st.Size, st.Mtim.Nano(), err == nil && st.Mode&syscall.S_IFMT == syscall.S_IFREG
}
