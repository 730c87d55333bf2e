package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/schedule"
)

// The values that Via and Attachments take, the default first.
var (
	vias       = []string{"auto", "pages", "text"}
	attachment = []string{"missing", "none", "all"}
	engines    = []string{"bleve", "opensearch"}
)

// The types of values are structs, because the decoder puts a text into
// whatever is a string without asking it.

// Via is where messages come from: auto, pages or text. The zero value is none
// of them.
type Via struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *Via) UnmarshalText(text []byte) error { return oneOf(&v.string, string(text), vias) }

// Set makes a Via a flag's value.
func (v *Via) Set(text string) error { return v.UnmarshalText([]byte(text)) }
func (v *Via) String() string        { return v.string }

// Type is what help shows for the value.
func (v *Via) Type() string { return strings.Join(vias, "|") }

// Attachments is which attachments are fetched: missing, none or all. The zero
// value is none of them.
type Attachments struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Attachments) UnmarshalText(text []byte) error {
	return oneOf(&a.string, string(text), attachment)
}

// Set makes an Attachments a flag's value.
func (a *Attachments) Set(text string) error { return a.UnmarshalText([]byte(text)) }
func (a *Attachments) String() string        { return a.string }

// Type is what help shows for the value.
func (a *Attachments) Type() string { return strings.Join(attachment, "|") }

// Engine is what finds messages: bleve or opensearch. The zero value is none of
// them.
type Engine struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (e *Engine) UnmarshalText(text []byte) error { return oneOf(&e.string, string(text), engines) }
func (e Engine) String() string                   { return e.string }

func oneOf(field *string, text string, allowed []string) error {
	if !slices.Contains(allowed, text) {
		return fmt.Errorf("%q is none of %s%s", text, strings.Join(allowed, ", "), suggest(text, allowed))
	}
	*field = text
	return nil
}

// Duration is a time span such as "1s" or "10m", never negative.
type Duration struct{ time.Duration }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	span, err := time.ParseDuration(string(text))
	switch {
	case err != nil:
		return fmt.Errorf(`%q is no time span: write it as "1s", "10m" or "36h"`, text)
	case span < 0:
		return fmt.Errorf("%q must not be negative", text)
	}
	d.Duration = span
	return nil
}

// URL is the address of a list's contents page.
type URL struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *URL) UnmarshalText(text []byte) error {
	p, err := url.Parse(string(text))
	switch {
	case err != nil || p.Scheme != "http" && p.Scheme != "https" || p.Host == "":
		return fmt.Errorf("%q is no URL: a list's URL begins with http:// or https://", text)
	case p.User != nil:
		return fmt.Errorf("the URL on host %s holds a password: put it into the file that credentials names", p.Host)
	}
	u.string = string(text)
	return nil
}

func (u URL) String() string { return u.string }

// Crontab is a moment that comes again and again, in the five fields of cron.
type Crontab struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Crontab) UnmarshalText(text []byte) error {
	if err := schedule.Check(string(text)); err != nil {
		return err
	}
	c.string = string(text)
	return nil
}

func (c Crontab) String() string { return c.string }

// Zone is a time zone by its IANA name, such as Europe/Berlin.
type Zone struct{ string }

// UnmarshalText implements encoding.TextUnmarshaler.
func (z *Zone) UnmarshalText(text []byte) error {
	if _, err := time.LoadLocation(string(text)); err != nil {
		return fmt.Errorf("%q is no time zone: write it as Europe/Berlin or UTC", text)
	}
	z.string = string(text)
	return nil
}

func (z Zone) String() string { return z.string }
