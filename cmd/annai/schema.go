package main

type schemaCommand struct{}

func (c *schemaCommand) Run(t *terminal) error { return usagef("schema: not yet") }
