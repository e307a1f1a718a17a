package attachment

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Bounds of an archive: what a person would send as evidence, and what can be
// unpacked in a moment.
const (
	maxEntries  = 2_000
	maxUnpacked = 100 << 20 // bytes of all entries, counted while unpacking
	maxRatio    = 200       // unpacked to packed, once past freeBytes
	freeBytes   = 4 << 20
)

// runnable are endings that a double click starts.
var runnable = []string{
	".exe", ".dll", ".com", ".scr", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".wsh", ".hta",
	".msi", ".msp", ".lnk", ".url", ".jar", ".cpl", ".reg", ".pif", ".scf", ".inf", ".app", ".command", ".sh",
	".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".html", ".htm", ".svg", ".xhtml", ".mht", ".mhtml", ".iso", ".img", ".vhd",
}

// packed are endings of archives: one inside another is not looked into, so it
// is not accepted.
var packed = []string{".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".cab", ".zst", ".lzh", ".arj"}

// inspectArchive walks the entries; strict is for what a sender packed, looser
// for the parts of an office document.
func inspectArchive(body []byte, strict bool) Case {
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(r.File) > maxEntries {
		return Unsafe
	}
	var unpacked int64
	for _, f := range r.File {
		if c := inspectEntry(f, strict); c != "" {
			return c
		}
		n, err := unpack(f, maxUnpacked-unpacked)
		unpacked += n
		if err != nil || unpacked >= maxUnpacked || unpacked > freeBytes && unpacked/int64(len(body)+1) > maxRatio {
			return Unsafe
		}
	}
	return ""
}

func inspectEntry(f *zip.File, strict bool) Case {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	extension := strings.ToLower(path.Ext(strings.TrimRight(name, ". ")))
	switch {
	case f.Flags&1 != 0:
		return Password
	case f.Mode()&fs.ModeSymlink != 0, f.Mode()&fs.ModeIrregular != 0, f.Mode()&fs.ModeDevice != 0:
		return Unsafe
	case path.IsAbs(name), strings.Contains(name, "\x00"), slices.Contains(strings.Split(name, "/"), ".."), len(name) > 1 && name[1] == ':':
		return Unsafe
	case strings.EqualFold(path.Base(name), "vbaProject.bin"):
		return Unsafe
	case strict && (slices.Contains(runnable, extension) || slices.Contains(packed, extension)):
		return Unsafe
	}
	return ""
}

// unpack counts an entry's real bytes, whatever its header says.
func unpack(f *zip.File, limit int64) (int64, error) {
	if f.FileInfo().IsDir() {
		return 0, nil
	}
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return io.Copy(io.Discard, io.LimitReader(r, limit))
}

// officeKind is the media type of an office document without macros, or "".
func officeKind(body []byte) string {
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(r.File) > maxEntries {
		return ""
	}
	types, found := false, ""
	for _, f := range r.File {
		switch {
		case f.Name == "[Content_Types].xml":
			types = true
		case f.Name == "word/document.xml":
			found = kinds["docx"].media
		case f.Name == "xl/workbook.xml":
			found = kinds["xlsx"].media
		}
	}
	if !types {
		return ""
	}
	return found
}

// encryptedOffice tells a document with a password: it is no archive any more
// but the old compound format around an encrypted stream.
func encryptedOffice(body []byte) bool {
	compound := bytes.HasPrefix(body, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1})
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	return compound && bytes.Contains(body, name)
}
