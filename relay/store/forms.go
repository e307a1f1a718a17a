package store

import (
	"context"
	"encoding/json"
	"fmt"

	"annai/form"
)

// KeepForms implements relay.Store.
func (s *Store) KeepForms(ctx context.Context, forms []*form.Definition) error {
	texts := make([]string, len(forms))
	for i, d := range forms {
		text, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("form %s: %w", d.Stamp(), err)
		}
		texts[i] = string(text)
	}
	return s.change(ctx, func(ctx context.Context, tx transaction) error {
		for i, d := range forms {
			if err := keepForm(ctx, tx, d, texts[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepForm also removes what is older than the version before.
func keepForm(ctx context.Context, tx transaction, d *form.Definition, text string) error {
	_, err := tx.exec(ctx, `INSERT INTO form (id, version, definition) VALUES (?1, ?2, ?3)
		ON CONFLICT (id, version) DO UPDATE SET definition = excluded.definition`, d.ID, d.Version, text)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `DELETE FROM form WHERE id = ?1 AND version <
		(SELECT max(version) FROM form WHERE id = ?1 AND version < ?2)`, d.ID, d.Version)
	return err
}

// Forms implements relay.Store.
func (s *Store) Forms(ctx context.Context) (list []*form.Definition, err error) {
	err = s.db.query(ctx, func(scan func(...any) error) error {
		var id, text string
		var version int
		if err := scan(&id, &version, &text); err != nil {
			return err
		}
		d := new(form.Definition)
		if err := json.Unmarshal([]byte(text), d); err != nil {
			// Another release wrote it: its pages are too old then.
			s.log.Warn("a form of earlier can't be read", "form", id, "version", version, "err", err)
			return nil
		}
		list = append(list, d)
		return nil
	}, "SELECT id, version, definition FROM form ORDER BY id, version")
	return list, err
}
