package site

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
)

// A blockCache holds highlighted code by the hash of language and text. It
// outlives builds, also those of other folders' articles that quote the same.
type blockCache struct {
	name string
	once sync.Once // reads the file when the first block is asked for

	mu     sync.RWMutex
	blocks map[uint64]string
	added  bool
}

func openBlocks(name string) *blockCache {
	return &blockCache{name: name, blocks: map[uint64]string{}}
}

// read reads the file; one that is damaged is forgotten.
func (c *blockCache) read() {
	data, err := os.ReadFile(c.name)
	if err != nil {
		return
	}
	text := string(data)
	for len(text) >= 12 {
		key := binary.LittleEndian.Uint64([]byte(text[:8]))
		n := int(binary.LittleEndian.Uint32([]byte(text[8:12])))
		if n > len(text)-12 {
			break
		}
		c.blocks[key] = text[12 : 12+n]
		text = text[12+n:]
	}
}

func (c *blockCache) get(key uint64) (string, bool) {
	if c == nil {
		return "", false
	}
	c.once.Do(c.read)
	c.mu.RLock()
	defer c.mu.RUnlock()
	html, ok := c.blocks[key]
	return html, ok
}

func (c *blockCache) put(key uint64, html string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocks[key], c.added = html, true
}

// maxBlocks bounds the file: beyond it, it begins anew.
const maxBlocks = 200_000

func (c *blockCache) save() error {
	if !c.added {
		return nil
	}
	var data []byte
	if len(c.blocks) <= maxBlocks {
		for key, html := range c.blocks {
			data = binary.LittleEndian.AppendUint64(data, key)
			data = binary.LittleEndian.AppendUint32(data, uint32(len(html)))
			data = append(data, html...)
		}
	}
	if err := os.MkdirAll(filepath.Dir(c.name), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(c.name+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(c.name+".new", c.name)
}
