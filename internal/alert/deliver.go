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
	Waiting         int               // alerts that still wait
	Failed          map[string]string // receivers that took nothing, as Shown has them, and why
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
	r.Delivered, err = b.deliver(ctx, post)
	return r, errors.Join(matchErr, err)
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
}

func (f *failure) Error() string { return f.err.Error() }

// deliver brings each receiver what waits for it. A dead one stops no other.
func (b *Book) deliver(ctx context.Context, post Post) (Delivered, error) {
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
		group.Go(func() error {
			parcels, alerts, fail, err := b.deliverTo(ctx, post, r)
			mu.Lock()
			defer mu.Unlock()
			out.Parcels += parcels
			out.Alerts += alerts
			if fail != nil {
				out.Failed[Shown(r.address)] = fail.Error()
			}
			return err
		})
	}
	err = group.Wait()
	if e := b.db.QueryRowContext(ctx, `SELECT count(*) FROM waiting`).Scan(&out.Waiting); e != nil {
		err = errors.Join(err, e)
	}
	return out, err
}

// addressee is a receiver that something waits for.
type addressee struct {
	id      int64
	address string
	due     time.Time
}

func (b *Book) due(ctx context.Context) ([]addressee, error) {
	var all []addressee
	err := b.rows(ctx, `SELECT id, address, due FROM receiver WHERE gone = '' AND EXISTS (SELECT 1 FROM parcel WHERE receiver = receiver.id) ORDER BY id`,
		func(scan func(...any) error) error {
			var a addressee
			var due int64
			err := scan(&a.id, &a.address, &due)
			a.due = moment(due)
			all = append(all, a)
			return err
		})
	return all, err
}

// deliverTo brings one receiver its parcels in their order, until one fails.
func (b *Book) deliverTo(ctx context.Context, post Post, to addressee) (parcels, alerts int, fail *failure, err error) {
	if now := b.now(); to.due.After(now) {
		return 0, 0, &failure{err: fmt.Errorf("it asked to be left alone until %s", to.due.Local().Format(time.DateTime))}, nil
	}
	all, err := b.parcels(ctx, to.id)
	if err != nil {
		return 0, 0, nil, err
	}
	for _, p := range all {
		if err := b.fill(ctx, p); err != nil {
			return parcels, alerts, nil, err
		}
		if len(p.alerts) > 0 {
			fail = b.try(ctx, post, to.address, p)
		}
		if ctx.Err() != nil {
			return parcels, alerts, nil, ctx.Err()
		}
		if fail != nil {
			b.log.Debug("alerts could not be delivered", "receiver", Shown(to.address), "alerts", len(p.alerts), "err", fail.err)
			return parcels, alerts, fail, b.failed(ctx, to.id, fail)
		}
		if err := b.taken(ctx, to.id, p); err != nil {
			return parcels, alerts, nil, err
		}
		parcels, alerts = parcels+1, alerts+len(p.alerts)
	}
	return parcels, alerts, nil, nil
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
