package attachment

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"net"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func pngBytes(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegBytes(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		m.Set(x, x%20, color.RGBA{uint8(x * 6), 90, 10, 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(picture []byte, segments ...[]byte) []byte {
	out := append([]byte{}, picture[:2]...)
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, picture[2:]...)
}

func segment(marker byte, content string) []byte {
	out := []byte{0xFF, marker, 0, 0}
	binary.BigEndian.PutUint16(out[2:], uint16(len(content)+2))
	return append(out, content...)
}

// exif is a directory with orientation 6, written by hand in little endian, and a
// GPS place behind it.
func exif() []byte {
	return segment(0xE1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00GPS 35.6812N 139.7671E")
}

func archive(t testing.TB, entries map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range entries {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	z.Close()
	return b.Bytes()
}

func special(t testing.TB, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a.txt", Method: zip.Deflate}
	change(h)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "target")
	z.Close()
	return b.Bytes()
}

var docx = map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>", "_rels/.rels": ""}

func with(m map[string]string, name, text string) map[string]string {
	out := map[string]string{name: text}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func TestInspect(t *testing.T) {
	const mb = 1 << 20
	compound := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 512)
	encrypted := compound + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"
	many := map[string]string{}
	for i := range maxEntries + 1 {
		many[fmt.Sprint(i, ".txt")] = ""
	}
	for _, c := range []struct {
		what, name string
		body       []byte
		types      []string
		want       Case
		stored     string // name, when accepted
	}{
		{"a picture", "shot.png", pngBytes(t, 10, 10), []string{"png"}, "", "shot.png"},
		{"a picture in capitals", "SHOT.PNG", pngBytes(t, 10, 10), []string{"png"}, "", "SHOT.png"},
		{"a photo", "写真.JPG", jpegBytes(t), []string{"jpeg"}, "", "写真.jpg"},
		{"a picture under another's name", "shot.jpg", pngBytes(t, 10, 10), []string{"jpeg", "png"}, "", "shot.png"},
		{"a type that the form doesn't take", "shot.png", pngBytes(t, 10, 10), []string{"pdf"}, WrongType, ""},
		{"a document", "a.pdf", []byte("%PDF-1.7\n1 0 obj\n"), []string{"pdf"}, "", "a.pdf"},
		{"a page that calls itself a document", "a.pdf", []byte("<!doctype html><script>1</script>"), []string{"pdf"}, WrongType, ""},
		{"a program that calls itself a document", "a.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00"), []string{"pdf"}, WrongType, ""},
		{"a program", "a.exe", []byte("MZ\x90\x00\x03\x00\x00\x00"), nil, WrongType, ""},
		{"a page that calls itself text", "a.txt", []byte("<!doctype html><script>1</script>"), []string{"txt"}, WrongType, ""},
		{"a drawing with a script", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), nil, WrongType, ""},
		{"a log", "trace.log", []byte("2026-11-22 エラー 500\r\n"), []string{"log"}, "", "trace.log"},
		{"a log in GBK", "trace.log", []byte("\xb4\xed\xce\xf3 500\n"), []string{"log"}, "", "trace.log"},
		{"a log that is binary", "trace.log", []byte("a\x00b\x01"), []string{"log"}, WrongType, ""},
		{"nothing", "a.txt", nil, nil, Empty, ""},
		{"too much", "a.txt", bytes.Repeat([]byte("a"), mb+1), nil, TooBig, ""},
		{"no name", "", pngBytes(t, 2, 2), nil, "", "file.png"},
		{"an archive", "a.zip", archive(t, map[string]string{"a.log": "x", "b/c.txt": "y"}), []string{"zip"}, "", "a.zip"},
		{"an archive in an archive", "a.zip", archive(t, map[string]string{"b.zip": "PK"}), []string{"zip"}, Unsafe, ""},
		{"an archive with a program", "a.zip", archive(t, map[string]string{"setup.EXE": "MZ"}), []string{"zip"}, Unsafe, ""},
		{"an archive with a program behind blanks", "a.zip", archive(t, map[string]string{"setup.exe ": "MZ"}), []string{"zip"}, Unsafe, ""},
		{"a way out of the archive", "a.zip", archive(t, map[string]string{"../../etc/passwd": "x"}), []string{"zip"}, Unsafe, ""},
		{"a way out as Windows writes it", "a.zip", archive(t, map[string]string{`..\..\x.txt`: "x"}), []string{"zip"}, Unsafe, ""},
		{"a link", "a.zip", special(t, func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), []string{"zip"}, Unsafe, ""},
		{"an archive with a password", "a.zip", special(t, func(h *zip.FileHeader) { h.Flags |= 1 }), []string{"zip"}, Password, ""},
		{"too many entries", "a.zip", archive(t, many), []string{"zip"}, Unsafe, ""},
		{"a bomb", "a.zip", archive(t, map[string]string{"a.txt": strings.Repeat("0", 110<<20)}), []string{"zip"}, Unsafe, ""},
		{"a bomb by ratio", "a.zip", archive(t, map[string]string{"a.txt": strings.Repeat("0", 20<<20)}), []string{"zip"}, Unsafe, ""},
		{"a Word document", "a.docx", archive(t, docx), []string{"docx"}, "", "a.docx"},
		{"one with macros", "a.docx", archive(t, with(docx, "word/vbaProject.bin", "x")), []string{"docx"}, Unsafe, ""},
		{"an archive that calls itself a document", "a.docx", archive(t, map[string]string{"x.txt": ""}), []string{"docx"}, WrongType, ""},
		{"a document with a password", "a.docx", []byte(encrypted), []string{"docx"}, Password, ""},
		{"an old document", "a.docx", []byte(compound), []string{"docx"}, WrongType, ""},
		{"a cut archive", "a.zip", archive(t, map[string]string{"a.txt": "abcdefgh"})[:40], []string{"zip"}, Unsafe, ""},
	} {
		if c.types == nil {
			c.types = Types()
		}
		f, got := Inspect(c.name, c.body, Rules{Types: c.types, MaxBytes: mb})
		if got != c.want || f.Name != c.stored {
			t.Errorf("%s: %q %q, want %q %q", c.what, got, f.Name, c.want, c.stored)
		}
	}
}

// 30,000 by 30,000 pixels are a few bytes on the wire and gigabytes in a viewer.
func TestPixels(t *testing.T) {
	body := pngBytes(t, 1, 1)
	binary.BigEndian.PutUint32(body[16:], 30_000)
	binary.BigEndian.PutUint32(body[20:], 30_000)
	binary.BigEndian.PutUint32(body[29:], crc32.ChecksumIEEE(body[12:29]))
	if _, c := Inspect("a.png", body, Rules{}); c != Unsafe {
		t.Errorf("a picture of 900 megapixels: %q", c)
	}
}

func TestMetadataIsTakenOut(t *testing.T) {
	picture := jpegBytes(t)
	told := withSegments(picture, exif(), segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<x>photographer Sato</x>"), segment(0xED, "Photoshop 3.0 caption"), segment(0xFE, "a comment"))
	told = append(told, "a second picture behind the end"...)
	f, c := Inspect("a.jpg", told, Rules{})
	if c != "" {
		t.Fatal(c)
	}
	for _, s := range []string{"GPS", "Sato", "caption", "comment", "behind"} {
		if bytes.Contains(f.Body, []byte(s)) {
			t.Errorf("%q is still there", s)
		}
	}
	if got := orientation(f.Body[2+4+6:]); !bytes.Contains(f.Body, []byte("Exif")) || got != 6 {
		t.Errorf("orientation %d, want 6", got)
	}
	a, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	b, err := jpeg.Decode(bytes.NewReader(f.Body))
	if err != nil {
		t.Fatal(err)
	}
	for x := range 40 {
		if a.At(x, x%20) != b.At(x, x%20) {
			t.Fatalf("the picture changed at %d", x)
		}
	}
	plain, _ := Inspect("a.jpg", picture, Rules{})
	if bytes.Contains(plain.Body, []byte("Exif")) {
		t.Error("Exif was added")
	}
}

func TestPNGTextIsTakenOut(t *testing.T) {
	body := pngBytes(t, 4, 4)
	chunk := func(name, content string) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
		b = append(b, name+content...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(name+content)))
	}
	told := append(append(append([]byte{}, body[:33]...), append(chunk("tEXt", "Author\x00Sato"), chunk("eXIf", "II*\x00GPS")...)...), body[33:]...)
	told = append(told, "<script>"...)
	f, c := Inspect("a.png", told, Rules{})
	if c != "" || !bytes.Equal(f.Body, body) {
		t.Errorf("%q, %d bytes, want %d", c, len(f.Body), len(body))
	}
}

func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"a.txt": "a.txt", "../../etc/passwd": "passwd", `C:\Users\x\報告.docx`: "報告.docx", "a\x00b.txt": "ab.txt",
		"gpj.\u202eexe.png": "gpj.exe.png", "CON.txt": "_CON.txt", "lpt1": "_lpt1", ".htaccess": "htaccess", "a.txt. ": "a.txt",
		"<b>\"x\".png": "_b__x_.png", "": "", "...": "", "a\nb.txt": "ab.txt", "か\u3099.txt": "が.txt", "\xff\xfe.png": "png",
		"o\u200d\u0306.png":               "ŏ.png",
		strings.Repeat("長", 300) + ".pdf": strings.Repeat("長", maxName) + ".pdf",
	} {
		if got := CleanName(name); got != want {
			t.Errorf("%q became %q, want %q", name, got, want)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add("a.jpg", withSegments(jpegBytes(f), exif()))
	f.Add("a.png", pngBytes(f, 3, 3))
	f.Add("o\u200d\u0306.png", pngBytes(f, 3, 3))
	f.Add("a.zip", archive(f, map[string]string{"a.txt": "b"}))
	f.Add("a.docx", archive(f, docx))
	f.Add("a.log", []byte("x"))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		if clean := CleanName(name); CleanName(clean) != clean {
			t.Errorf("%q is cleaned to %q and then to %q", name, clean, CleanName(clean))
		}
		file, c := Inspect(name, body, Rules{})
		if c != "" {
			return
		}
		if !utf8.ValidString(file.Name) || strings.ContainsAny(file.Name, "/\\\x00\r\n\"") || file.Name == "" || file.Name[0] == '.' {
			t.Errorf("accepted as %q", file.Name)
		}
		again, c := Inspect(file.Name, file.Body, Rules{})
		if c != "" || !bytes.Equal(again.Body, file.Body) || again.Name != file.Name {
			t.Errorf("what was accepted is not accepted again: %q %q", c, again.Name)
		}
	})
}

