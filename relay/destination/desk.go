package destination

import (
	"context"

	"annai/relay"
)

// Desk puts submissions before a person at the relay's own pages. There is
// nothing to send: it is in the store already. What that person records (the
// service-request number) is the delivery.
type Desk struct{}

// Deliver implements relay.Destination.
func (Desk) Deliver(context.Context, relay.Submission) (relay.Ref, error) {
	return relay.Ref{}, relay.ByHand()
}

// Check implements relay.Checker.
func (Desk) Check(context.Context) error { return nil }
