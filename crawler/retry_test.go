package crawler

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

func TestH3RetryAfterInSecondsOrAsADate(t *testing.T) {
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	for _, test := range []struct {
		value string
		want  time.Duration
	}{
		{"120", 2 * time.Minute},
		{" 5 ", 5 * time.Second},
		{"0", 0},
		{"-3", 0},
		{"Mon, 06 May 2024 07:09:09 GMT", time.Minute},
		{"Mon, 06 May 2024 07:00:00 GMT", 0},
		{"99999999999999999999", 0},
		{"soon", 0},
		{"", 0},
	} {
		if got := retryAfter(test.value, now); got != test.want {
			t.Errorf("Retry-After %q is %v, want %v", test.value, got, test.want)
		}
	}
}

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	for n := range 100 {
		low, high := backoff(n, 0), backoff(n, 0.999)
		if low <= 0 || high > maxBackoff || high < low {
			t.Fatalf("attempt %d waits %v to %v", n, low, high)
		}
		if n > 0 && low < backoff(n-1, 0) {
			t.Errorf("attempt %d waits less than the one before", n)
		}
	}
}

func TestH3WhatIsWorthAnotherAttempt(t *testing.T) {
	for _, test := range []struct {
		name string
		err  FetchError
		want bool
	}{
		{"too many requests", FetchError{Status: 429}, true},
		{"bad gateway", FetchError{Status: 502}, true},
		{"unavailable", FetchError{Status: 503}, true},
		{"gateway timeout", FetchError{Status: 504}, true},
		{"server error", FetchError{Status: 500}, true},
		{"cloudflare cannot reach it", FetchError{Status: 522}, true},
		{"not implemented", FetchError{Status: 501}, false},
		{"not found", FetchError{Status: 404}, false},
		{"forbidden", FetchError{Status: 403}, false},
		{"cut off", FetchError{Err: io.ErrUnexpectedEOF}, true},
		{"reset", FetchError{Err: &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}}, true},
		{"silent", FetchError{Err: errIdle}, true},
		{"no such host", FetchError{Err: &net.DNSError{IsNotFound: true}}, false},
		{"name server down", FetchError{Err: &net.DNSError{IsTemporary: true}}, true},
		{"bad certificate", FetchError{Err: &tls.CertificateVerificationError{}}, false},
		{"a wall", FetchError{Status: 200, Err: permanent("it is a wall")}, false},
	} {
		if got := test.err.retryable(); got != test.want {
			t.Errorf("%s: retryable is %v, want %v", test.name, got, test.want)
		}
	}
}