// clamd is a fake of the daemon: it reads the stream as the real one does.
func clamd(t *testing.T, limit int, answer func(stream []byte) string) Scanner {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				command := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
					return
				}
				var stream []byte
				for {
					var n uint32
					if binary.Read(conn, binary.BigEndian, &n) != nil {
						return
					}
					if n == 0 {
						break
					}
					if len(stream)+int(n) > limit {
						io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
						return
					}
					part := make([]byte, n)
					if _, err := io.ReadFull(conn, part); err != nil {
						return
					}
					stream = append(stream, part...)
				}
				io.WriteString(conn, answer(stream))
			}()
		}
	}()
	return Scanner{Network: "tcp", Address: l.Addr().String(), Timeout: 2 * time.Second}
}

const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func TestScanner(t *testing.T) {
	s := clamd(t, 1<<20, func(stream []byte) string {
		if strings.Contains(string(stream), eicar) {
			return "stream: Eicar-Test-Signature FOUND\x00"
		}
		return "stream: OK\x00"
	})
	if v, err := s.Scan(context.Background(), bytes.Repeat([]byte("a"), 200_000)); err != nil || !v.Clean {
		t.Errorf("harmless: %+v %v", v, err)
	}
	if v, err := s.Scan(context.Background(), []byte(eicar)); err != nil || v.Clean || v.Found != "Eicar-Test-Signature" {
		t.Errorf("a virus: %+v %v", v, err)
	}
	if v, err := s.Scan(context.Background(), make([]byte, 2<<20)); err == nil || v.Clean {
		t.Errorf("over the limit: %+v", v)
	}
	silent := clamd(t, 1<<20, func([]byte) string { return "" })
	if v, err := silent.Scan(context.Background(), []byte("x")); err == nil || v.Clean {
		t.Errorf("no answer: %+v", v)
	}
	down := Scanner{Network: "tcp", Address: "127.0.0.1:1", Timeout: time.Second}
	if v, err := down.Scan(context.Background(), []byte("x")); err == nil || v.Clean {
		t.Errorf("nobody there: %+v", v)
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add("stream: OK\x00")
	f.Add("stream: X FOUND\x00")
	f.Fuzz(func(t *testing.T, answer string) {
		if v, err := readVerdict(answer); err == nil && v.Clean && !strings.HasPrefix(answer, "stream: OK") && !strings.HasPrefix(answer, "OK") {
			t.Errorf("%q counts as clean", answer)
		}
	})
}
