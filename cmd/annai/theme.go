package main

type themeCommand struct{}

func (c *themeCommand) Run(t *terminal) error { return usagef("theme: not yet") }
