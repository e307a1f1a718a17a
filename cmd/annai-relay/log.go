package main

import (
	"io"
	"log/slog"
	"os"

	"github.com/mattn/go-isatty"
)

// newLog writes JSON lines; on a terminal, where a person tries things out, only
// warnings.
func newLog(conf *config, w io.Writer) *slog.Logger {
	level := slog.LevelInfo
	if isTerminal(w) {
		level = slog.LevelWarn
	}
	if conf.LogLevel != "" {
		level.UnmarshalText([]byte(conf.LogLevel)) // proved by config.check
	}
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
