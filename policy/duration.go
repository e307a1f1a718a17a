package policy

// A Duration is an ISO 8601 duration of hours and minutes (PT1H, PT30M, P1D) or
// of business days (P1BD, ours). Exactly one of the two is set.
type Duration struct {
	Minutes      int `json:"minutes,omitempty"`
	BusinessDays int `json:"businessDays,omitempty"`
}
