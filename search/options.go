package search

import (
	"log/slog"
	"time"
)

// Options adapts Open and Parse. The zero value, and nil, are the defaults.
type Options struct {
	// Location is the zone of the dates in queries; nil means time.Local.
	// A server whose users are elsewhere wants time.UTC.
	Location *time.Location
	// Now is the clock for dates such as "yesterday"; nil means time.Now.
	Now func() time.Time
	// Timeout bounds the looking for one page of hits; 0 means a second, which
	// no ordinary query needs, and less means no bound. It ends with ErrTimeout.
	Timeout time.Duration
	// Logger hears of what a search got over, such as a hit whose message was
	// deleted a moment ago; nil means silence.
	Logger *slog.Logger
}

// location and the others give the defaults.
func (o *Options) location() *time.Location {
	if o == nil || o.Location == nil {
		return time.Local
	}
	return o.Location
}

func (o *Options) now() time.Time {
	if o == nil || o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o *Options) timeout() time.Duration {
	if o == nil || o.Timeout == 0 {
		return time.Second
	}
	return o.Timeout
}

func (o *Options) logger() *slog.Logger {
	if o == nil || o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}
