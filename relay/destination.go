package relay

import (
	"context"
	"errors"
	"time"
)

// A Destination hands submissions on. Deliver may be called again for a
// submission that it has already handed on (after a crash, or when the answer
// was lost), always with the same Request.ID: it passes that id to the receiver,
// who can tell repetitions by it. A nil error means that the receiver has taken
// the submission. Otherwise the error's class says what happens next; an error
// without a class is Temporary. When ctx has ended, whatever is returned does not
// count as an attempt.
type Destination interface {
	Deliver(ctx context.Context, s Submission) (Ref, error)
}

// A Checker is a Destination that can say, without handing anything on, whether
// it would work: address, certificate, credentials. doctor asks it.
type Checker interface {
	Check(ctx context.Context) error
}

// Request identifies a delivery to its receiver.
type Request struct {
	ID      string // the delivery's id
	Attempt int    // 1 is the first; from 2 on the receiver may know it already
}

// Ref is the receiver's own name of what it has taken.
type Ref struct {
	ID  string `json:"id,omitempty"` // a service-request number
	URL string `json:"url,omitempty"`
}

// Class is what an attempt came to.
type Class string

const (
	ClassDelivered     Class = "delivered"
	ClassTemporary     Class = "temporary"     // try again on the schedule
	ClassRetryAfter    Class = "retry-after"   // try again when the receiver said; doesn't count as an attempt
	ClassPermanent     Class = "permanent"     // this submission will never be taken: dead at once
	ClassConfiguration Class = "configuration" // no submission will be: pause the destination, tell the operator
	ClassByHand        Class = "by-hand"       // a person goes on
	ClassInterrupted   Class = "interrupted"   // the process ended in the middle; the receiver may have it
)

// A Failure is an error of a destination with its class.
type Failure struct {
	Class  Class
	After  time.Duration // RetryAfter: how long to wait
	Status int           // HTTP or SMTP code, or 0
	Err    error
}

func (f *Failure) Error() string { return string(f.Class) + ": " + f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// Temporary says that the same submission may be taken later.
func Temporary(err error) *Failure { return &Failure{Class: ClassTemporary, Err: err} }

// RetryAfter says that the receiver asked to wait.
func RetryAfter(d time.Duration, err error) *Failure {
	return &Failure{Class: ClassRetryAfter, After: d, Err: err}
}

// Permanent says that this submission will never be taken as it is.
func Permanent(err error) *Failure { return &Failure{Class: ClassPermanent, Err: err} }

// Configuration says that nothing will be taken until an operator acts:
// credentials, address, certificate, an endpoint that is gone.
func Configuration(err error) *Failure { return &Failure{Class: ClassConfiguration, Err: err} }

// ByHand says that the destination has put the submission before a person, whose
// Finish will be the delivery.
func ByHand() *Failure {
	return &Failure{Class: ClassByHand, Err: errors.New("waits for a person")}
}

// WithStatus adds the receiver's code.
func (f *Failure) WithStatus(code int) *Failure {
	f.Status = code
	return f
}

// FailureOf gives an error its class; one without is Temporary, nil is nil.
func FailureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	return Temporary(err)
}
