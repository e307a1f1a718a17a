package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"annai/relay"
	"annai/relay/desk"
	"annai/relay/store"
)

type exportCmd struct {
	selection
	Format string `enum:"csv,json" default:"csv" help:"csv or json (lines)."`
}

func (e exportCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	list, err := e.find(ctx, sv)
	if err != nil {
		return err
	}
	if e.Format == "json" {
		return writeLines(t.out, list)
	}
	return desk.WriteCSV(t.out, list, sv.conf.routes())
}

type backupCmd struct {
	File string `arg:"" help:"A file that isn't there yet."`
}

func (b backupCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	if err := sv.store.Backup(ctx, b.File); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "backed up to %s; the master keys are not in it, keep them as well\n", b.File)
	return nil
}

type restoreCmd struct {
	File string `arg:"" type:"existingfile" help:"The backup."`
}

func (r restoreCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	keys, _, err := conf.secretOrNew(conf.Keys, "keys", func() ([]byte, error) {
		return nil, errors.New("the master keys of the backup are needed: name them with --keys")
	})
	if err != nil {
		return err
	}
	if err := store.Restore(ctx, r.File, store.Config{URL: conf.Store, Keys: keys, Log: newLog(conf, t.err)}); err != nil {
		return err
	}
	fmt.Fprintln(t.out, "restored and verified")
	return nil
}

type verifyCmd struct{}

func (verifyCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	sv, err := c.openForOperator(ctx, t)
	if err != nil {
		return err
	}
	defer sv.store.Close()
	r, err := sv.store.Verify(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%d submissions (%d forgotten), %d deliveries, %d attachments\n", r.Submissions, r.Forgotten, r.Deliveries, r.Attachments)
	for _, p := range r.Problems {
		fmt.Fprintln(t.out, p)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("%d problems", len(r.Problems))
	}
	return nil
}

type checkCmd struct{}

// Run of config check opens nothing that a running relay uses.
func (checkCmd) Run(ctx context.Context, c *cli, t *terminal) error {
	conf, err := c.load()
	if err != nil {
		return err
	}
	manifest, err := readManifest(conf.manifestPath())
	if err != nil {
		return err
	}
	if _, err := conf.openDestinations(); err != nil {
		return err
	}
	if conf.Receipts != nil {
		if _, err := conf.Receipts.server(); err != nil {
			return fmt.Errorf("receipt_mail: %w", err)
		}
	}
	if err := (&relay.Server{Store: relay.Store(nil)}).Prove(manifest, conf.routes()); err != nil {
		return err
	}
	if conf.Canary.Form != "" {
		if _, _, err := conf.canaryWay(manifest, conf.Canary.Form); err != nil {
			return err
		}
	}
	fmt.Fprintf(t.out, "good: %d forms, %d tables of rules, destinations %s\n", len(manifest.Forms), len(manifest.Tables), strings.Join(conf.destinationNames(), ", "))
	return nil
}
