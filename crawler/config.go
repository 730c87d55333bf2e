package crawler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Defaults of a Config.
const (
	DefaultDelay     = time.Second
	DefaultRetries   = 4
	DefaultMaxBody   = 20 << 20
	DefaultMaxText   = 256 << 20
	DefaultIdle      = time.Minute
	DefaultUserAgent = "bxsearch (+https://github.com/bxsearch/bxsearch)"
)

// NoDelay as Config.Delay lets requests follow each other at once. It is for
// one's own server.
const NoDelay time.Duration = -1

// NoRetries as Config.Retries makes one attempt all there is.
const NoRetries = -1

// Via says where messages are taken from.
type Via string

// The ways to a list's messages.
const (
	// ViaAuto takes the text file of each period, and the page of each message
	// that the file does not hold beyond doubt: about two requests a period.
	ViaAuto Via = "auto"
	// ViaPages takes every message's page.
	ViaPages Via = "pages"
	// ViaText takes text files only. Messages that cannot be matched with their
	// page have no permalink.
	ViaText Via = "text"
)

// Config says how to crawl. Archive is needed; the zero value of everything
// else is its default.
type Config struct {
	Archive *archive.Archive

	// Delay lies between the starts of two requests to one host, robots.txt
	// and retries included: DefaultDelay, or NoDelay. A longer Crawl-delay in
	// robots.txt takes its place.
	Delay time.Duration
	// Parallel is how many requests may be in flight to one host: 1.
	Parallel int
	// Retries is how often a failed request is made again: DefaultRetries, or
	// NoRetries.
	Retries int
	// MaxBody bounds one answer, in bytes after decompression:
	// DefaultMaxBody. A larger one is a failure; nothing is kept cut.
	MaxBody int64
	// MaxText bounds one text file, in bytes as sent and as unpacked:
	// DefaultMaxText.
	MaxText int64
	// Idle is how long an answer may make no progress: DefaultIdle.
	Idle time.Duration
	// UserAgent is sent, and looked for in robots.txt: DefaultUserAgent.
	UserAgent string
	// Via is ViaAuto, ViaPages or ViaText: ViaAuto.
	Via Via
	// Attachments is AttachmentsNone, AttachmentsMissing or AttachmentsAll:
	// AttachmentsMissing. It is what Crawler.Attachments goes by.
	Attachments AttachmentMode
	// MaxAttachment bounds one attachment, in bytes: DefaultMaxAttachment. A
	// larger one is recorded as too big.
	MaxAttachment int64
	// Full looks at every period again instead of those that can have changed.
	Full bool

	// HostDir is a folder where processes of this machine tell each other about
	// their requests, so that all of them together keep the Delay to a host.
	// Without it, or with NoDelay, each process keeps its own.
	HostDir string

	// Credentials are for private archives, by host; other hosts never see them.
	Credentials map[string]Credentials

	Transport http.RoundTripper // http.DefaultTransport with enough connections
	Logger    *slog.Logger      // discards
	Progress  func(Event)       // called by one goroutine at a time; may be nil

	Now    func() time.Time                           // time.Now
	Sleep  func(context.Context, time.Duration) error // a timer
	Jitter func() float64                             // in [0, 1): math/rand/v2
}

func (cfg Config) check() error {
	switch {
	case cfg.Archive == nil:
		return errors.New("crawler: Config.Archive is needed")
	case cfg.Parallel < 0:
		return fmt.Errorf("crawler: Config.Parallel is %d, must be 1 or more", cfg.Parallel)
	case cfg.MaxBody < 0:
		return fmt.Errorf("crawler: Config.MaxBody is %d, must not be negative", cfg.MaxBody)
	case cfg.MaxText < 0:
		return fmt.Errorf("crawler: Config.MaxText is %d, must not be negative", cfg.MaxText)
	case cfg.MaxAttachment < 0:
		return fmt.Errorf("crawler: Config.MaxAttachment is %d, must not be negative", cfg.MaxAttachment)
	case cfg.Attachments != "" && cfg.Attachments != AttachmentsNone && cfg.Attachments != AttachmentsMissing && cfg.Attachments != AttachmentsAll:
		return fmt.Errorf("crawler: Config.Attachments is %q, must be %q, %q or %q", cfg.Attachments, AttachmentsNone, AttachmentsMissing, AttachmentsAll)
	case cfg.Via != "" && cfg.Via != ViaAuto && cfg.Via != ViaPages && cfg.Via != ViaText:
		return fmt.Errorf("crawler: Config.Via is %q, must be %q, %q or %q", cfg.Via, ViaAuto, ViaPages, ViaText)
	}
	return nil
}

func (cfg Config) withDefaults() Config {
	setDefault(&cfg.Delay, DefaultDelay)
	setDefault(&cfg.Parallel, 1)
	setDefault(&cfg.Retries, DefaultRetries)
	setDefault(&cfg.MaxBody, DefaultMaxBody)
	setDefault(&cfg.MaxText, DefaultMaxText)
	setDefault(&cfg.Via, ViaAuto)
	setDefault(&cfg.Attachments, AttachmentsMissing)
	setDefault(&cfg.MaxAttachment, DefaultMaxAttachment)
	setDefault(&cfg.Idle, DefaultIdle)
	setDefault(&cfg.UserAgent, DefaultUserAgent)
	if cfg.Transport == nil {
		cfg.Transport = defaultTransport(cfg.Parallel)
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Event) {}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Sleep == nil {
		cfg.Sleep = sleep
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.Float64
	}
	return cfg
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func defaultTransport(parallel int) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = parallel
	return t
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
