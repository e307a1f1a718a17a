package attachment

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// slimJPEG copies a picture without the segments that tell about place, device,
// person and editing (Exif, XMP, IPTC, comments, previews), and without anything
// behind its end. How the picture is to be turned is kept.
func slimJPEG(body []byte) ([]byte, Case) {
	if len(body) < 4 || body[0] != 0xFF || body[1] != 0xD8 {
		return nil, Unsafe
	}
	slim := append(make([]byte, 0, len(body)), 0xFF, 0xD8)
	i := 2
	for i+4 <= len(body) {
		if body[i] != 0xFF {
			return nil, Unsafe
		}
		marker := body[i+1]
		if marker == 0xFF { // fill
			i++
			continue
		}
		if marker == 0xD9 {
			return append(slim, 0xFF, 0xD9), ""
		}
		size := int(binary.BigEndian.Uint16(body[i+2:]))
		end := i + 2 + size
		if size < 2 || end > len(body) {
			return nil, Unsafe
		}
		segment := body[i+4 : end]
		switch {
		case marker == 0xE1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")):
			if turn := orientation(segment[6:]); turn > 1 && turn <= 8 {
				slim = append(slim, exifTurn(turn)...)
			}
		case telling(marker, segment):
		default:
			slim = append(slim, body[i:end]...)
		}
		i = end
		if marker == 0xDA { // the picture itself: up to the next real marker
			next := scanEnd(body, i)
			slim = append(slim, body[i:next]...)
			i = next
		}
	}
	// An end that is cut off: viewers show what is there.
	return append(slim, 0xFF, 0xD9), ""
}

// telling marks segments to drop: all application data but the color profile and
// the color transform, and comments.
func telling(marker byte, segment []byte) bool {
	switch {
	case marker == 0xFE:
		return true
	case marker == 0xE0:
		return !bytes.HasPrefix(segment, []byte("JFIF\x00"))
	case marker == 0xE2:
		return !bytes.HasPrefix(segment, []byte("ICC_PROFILE\x00"))
	case marker == 0xEE:
		return false
	}
	return marker >= 0xE0 && marker <= 0xEF
}

// scanEnd is where entropy-coded data ends: at a marker that is neither a stuffed
// byte nor a restart.
func scanEnd(body []byte, i int) int {
	for i+1 < len(body) {
		if body[i] == 0xFF && body[i+1] != 0 && (body[i+1] < 0xD0 || body[i+1] > 0xD7) && body[i+1] != 0xFF {
			return i
		}
		i++
	}
	return len(body)
}

// orientation reads tag 0x0112 of the first directory of a TIFF block; 1, the
// usual, when there is none.
func orientation(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	n := int64(order.Uint16(tiff[at:]))
	for k := range n {
		entry := at + 2 + 12*k
		if entry+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return order.Uint16(tiff[entry+8:])
		}
	}
	return 1
}

// exifTurn is the smallest Exif segment: one directory with the orientation.
func exifTurn(turn uint16) []byte {
	return slices.Concat(
		[]byte{0xFF, 0xE1, 0, 34}, []byte("Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08"),
		[]byte{0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0, 0, 0, 0, 0},
	)
}

// slimPNG copies a picture without its texts, times and Exif, and without
// anything behind its end.
func slimPNG(body []byte) ([]byte, Case) {
	const signature = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(body, []byte(signature)) {
		return nil, Unsafe
	}
	slim := append(make([]byte, 0, len(body)), signature...)
	for i := len(signature); i+12 <= len(body); {
		size := int64(binary.BigEndian.Uint32(body[i:]))
		end := int64(i) + 12 + size
		if end > int64(len(body)) {
			return nil, Unsafe
		}
		name := string(body[i+4 : i+8])
		switch name {
		case "tEXt", "zTXt", "iTXt", "eXIf", "tIME":
		default:
			slim = append(slim, body[i:end]...)
		}
		if name == "IEND" {
			return slim, ""
		}
		i = int(end)
	}
	return nil, Unsafe
}
