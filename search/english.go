package search

import "strings"

// What the stemmer doesn't know of English. The same tables are in search.js.

// irregular forms and derived nouns are taken as the word that comes first in their
// line; so are usual short forms.
const irregular = `lose lost loss losses
send sent
buy bought
pay paid payment payments
forget forgot forgotten
choose chose chosen choice choices
give gave given
break broke broken
steal stole stolen
write wrote written
overwrite overwrote overwritten
hide hid hidden
keep kept
find found
build built
rebuild rebuilt
freeze froze frozen
spend spent
take took taken
make made
see saw seen
bring brought
hold held
begin began begun
grow grew grown growth
know knew known
fall fell fallen
run ran
sell sold
withdraw withdrew withdrawn
undo undid undone
go goes went gone
tell told
add added adding
slow slower slowest slowly
fast faster fastest
cheap cheaper cheapest
large larger largest
small smaller smallest
big bigger biggest
high higher highest
low lower lowest
long longer longest
short shorter shortest
new newer newest newly
old older oldest
easy easier easiest easily
safe safer safest
fail failure failures
recover recovery recoveries
deliver delivery deliveries
discover discovery
subscribe subscription subscriptions
permit permission permissions
suspend suspension
convert conversion conversions
expand expansion
deny denial
automate automatic automatically
synchronize sync syncs synced syncing
application app apps
administrator admin admins
configuration config configs
repository repo repos`

// phrasal verbs of one meaning are one word however they are written: sign in,
// signed in, sign-in. So are the words that ask for an amount.
const phrasal = `signin signout signup signoff signon login logout logon logoff setup backup
turnon turnoff switchon switchoff shutdown shutoff rollback rollout rollover rollup cleanup
scaleup scaledown scaleout scalein lookup timeout runout lockout optin optout checkin checkout
poweron poweroff startup failover failback fallback dropdown popup plugin addon breakdown
drilldown dialin dialout callback printout pushback pickup handoff handover kickoff payback
takeover fillin phaseout teardown spinup warmup slowdown speedup freeup catchup cutover standby
closedown opendown getback giveback takeback bringback bringdown godown moveover switchover
carryover howmany howmuch howlong`

var (
	stemOf       = map[string]string{} // of irregular forms
	phrasalVerbs = map[string]bool{}
	particles    = map[string]bool{}
)

func init() {
	f := &folder{}
	for line := range strings.Lines(irregular) {
		forms := strings.Fields(line)
		base := f.stem([]byte(forms[0]))
		for _, form := range forms[1:] {
			stemOf[form] = base
		}
	}
	for _, v := range strings.Fields(phrasal) {
		phrasalVerbs[v] = true
	}
	for _, p := range strings.Fields("in out on off up down back over by many much long") {
		particles[p] = true
	}
}

// verb emits the word at from and the particle that follows it as one word, and the
// two as parts of it. It returns where the particle ends, 0 when the two
// are no word together.
func (f *folder) verb(from, to, position int, emit func(*token)) int {
	if to+2 >= len(f.signs) || f.signs[to] != ' ' && f.signs[to] != '\n' || !strings.ContainsRune("bdilmou", f.signs[to+1]) {
		return 0
	}
	end := f.wordEnd(to + 1)
	if n := end - to - 1; n < 2 || n > 4 || to-from < 2 || to-from > 12 {
		return 0
	}
	particle := string(f.signs[to+1 : end])
	if !particles[particle] {
		return 0
	}
	alone := f.plain[:0]
	for _, r := range f.signs[from:to] {
		alone = append(alone, byte(min(r, 0x80)))
	}
	f.plain = alone
	if !ascii(alone) {
		return 0
	}
	whole := f.stem(alone) + particle
	if !phrasalVerbs[whole] {
		return 0
	}
	f.token = token{fold: f, kind: word, position: position, at: from, end: end, first: letter, second: letter, surface: []byte(whole)}
	emit(&f.token)
	f.token = token{fold: f, kind: part, verb: true, position: position, at: from, end: to, first: letter, second: letter, surface: alone}
	emit(&f.token)
	f.token = token{fold: f, kind: part, verb: true, position: position, at: to + 1, end: end, first: letter, second: letter, surface: []byte(particle)}
	emit(&f.token)
	return end
}
