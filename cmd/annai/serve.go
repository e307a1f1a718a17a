package main

type serveCommand struct {
	contentFlags
	Listen string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address to listen on."`
}

func (c *serveCommand) Run(t *terminal) error { return usagef("serve: not yet") }
