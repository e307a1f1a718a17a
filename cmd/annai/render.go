package main

import (
	"encoding/json"
	"fmt"
	"os"

	"annai/markdown/conformance"
)

// RenderCmd renders the articles of a file of cases and writes one line of JSON
// for each: its name, the HTML and the problems.
type RenderCmd struct {
	Cases string `required:"" type:"existingfile" placeholder:"FILE" help:"File of cases, one JSON object per line."`
	Check bool   `help:"Compare with the expected HTML and say what differs instead."`
}

// Run carries the command out.
func (c *RenderCmd) Run(t *terminal) error {
	f, err := os.Open(c.Cases)
	if err != nil {
		return err
	}
	defer f.Close()
	cases, err := conformance.Read(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", c.Cases, err)
	}
	if c.Check {
		report := conformance.Check(cases)
		fmt.Fprint(t.out, report)
		if report.Failed() > 0 {
			return errFound
		}
		return nil
	}
	out := json.NewEncoder(t.out)
	out.SetEscapeHTML(false)
	for i := range cases {
		if err := out.Encode(cases[i].Render()); err != nil {
			return err
		}
	}
	return nil
}
