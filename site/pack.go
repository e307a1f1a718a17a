package site

import (
	"encoding/binary"
	"fmt"
	"reflect"
)

// pack writes a value in the manifest's format: the exported fields of structs in
// order, numbers as varints, texts and lists with their length before them. Only
// types of this package go through it.
func pack(v any) string { return string(appendPacked(nil, reflect.ValueOf(v))) }

func appendPacked(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, 0)
		}
		return appendPacked(append(b, 1), v.Elem())
	case reflect.String:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		return append(b, v.String()...)
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Int, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Uint64:
		return binary.LittleEndian.AppendUint64(b, v.Uint())
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendPacked(b, v.Index(i))
		}
		return b
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanInterface() {
				b = appendPacked(b, f)
			}
		}
		return b
	}
	panic("site: can't pack a " + v.Type().String()) // a field was added that the manifest can't hold
}

// unpack reads what pack wrote into what v points to. Texts share data's memory.
func unpack(data string, v any) error {
	u := unpacker{data: data}
	u.read(reflect.ValueOf(v).Elem())
	if u.bad || u.data != "" {
		return fmt.Errorf("the manifest is damaged")
	}
	return nil
}

type unpacker struct {
	data string
	bad  bool
}

func (u *unpacker) read(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if u.byte() == 1 {
			v.Set(reflect.New(v.Type().Elem()))
			u.read(v.Elem())
		}
	case reflect.String:
		v.SetString(u.take(u.uvarint()))
	case reflect.Bool:
		v.SetBool(u.byte() == 1)
	case reflect.Int, reflect.Int64:
		x := u.uvarint()
		v.SetInt(int64(x>>1) ^ -int64(x&1))
	case reflect.Uint64:
		if s := u.take(8); len(s) == 8 {
			v.SetUint(binary.LittleEndian.Uint64([]byte(s)))
		}
	case reflect.Slice:
		n := u.uvarint()
		if n > uint64(len(u.data)) || n == 0 {
			u.bad = u.bad || n != 0
			return
		}
		list := reflect.MakeSlice(v.Type(), int(n), int(n))
		for i := range int(n) {
			if u.bad {
				return
			}
			u.read(list.Index(i))
		}
		v.Set(list)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				u.read(f)
			}
		}
	}
}

func (u *unpacker) byte() byte {
	s := u.take(1)
	if s == "" {
		return 0
	}
	return s[0]
}

func (u *unpacker) uvarint() uint64 {
	var x uint64
	for i := range min(len(u.data), binary.MaxVarintLen64) {
		x |= uint64(u.data[i]&0x7f) << (7 * i)
		if u.data[i] < 0x80 {
			u.data = u.data[i+1:]
			return x
		}
	}
	u.bad = true
	return 0
}

func (u *unpacker) take(n uint64) string {
	if n > uint64(len(u.data)) {
		u.bad, u.data = true, ""
		return ""
	}
	s := u.data[:n]
	u.data = u.data[n:]
	return s
}
