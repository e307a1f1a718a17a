package main

type newCommand struct{}

func (c *newCommand) Run(t *terminal) error { return usagef("new: not yet") }
