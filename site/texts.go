package site

import (
	"bufio"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
)

// A textCache holds what search made of each page's text, by the page's file, so
// that the index can be built again without reading pages that didn't change. It
// is larger than everything else that a build leaves, so it goes to its file as
// it comes, and is read only when an index must be built.
type textCache struct {
	name string
	once sync.Once // reads the file when the first page is asked for

	mu    sync.Mutex
	known map[string]string
	fresh map[string]bool
	file  *os.File // of the next build, from the first page on
	w     *bufio.Writer
	err   error
}

func openTexts(name string) *textCache {
	return &textCache{name: name, fresh: map[string]bool{}}
}

// read reads the file; what is damaged is forgotten.
func (c *textCache) read() {
	c.known = map[string]string{}
	data, err := os.ReadFile(c.name)
	if err != nil {
		return
	}
	u := unpacker{data: string(data)}
	for u.data != "" && !u.bad {
		path := u.take(u.uvarint())
		text := u.take(u.uvarint())
		if !u.bad {
			c.known[path] = text
		}
	}
}

func (c *textCache) get(path string) []byte {
	c.once.Do(c.read)
	if text, ok := c.known[path]; ok {
		return []byte(text)
	}
	return nil
}

// put writes a page's entry. An error is told by save.
func (c *textCache) put(path string, text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[path] = true
	c.append(path, text)
}

func (c *textCache) append(path string, text []byte) {
	if c.file == nil && c.err == nil {
		if c.err = os.MkdirAll(filepath.Dir(c.name), 0o755); c.err == nil {
			c.file, c.err = os.Create(c.name + ".new")
			c.w = bufio.NewWriterSize(c.file, 1<<16)
		}
	}
	if c.err != nil {
		return
	}
	head := binary.AppendUvarint(nil, uint64(len(path)))
	head = binary.AppendUvarint(append(head, path...), uint64(len(text)))
	c.w.Write(head)
	c.w.Write(text) // the first error stays until Flush
}

// save completes the file by the entries of the pages that didn't change.
func (c *textCache) save(pages []*Page) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.fresh) == 0 {
		return nil
	}
	c.once.Do(c.read)
	for _, p := range pages {
		if text, ok := c.known[p.Out]; ok && !c.fresh[p.Out] {
			c.append(p.Out, []byte(text))
		}
	}
	if c.err != nil {
		return c.err
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	if err := c.file.Close(); err != nil {
		return err
	}
	return os.Rename(c.name+".new", c.name)
}
