package alert

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Post is how things are delivered. The zero value delivers to webhooks and
// commands.
type Post struct {
	Mail *MailServer // nil sends no mail
	// Secret returns what signs deliveries to the webhook on a host; nil or empty
	// signs nothing.
	Secret    func(host string) string
	Transport http.RoundTripper // nil is the network
	// Timeout bounds one try of one delivery; 0 means half a minute.
	Timeout time.Duration
	// Sleep waits between tries; nil does so by the clock.
	Sleep func(context.Context, time.Duration) error
}

// Delivered says what became of what waited.
type Delivered struct {
	Parcels, Alerts int               // that were taken
	Refused         int               // alerts that were not, and are set aside: see Book.Refusals
	Waiting         int               // alerts that still wait
	Failed          map[string]string // receivers that did not take all, as Shown has them, and why
}

// Run is the outcome of Book.Run.
type Run struct {
	Matched   Matched
	Delivered Delivered
}

// Run asks the watches of what is new and delivers what waits. A failure of one
// watch or one receiver is no error. Two runs at once are ErrBusy.
func (b *Book) Run(ctx context.Context, from From, post Post) (Run, error) {
	var r Run
	release, err := b.lock()
	if err != nil {
		return r, err
	}
	defer release()
	var matchErr error
	if r.Matched, matchErr = b.match(ctx, from); ctx.Err() != nil {
		return r, ctx.Err()
	}
	// What was found before is not kept waiting because nothing can be found now.
	r.Delivered, err = b.deliver(ctx, post, everyone)
	return r, errors.Join(matchErr, err)
}

// Retry delivers what waits to those receivers whose turn it is: each time that
// one fails it is left alone for longer, from five minutes to six hours. It asks
// no watch and needs no archive, so it can be called while nothing is crawled,
// every few minutes. Run asks everyone, unless they said for how long not to.
func (b *Book) Retry(ctx context.Context, post Post) (Delivered, error) {
	release, err := b.lock()
	if err != nil {
		return Delivered{}, err
	}
	defer release()
	return b.deliver(ctx, post, b.rested)
}

// The distance between runs' tries, where nobody says when to come back.
const (
	firstRest = 5 * time.Minute
	longRest  = 6 * time.Hour
)

func everyone(addressee) bool { return true }

// rested reports whether a receiver was left alone for long enough.
func (b *Book) rested(a addressee) bool {
	rest := longRest
	if a.failures < 8 {
		rest = min(rest, firstRest<<max(a.failures-1, 0))
	}
	now := b.now()
	return !a.due.After(now) && (a.failures == 0 || a.tried.After(now) || !a.tried.Add(rest).After(now))
}

// The tries of a delivery within one run.
const (
	tries      = 3
	firstPause = time.Second
	longPause  = 30 * time.Second // for more, the next run has to do
	atOnce     = 4                // receivers
)

// failure is a delivery that did not succeed.
type failure struct {
	err   error
	again bool          // another try soon may help
	after time.Duration // it asked to be left alone for so long
	gone  bool          // it wants nothing more, ever

	refused bool // it will not take this parcel, ever
}

func (f *failure) Error() string { return f.err.Error() }

// deliver brings the receivers that are wanted what waits for them. A dead one
// stops no other.
func (b *Book) deliver(ctx context.Context, post Post, wanted func(addressee) bool) (Delivered, error) {
	out := Delivered{Failed: map[string]string{}}
	if err := b.pack(ctx); err != nil {
		return out, err
	}
	todo, err := b.due(ctx)
	if err != nil {
		return out, err
	}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, r := range todo {
		if !wanted(r) {
			continue
		}
		group.Go(func() error {
			one, fail, err := b.deliverTo(ctx, post, r)
			mu.Lock()
			defer mu.Unlock()
			out.Parcels, out.Alerts, out.Refused = out.Parcels+one.Parcels, out.Alerts+one.Alerts, out.Refused+one.Refused
			if fail != nil {
				out.Failed[Shown(r.address)] = fail.Error()
			}
			return err
		})
	}
	err = group.Wait()
	const waiting = `SELECT count(*) FROM waiting w LEFT JOIN parcel p ON p.id = w.parcel WHERE coalesce(p.refused, '') = ''`
	if e := b.db.QueryRowContext(ctx, waiting).Scan(&out.Waiting); e != nil {
		err = errors.Join(err, e)
	}
	return out, err
}

