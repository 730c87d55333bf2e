package alert_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

func (d *desk) refusals() (all []alert.Refusal) {
	d.t.Helper()
	err := d.with(func(b *alert.Book, _ alert.From) (err error) {
		all, err = b.Refusals(d.t.Context())
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func (d *desk) readmit() {
	d.t.Helper()
	if err := d.with(func(b *alert.Book, _ alert.From) error { return b.Readmit(d.t.Context()) }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) figures() (f alert.Figures) {
	d.t.Helper()
	err := d.with(func(b *alert.Book, _ alert.From) (err error) {
		f, err = b.Figures(d.t.Context())
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

// TestARefusedParcelHoldsUpNoOther: it is set aside and named, what comes after it
// arrives, and it can be delivered again when its receiver was mended.
func TestARefusedParcelHoldsUpNoOther(t *testing.T) {
	for _, code := range []int{400, 401, 403, 404, 413, 422} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			d, hook := newDesk(t), newReceiver(t)
			hook.say = status(nil, code, code)
			d.add("w", "halden", alert.How{}, hook.url)
			d.put(searchtest.Mail{Subject: "halden one"})
			r := d.run()
			if r.Delivered.Refused != 1 || r.Delivered.Waiting != 0 || len(r.Delivered.Failed) != 1 {
				t.Errorf("the run tells %+v", r.Delivered)
			}
			d.readmit()
			d.put(searchtest.Mail{Subject: "halden two"})
			if r := d.run(); r.Delivered.Refused != 1 || r.Delivered.Alerts != 1 {
				t.Errorf("the second run tells %+v", r.Delivered)
			}
			hook.wants(t, "later", "w: halden two")
			all := d.refusals()
			if len(all) != 1 || all[0].Alerts != 1 || all[0].Receiver != hook.url || !strings.Contains(all[0].Reason, fmt.Sprint(code)) {
				t.Fatalf("set aside: %+v", all)
			}
			if got := d.receiver(hook.url); got.Refused != 1 || got.Waiting != 0 || got.Trouble != "" {
				t.Errorf("the receiver: %+v", got)
			}
			d.run()
			hook.wants(t, "by itself nothing comes again")
			d.readmit()
			d.run()
			if len(hook.got) != 1 || hook.got[0].ID != all[0].ID {
				t.Errorf("again: %+v, want the delivery %s", hook.got, all[0].ID)
			}
			if left := d.refusals(); len(left) != 0 {
				t.Errorf("still set aside: %+v", left)
			}
		})
	}
}

// TestOneBadParcelOfARun holds that the others of the same run are delivered.
func TestOneBadParcelOfARun(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.add("w", "halden", alert.How{}, hook.url)
	var mails []searchtest.Mail
	for i := range 250 {
		mails = append(mails, searchtest.Mail{Subject: fmt.Sprintf("halden %03d", i)})
	}
	d.put(mails...)
	hook.say = status(nil, http.StatusUnprocessableEntity)
	r := d.run()
	if got := hook.subjects(); r.Delivered.Refused != 100 || r.Delivered.Parcels != 2 || len(got) != 150 {
		t.Errorf("%+v, %d arrived", r.Delivered, len(got))
	}
}

// TestAllIsRefused holds that a receiver that takes nothing is asked a few times a
// run, not for each of its parcels.
func TestAllIsRefused(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.add("w", "halden", alert.How{}, hook.url)
	var mails []searchtest.Mail
	for i := range 550 {
		mails = append(mails, searchtest.Mail{Subject: fmt.Sprintf("halden %03d", i)})
	}
	d.put(mails...)
	hook.say = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusNotFound); return true }
	if r := d.run(); hook.asked() != 3 || r.Delivered.Refused != 300 || r.Delivered.Waiting != 250 {
		t.Errorf("%d requests, %+v", hook.asked(), r.Delivered)
	}
	d.run()
	if got := d.receiver(hook.url); got.Refused != 550 || hook.asked() != 6 {
		t.Errorf("%d requests, %+v", hook.asked(), got)
	}
	d.now = d.now.AddDate(0, 2, 0)
	d.run()
	if got := d.receiver(hook.url); got.Refused != 0 || got.Dropped != 550 {
		t.Errorf("two months later: %+v", got)
	}
}

// TestMailThatIsRefused: 5yz about the recipient is for good, about the log-in it
// is not.
func TestMailThatIsRefused(t *testing.T) {
	d, box := newDesk(t), newMailbox(t, false)
	box.deny["bob@example.org"] = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	d.add("w", "halden", alert.How{}, "mailto:bob@example.org", "mailto:carol@example.org")
	d.put(searchtest.Mail{Subject: "halden one"})
	r := d.runWith(alert.Post{Mail: box.server()})
	if r.Delivered.Refused != 1 || r.Delivered.Alerts != 1 || !strings.Contains(r.Delivered.Failed["mailto:bob@example.org"], "no such user") {
		t.Errorf("%+v", r.Delivered)
	}
	delete(box.deny, "bob@example.org")
	d.put(searchtest.Mail{Subject: "halden two"})
	server := box.server()
	server.Password = "wrong"
	if r := d.runWith(alert.Post{Mail: server}); r.Delivered.Waiting != 2 || r.Delivered.Refused != 0 {
		t.Errorf("with a wrong password: %+v", r.Delivered)
	}
	if r := d.runWith(alert.Post{Mail: box.server()}); r.Delivered.Alerts != 2 {
		t.Errorf("later: %+v", r.Delivered)
	}
	if all := d.refusals(); len(all) != 1 || all[0].Receiver != "mailto:bob@example.org" {
		t.Errorf("set aside: %+v", all)
	}
}

// TestAServerThatHangsUpAfterTheMail has it, so it is not sent again.
func TestAServerThatHangsUpAfterTheMail(t *testing.T) {
	d, box := newDesk(t), newMailbox(t, false)
	box.hasty = true
	d.add("w", "halden", alert.How{}, "mailto:bob@example.org")
	d.put(searchtest.Mail{Subject: "halden"})
	r := d.runWith(alert.Post{Mail: box.server()})
	box.mu.Lock()
	defer box.mu.Unlock()
	if len(box.mails) != 1 || r.Delivered.Alerts != 1 || r.Delivered.Waiting != 0 {
		t.Errorf("%d mails, %+v", len(box.mails), r.Delivered)
	}
}

// TestRetriesBetweenRuns are further and further apart, never before a receiver's
// Retry-After, and a run does not wait for them.
func TestRetriesBetweenRuns(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	dead := func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusNotImplemented)
		return true
	}
	post := alert.Post{Sleep: d.noSleep}
	retry := func(after time.Duration) (requests int) {
		t.Helper()
		d.now = d.now.Add(after)
		before := hook.asked()
		err := d.with(func(b *alert.Book, _ alert.From) error { _, err := b.Retry(t.Context(), post); return err })
		if err != nil {
			t.Fatal(err)
		}
		return hook.asked() - before
	}
	hook.say = dead
	d.add("w", "halden", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "halden"})
	d.runWith(post)
	var got []int
	for _, minutes := range []time.Duration{4, 1, 5, 5, 10, 10, 600, 300, 60} {
		got = append(got, retry(minutes*time.Minute))
	}
	// 501 is tried three times: after 5, 10, 20 minutes, …, at last 6 hours.
	if want := []int{0, 3, 0, 3, 0, 3, 3, 3, 0}; !slices.Equal(got, want) {
		t.Errorf("requests: %v, want %v", got, want)
	}
	hook.say = status(http.Header{"Retry-After": {"90000"}}, http.StatusServiceUnavailable)
	if n := retry(7 * time.Hour); n != 1 {
		t.Errorf("%d requests", n)
	}
	if n := retry(24 * time.Hour); n != 0 {
		t.Errorf("%d requests before the time that it asked for", n)
	}
	retry(2 * time.Hour)
	hook.wants(t, "at last", "w: halden")
}

// TestFigures counts a delivery of each outcome.
func TestFigures(t *testing.T) {
	d := newDesk(t)
	good, bad, closed, dead := newReceiver(t), newReceiver(t), newReceiver(t), newReceiver(t)
	bad.say, closed.say = status(nil, 422), status(nil, 410)
	dead.say = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusConflict); return true }
	d.add("w", "halden", alert.How{}, good.url, bad.url, closed.url, "slack+"+dead.url)
	d.put(searchtest.Mail{Subject: "halden"})
	d.run()
	found := d.now
	d.run()
	f := d.figures()
	want := map[string]int{"webhook taken": 1, "webhook refused": 1, "webhook gone": 1, "slack failed": 2}
	got := map[string]int{}
	for _, one := range f.Deliveries {
		if one.N > 0 {
			got[one.Kind+" "+one.Outcome] = one.N
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(f.Deliveries) != 16 {
		t.Errorf("deliveries (- want, + got):\n%s", diff)
	}
	if f.Found != 1 || f.Dropped["webhook"] != 1 || !f.Oldest.Equal(found) {
		t.Errorf("%+v, want the oldest at %s", f, found)
	}
}
