package search

import (
	"slices"
	"testing"
)

// A verb and its particle are one word in every form and spelling, and forms that
// the stemmer doesn't reduce are found by each other.
func TestEnglishForms(t *testing.T) {
	terms := func(text string) []string {
		var all []string
		(&folder{}).tokens(text, 0, false, func(t *token) {
			if t.kind == word {
				all = append(all, string(t.term()))
			}
		})
		return all
	}
	for _, same := range [][]string{
		{"sign in", "Signed in", "signing\nin", "sign-in", "signin"},
		{"ran out", "run out", "running out"},
		{"lost", "lose", "losing", "loss"},
		{"added", "add", "adding", "adds"},
		{"failure", "fail", "failed"},
		{"slower", "slow"},
		{"apps", "application"},
	} {
		for _, text := range same {
			if got := terms(text); !slices.Equal(got, terms(same[0])) || len(got) != 1 {
				t.Errorf("%q is %q, %q is %q", text, got, same[0], terms(same[0]))
			}
		}
	}
	if got := terms("design in detail; sign, in; sign 2in; sign inside"); slices.Contains(got, "signin") {
		t.Errorf("%q", got)
	}
}

// A word that says little doesn't lead away from the article that has the others,
// and is not taken for a misspelt one.
func TestWeakWords(t *testing.T) {
	x, err := Build("en", []Document{
		{URL: "/cold/", Path: "cold.md", Title: "Throughout", Sections: []Section{{Text: "Cold data."}}},
		{URL: "/disk/", Path: "disk.md", Title: "Mount a disk", Sections: []Section{{Text: "Disks are mounted."}}},
		{URL: "/whose/", Path: "whose.md", Title: "Owners", Sections: []Section{{Text: "Whose data it is."}}},
		{URL: "/other/", Path: "other.md", Title: "Billing", Sections: []Section{{Text: "Disk prices."}}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"throughout my disk", "whole disk"} {
		found, err := x.Search(Query{Text: query})
		if err != nil || len(found.Results) == 0 || found.Results[0].URL != "/disk/" || len(found.Corrections) > 0 {
			t.Errorf("%q: %+v, %v", query, found, err)
		}
	}
}

// An article that has a word only as a synonym doesn't make it a common one.
func TestSynonymsKeepWordsRare(t *testing.T) {
	var documents []Document
	for _, name := range []string{"a", "b", "c", "d"} {
		documents = append(documents, Document{URL: "/" + name + "/", Path: name, Title: "Virtual machine " + name})
	}
	documents = append(documents, Document{URL: "/vm/", Path: "vm", Title: "The vm"})
	x, err := Build("en", documents, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := x.list("vm"); err != nil || l.count != 1 || len(l.postings) != 5 {
		t.Errorf("%d articles, %d postings, %v", l.count, len(l.postings), err)
	}
}
