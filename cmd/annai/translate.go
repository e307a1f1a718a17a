package main

import (
	"fmt"
	"strconv"
	"strings"

	"annai/site"
)

type translateCommand struct {
	Status translateStatusCommand `cmd:"" help:"Show the state of every article in every language."`
}

type translateStatusCommand struct {
	Content string `arg:"" optional:"" default:"content" help:"Folder with the content."`
	Open    bool   `help:"Show only articles that need work: stale, machine, missing."`
}

// Run prints a row for each article: the original's revision, which belongs into
// source_rev, and a column for each language. It ends with the sums.
func (c *translateStatusCommand) Run(t *terminal) error {
	s, err := loadSite(t, c.Content)
	if err != nil {
		return err
	}
	list := s.Translations()
	width := len("article")
	for _, x := range list {
		width = max(width, len(x.ID))
	}
	locales := s.Config.Locales
	printRow(t, width, "article", "revision", locales)
	counts := map[string]map[string]int{}
	for _, x := range list {
		for l, state := range x.States {
			if counts[state] == nil {
				counts[state] = map[string]int{}
			}
			counts[state][l]++
		}
		if !c.Open || needsWork(x) {
			printTranslation(t, width, locales, x)
		}
	}
	fmt.Fprintln(t.out)
	for _, state := range keys(counts) {
		var row []string
		for _, l := range locales {
			row = append(row, strconv.Itoa(counts[state][l]))
		}
		printRow(t, width, state, "", row)
	}
	return nil
}

func printTranslation(t *terminal, width int, locales []string, x site.Translated) {
	id := x.ID
	if id == "" {
		id = "(home)"
	}
	var states []string
	for _, l := range locales {
		states = append(states, x.States[l])
	}
	printRow(t, width, id, x.Rev, states)
}

func printRow(t *terminal, width int, id, rev string, columns []string) {
	line := fmt.Sprintf("%-*s  %-12s", width, id, rev)
	for _, c := range columns {
		line += fmt.Sprintf("  %-11s", c)
	}
	fmt.Fprintln(t.out, strings.TrimRight(line, " "))
}

func needsWork(x site.Translated) bool {
	for _, state := range x.States {
		switch state {
		case "stale", "machine", "missing", "fallback":
			return true
		}
	}
	return false
}
