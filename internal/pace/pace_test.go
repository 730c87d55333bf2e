package pace

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// long enters, spends units and then marks itself done.
func long(p *Pacer, units int, name string, done *[]string) {
	ctx, leave := p.Enter(context.Background())
	defer leave()
	for range units {
		if Spend(ctx, 1) != nil {
			return
		}
	}
	*done = append(*done, name)
}

// TestShortWorkDoesNotWait holds that a short pass is done while eight long ones
// wait, though there is one core and they were there first.
func TestShortWorkDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Cores: 1, Free: 10})
		_, leave := p.Enter(t.Context()) // somebody short is at work
		var done []string
		for range 8 {
			go long(p, 1000, "long", &done)
		}
		synctest.Wait()
		if p.Waiting() != 8 {
			t.Fatalf("%d of 8 long passes wait for one that is at work", p.Waiting())
		}
		long(p, 9, "short", &done)
		if len(done) != 1 || p.Waiting() != 8 {
			t.Errorf("done %v, %d wait", done, p.Waiting())
		}
		leave()
		synctest.Wait()
		if len(done) != 9 {
			t.Errorf("of the long passes %d came to an end", len(done)-1)
		}
	})
}

// TestLongWorkMakesWay holds that a long pass at work waits as soon as a short
// one has come, and goes on when that has left.
func TestLongWorkMakesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Cores: 1, Free: 10})
		steps, step := 0, make(chan int)
		go func() {
			ctx, leave := p.Enter(context.Background())
			defer leave()
			for n := range step {
				if Spend(ctx, n) == nil {
					steps++
				}
			}
		}()
		step <- 100
		synctest.Wait()
		_, leave := p.Enter(t.Context())
		step <- 1
		synctest.Wait()
		if steps != 1 {
			t.Errorf("%d steps while a short pass is at work, want 1", steps)
		}
		leave()
		synctest.Wait()
		if steps != 2 {
			t.Errorf("%d steps after it, want 2", steps)
		}
		close(step)
	})
}

// TestShorterEndFirst holds the order among long passes: it is that of their
// lengths, not of their coming.
func TestShorterEndFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Cores: 1, Free: 10})
		_, leave := p.Enter(t.Context())
		var done []string
		for _, w := range []struct {
			name  string
			units int
		}{{"longest", 900}, {"longer", 90}, {"long", 30}} {
			go long(p, w.units, w.name, &done)
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		if want := []string{"long", "longer", "longest"}; !slices.Equal(done, want) {
			t.Errorf("ended in the order %v, want %v", done, want)
		}
	})
}

// TestMemoryIsBounded holds that passes hold no more than the bound together,
// that little is never waited for, and that one alone may have more.
func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Cores: 8, Memory: 80})
		holding, end := 0, make(chan bool)
		for range 3 {
			go func() {
				ctx, leave := p.Enter(context.Background())
				defer leave()
				if Hold(ctx, 50) == nil {
					holding++
				}
				<-end
			}()
		}
		synctest.Wait()
		if holding != 1 || p.Waiting() != 2 {
			t.Errorf("%d hold 50 of 80 bytes, %d wait", holding, p.Waiting())
		}
		ctx, leave := p.Enter(t.Context())
		if err := Hold(ctx, 10); err != nil || p.Waiting() != 2 {
			t.Errorf("a little is waited for: %v", err)
		}
		leave()
		close(end)
		synctest.Wait()
		if holding != 3 || p.held != 0 || p.working != 0 {
			t.Errorf("in the end %d held, %d bytes are held by %d", holding, p.held, p.working)
		}
		ctx, leave = p.Enter(t.Context())
		if err := Hold(ctx, 200); err != nil {
			t.Errorf("one alone: %v", err)
		}
		leave()
	})
}

// TestGivingUp holds that who waits hears of the end of its context, and leaves
// room for others.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Limits{Cores: 1, Free: 10})
		_, leave := p.Enter(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		var err error
		go func() {
			ctx, leave := p.Enter(ctx)
			defer leave()
			err = Spend(ctx, 100)
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if !errors.Is(err, context.Canceled) || p.Waiting() != 0 || p.working != 1 {
			t.Errorf("error %v, %d wait, %d at work", err, p.Waiting(), p.working)
		}
		leave()
	})
}

// TestWithoutAPacer holds that work which nobody paces only hears of its context.
func TestWithoutAPacer(t *testing.T) {
	var p *Pacer
	ctx, leave := p.Enter(t.Context())
	defer leave()
	if err := errors.Join(Spend(ctx, 1<<40), Hold(ctx, 1<<40)); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if Spend(ctx, 1) == nil || Hold(ctx, 1) == nil {
		t.Error("the end of a context is not heard of")
	}
}

// TestJoinTakesFreeCoresOnly holds that a pass gets a second core only where
// nobody uses it, and that the second makes way as the first does.
func TestJoinTakesFreeCoresOnly(t *testing.T) {
	p := New(Limits{Cores: 2, Free: 10})
	if _, _, ok := Join(t.Context()); ok {
		t.Error("work that is no pass got a core")
	}
	ctx, leave := p.Enter(t.Context())
	defer leave()
	if err := Spend(ctx, 100); err != nil {
		t.Fatal(err)
	}
	second, leaveSecond, ok := Join(ctx)
	if !ok {
		t.Fatal("one pass and two cores: there is none free")
	}
	if _, _, ok := Join(ctx); ok {
		t.Error("a third core of two")
	}
	short, leaveShort := p.Enter(t.Context())
	waiting, giveUp := context.WithCancel(second)
	giveUp()
	if err := Spend(waiting, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("the second core goes on beside a short pass: %v", err)
	}
	if err := Spend(short, 1); err != nil {
		t.Error(err)
	}
	leaveShort()
	leaveSecond()
	if _, leave, ok := Join(ctx); !ok {
		t.Error("no core is free after the second has left")
	} else {
		leave()
	}
}
