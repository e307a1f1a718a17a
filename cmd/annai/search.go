package main

type searchCommand struct{}

func (c *searchCommand) Run(t *terminal) error { return usagef("search: not yet") }
