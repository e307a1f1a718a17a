package policy

import "annai/internal/source"

// A Clock is when a channel or a promise runs: always, or in weekly ranges.
type Clock struct {
	Always bool    `json:"always,omitempty"`
	Ranges []Range `json:"ranges,omitempty"`
}

// A Range is the same hours on some days of the week, in a time zone. To may be
// "24:00"; From after To runs over midnight into the next day.
type Range struct {
	source.Position `json:"-"`

	Days string `yaml:"days,required" json:"days"` // "mon-fri", "sat,sun", "mon-sun"
	From string `yaml:"from,required" json:"from"` // "09:00"
	To   string `yaml:"to,required" json:"to"`
	TZ   string `yaml:"tz,required" json:"tz"` // IANA name
}
