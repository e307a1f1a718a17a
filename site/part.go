package site

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// A part is a file beside the manifest with what builds learned of articles. It
// never changes. A build adds one with what it learned anew; when there are many,
// or half of what they hold is outdated, it puts all that is still true into one.
type partRecord struct {
	Name string
	Size int64
	Hash uint64 // also tells a part that a crash left unwritten
}

const (
	maxParts   = 32
	partPrefix = "part-"
)

// A parcel is a packed value that lies in a part.
type parcel struct {
	Part     int // counted from 1; 0: in none yet, or there is no value
	At, Size int

	text string // "": there is no value, or it has not been read
}

// known are the metadata and facts, which are read at once.
func (b *cacheBody) known() []*parcel {
	list := make([]*parcel, 0, len(b.Inputs)+len(b.Outputs))
	for i := range b.Inputs {
		list = append(list, &b.Inputs[i].Meta)
	}
	for i := range b.Outputs {
		list = append(list, &b.Outputs[i].Facts)
	}
	return list
}

// links are most of what is kept, and read as they are asked for.
func (b *cacheBody) links() []*parcel {
	list := make([]*parcel, len(b.Outputs))
	for i := range b.Outputs {
		list[i] = &b.Outputs[i].Links
	}
	return list
}

var errDamaged = errors.New("the manifest is damaged")

// readParts makes sure of all parts, and fills in metadata and facts.
func (c *Cache) readParts() error {
	texts := make([]string, len(c.body.Known))
	for i, part := range c.body.Known {
		file, err := os.Open(filepath.Join(c.dir, part.Name))
		if err != nil {
			return err
		}
		texts[i] = readText(file, math.MaxInt64)
		file.Close()
		if int64(len(texts[i])) != part.Size || xxhash.Sum64String(texts[i]) != part.Hash {
			return errDamaged
		}
	}
	for _, p := range c.body.known() {
		if !p.within(c.body.Known) {
			return errDamaged
		}
		if p.Part != 0 {
			p.text = texts[p.Part-1][p.At:][:p.Size]
		}
	}
	for _, part := range c.body.Links {
		file, err := os.Open(filepath.Join(c.dir, part.Name))
		if err != nil {
			return err
		}
		c.linkFiles = append(c.linkFiles, file)
		if hashReader(file) != part.Hash {
			return errDamaged
		}
	}
	for _, p := range c.body.links() {
		if !p.within(c.body.Links) {
			return errDamaged
		}
	}
	return nil
}

func (p *parcel) within(parts []partRecord) bool {
	return p.Part == 0 || p.Part > 0 && p.Part <= len(parts) && p.At >= 0 && p.Size >= 0 &&
		int64(p.At) <= parts[p.Part-1].Size && int64(p.Size) <= parts[p.Part-1].Size-int64(p.At)
}

// text is the value of a parcel; "" when it can't be read.
func (c *Cache) text(p parcel) string {
	if p.text != "" || p.Part == 0 {
		return p.text
	}
	text := make([]byte, p.Size)
	if _, err := c.linkFiles[p.Part-1].ReadAt(text, int64(p.At)); err != nil {
		return ""
	}
	return string(text)
}

// saveParts writes the values that lie in no part yet.
func (c *Cache) saveParts() (err error) {
	if c.body.Known, err = c.savePart(c.body.Known, c.body.known()); err != nil {
		return err
	}
	c.body.Links, err = c.savePart(c.body.Links, c.body.links())
	return err
}

func (c *Cache) savePart(parts []partRecord, list []*parcel) ([]partRecord, error) {
	var used, all int64
	for _, part := range parts {
		all += part.Size
	}
	var fresh, kept []*parcel
	for _, p := range list {
		switch {
		case p.Part != 0:
			kept = append(kept, p)
			used += int64(p.Size)
		case p.text != "":
			fresh = append(fresh, p)
		}
	}
	if len(fresh) > 0 && len(parts) >= maxParts || all > 2*used {
		parts, fresh = nil, append(kept, fresh...)
	}
	if len(fresh) == 0 {
		return parts, nil
	}
	part, err := c.writePart(len(parts)+1, fresh)
	return append(parts[:len(parts):len(parts)], part), err
}

func (c *Cache) writePart(number int, list []*parcel) (part partRecord, err error) {
	part.Name = fmt.Sprintf("%s%x", partPrefix, time.Now().UnixNano())
	file, err := os.OpenFile(filepath.Join(c.dir, part.Name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return part, err
	}
	defer file.Close()
	hash := xxhash.New()
	w := bufio.NewWriterSize(io.MultiWriter(file, hash), 256<<10)
	for _, p := range list {
		text := c.text(*p)
		if text == "" {
			return part, errDamaged
		}
		w.WriteString(text)
		p.Part, p.At, p.Size = number, int(part.Size), len(text)
		part.Size += int64(len(text))
	}
	if err := w.Flush(); err != nil {
		return part, err
	}
	part.Hash = hash.Sum64()
	return part, file.Close()
}

// removeParts removes the parts that the manifest doesn't name any more.
func (c *Cache) removeParts() {
	for _, file := range c.linkFiles {
		file.Close()
	}
	named := map[string]bool{}
	for _, list := range [][]partRecord{c.body.Known, c.body.Links} {
		for _, part := range list {
			named[part.Name] = true
		}
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return // they are only in the way
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), partPrefix) && !named[e.Name()] {
			os.Remove(filepath.Join(c.dir, e.Name()))
		}
	}
}
