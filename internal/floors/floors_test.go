// Package floors holds the map of ARCHITECTURE.md true: who may import whom, and
// where each third-party package has its home. It is a test only.
package floors

import (
	"encoding/json"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// floor of each package of ours; a package may import what lies below it, and
// what is named beside it. Sub-packages stand on the floor of their parent
// unless they are named.
var floors = map[string]int{
	"internal/source":   0,
	"markdown":          1,
	"form":              1,
	"themes":            1,
	"policy":            2,
	"search":            2,
	"search/eval":       5,
	"site":              3,
	"relay":             3,
	"relay/store":       4,
	"relay/destination": 4,
	"cmd/annai":         5,
	"cmd/annai-relay":   5,
}

// beside are imports within one floor.
var beside = map[string][]string{
	"themes": {"form"},
}

// homes are the only packages that may import a third-party module. Tests and
// the tools of the evaluation are free.
var homes = map[string][]string{
	"github.com/yuin/goldmark":               {"markdown"},
	"github.com/adrg/frontmatter":            {"site"},
	"github.com/fsnotify/fsnotify":           {"cmd/annai"},
	"github.com/go-playground/validator/v10": {"form"},
	"github.com/nyaruka/phonenumbers":        {"form"},
	"go.yaml.in/yaml/v3":                     {"internal/source"},
	"github.com/alecthomas/kong":             {"cmd/annai", "cmd/annai-relay"},
	"github.com/alecthomas/chroma/v2":        {"site"},
	"github.com/riverqueue/river":            {"relay/store"},
	"github.com/jackc/pgx/v5":                {"relay/store"},
	"modernc.org/sqlite":                     {"relay/store"},
	"riverqueue.com/riverui":                 {"relay/store"},
	"github.com/wneessen/go-mail":            {"relay/destination"},
	"github.com/prometheus/client_golang":    {"relay", "cmd/annai-relay"},
	"github.com/blevesearch/snowballstem":    {"search"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "annai/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// owner is the package on the map that a path belongs to, or "".
func owner(path string) string {
	path = strings.TrimPrefix(path, "annai/")
	for path != "" {
		if _, ok := floors[path]; ok {
			return path
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return ""
		}
		path = path[:i]
	}
	return ""
}

func TestFloors(t *testing.T) {
	for _, p := range packages(t) {
		from := owner(p.ImportPath)
		if from == "" {
			if !strings.HasPrefix(p.ImportPath, "annai/e2e") && !strings.HasPrefix(p.ImportPath, "annai/internal/") && p.ImportPath != "annai/docs" {
				t.Errorf("%s stands on no floor: add it to the map and to ARCHITECTURE.md", p.ImportPath)
			}
			continue
		}
		for _, path := range p.Imports {
			to := owner(path)
			if !strings.HasPrefix(path, "annai/") || to == from || to == "" {
				continue
			}
			if floors[to] >= floors[from] && !slices.Contains(beside[from], to) {
				t.Errorf("%s (floor %d) imports %s (floor %d)", p.ImportPath, floors[from], path, floors[to])
			}
		}
	}
}

func TestHomes(t *testing.T) {
	for _, p := range packages(t) {
		from := owner(p.ImportPath)
		if from == "" {
			continue
		}
		for _, path := range p.Imports {
			for module, allowed := range homes {
				if (path == module || strings.HasPrefix(path, module+"/")) && !slices.Contains(allowed, from) {
					t.Errorf("%s imports %s, whose home is %s", p.ImportPath, path, strings.Join(allowed, ", "))
				}
			}
		}
	}
}