// addressee is a receiver that something waits for.
type addressee struct {
	id       int64
	address  string
	due      time.Time // it asked to be left alone until then
	tried    time.Time
	failures int // in a row
}

func (b *Book) due(ctx context.Context) ([]addressee, error) {
	var all []addressee
	err := b.rows(ctx, `SELECT id, address, due, tried, failures FROM receiver
		WHERE gone = '' AND EXISTS (SELECT 1 FROM parcel WHERE receiver = receiver.id AND refused = '') ORDER BY id`,
		func(scan func(...any) error) error {
			var a addressee
			var due, tried int64
			err := scan(&a.id, &a.address, &due, &tried, &a.failures)
			a.due, a.tried = moment(due), moment(tried)
			all = append(all, a)
			return err
		})
	return all, err
}

// maxRefusals bounds how many parcels one receiver may refuse one after the
// other in one run.
const maxRefusals = 3

// deliverTo brings one receiver its parcels in their order, until one fails. Those
// that it refuses are set aside.
func (b *Book) deliverTo(ctx context.Context, post Post, to addressee) (out Delivered, fail *failure, err error) {
	if to.due.After(b.now()) {
		return out, &failure{err: fmt.Errorf("it asked to be left alone until %s", to.due.Local().Format(time.DateTime))}, nil
	}
	all, err := b.parcels(ctx, to.id)
	if err != nil {
		return out, nil, err
	}
	refusals := 0
	for _, p := range all {
		if err := b.fill(ctx, p); err != nil {
			return out, nil, err
		}
		var now *failure
		if len(p.alerts) > 0 {
			now = b.try(ctx, post, to.address, p)
		}
		if ctx.Err() != nil {
			return out, nil, ctx.Err()
		}
		if now != nil {
			b.log.Debug("alerts could not be delivered", "receiver", Shown(to.address), "alerts", len(p.alerts), "refused", now.refused, "err", now.err)
		}
		switch {
		case now == nil:
			err = b.taken(ctx, to, p)
			out.Parcels, out.Alerts, refusals = out.Parcels+1, out.Alerts+len(p.alerts), 0
		case !now.refused:
			return out, now, b.failed(ctx, to, now)
		default:
			err, fail = b.refused(ctx, to, p, now), now
			out.Refused, refusals = out.Refused+len(p.alerts), refusals+1
		}
		if err != nil || refusals == maxRefusals {
			return out, fail, err
		}
	}
	return out, fail, nil
}

// try sends one parcel, several times if need be.
func (b *Book) try(ctx context.Context, post Post, address string, p *parcel) *failure {
	pause := firstPause
	for n := 1; ; n++ {
		fail := b.send(ctx, post, address, p)
		if fail == nil || fail.gone || !fail.again || n == tries || fail.after > longPause {
			return fail
		}
		if err := post.sleep(ctx, max(pause, fail.after)); err != nil {
			return &failure{err: err}
		}
		pause *= 4
	}
}

// send makes one try, in bounded time.
func (b *Book) send(ctx context.Context, post Post, address string, p *parcel) *failure {
	timeout := post.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	k, target := way(address)
	var fail *failure
	switch k {
	case kindMail:
		fail = sendMail(bounded, post.Mail, target, p)
	case kindCommand:
		fail = runCommand(bounded, target, p)
	default:
		fail = postWebhook(bounded, post, k, target, p)
	}
	if fail != nil && bounded.Err() != nil && ctx.Err() == nil {
		return &failure{err: fmt.Errorf("no answer within %s", timeout)}
	}
	return fail
}

func (p *Post) sleep(ctx context.Context, long time.Duration) error {
	if p.Sleep != nil {
		return p.Sleep(ctx, long)
	}
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// SendTest sends alerts to the receivers of a watch, marked as a test, and keeps
// nothing of it.
func (b *Book) SendTest(ctx context.Context, post Post, w Watch, alerts []Alert) Delivered {
	out := Delivered{Failed: map[string]string{}}
	now := b.now()
	if len(alerts) > parcelAlerts {
		alerts = alerts[len(alerts)-parcelAlerts:]
	}
	for _, address := range w.To {
		p := &parcel{key: digest("bx:test", address, fmt.Sprint(now.UnixNano())), at: now, alerts: alerts, test: true}
		if fail := b.send(ctx, post, address, p); fail != nil {
			out.Failed[Shown(address)] = fail.Error()
			continue
		}
		out.Parcels, out.Alerts = out.Parcels+1, out.Alerts+len(alerts)
	}
	return out
}
