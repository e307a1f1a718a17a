package store

import (
	"reflect"
	"testing"

	"annai/form"
)

func TestForms(t *testing.T) {
	each(t, func(f *fixture) {
		keep := func(id string, version int, purpose string) {
			f.must(f.KeepForms(f.Context(), []*form.Definition{{ID: id, Version: version, Subject: purpose}}))
		}
		for version := 1; version <= 3; version++ {
			keep("support", version, "")
		}
		keep("ack", 1, "first")
		keep("ack", 4, "first")
		keep("ack", 4, "changed")
		keep("support", 2, "") // the site went back by one
		f.reopen()
		got, err := f.Forms(f.Context())
		f.must(err)
		want := []*form.Definition{
			{ID: "ack", Version: 1, Subject: "first"}, {ID: "ack", Version: 4, Subject: "changed"},
			{ID: "support", Version: 2}, {ID: "support", Version: 3},
		}
		if !reflect.DeepEqual(got, want) {
			f.Errorf("kept are")
			for _, d := range got {
				f.Logf("%+v", d)
			}
		}
	})
}
