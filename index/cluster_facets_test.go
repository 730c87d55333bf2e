package index

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMonthsOver expects the months of the messages' dates, in a zone's time, and
// of each month that it is there once.
func TestMonthsOver(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	day := func(text string) int64 {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return d.Unix()
	}
	tests := []struct {
		name    string
		starts  []int64
		loc     *time.Location
		months  []int // since the year 0
		atStart int64 // when the first one begins
	}{
		{"none", nil, nil, nil, 0},
		{"one stretch", []int64{day("2021-03-02")}, nil, []int{12*2021 + 2, 12*2021 + 3}, day("2021-03-01")},
		{"neighbours", []int64{day("2021-03-02"), day("2021-03-02") + aMonth}, nil, []int{12*2021 + 2, 12*2021 + 3, 12*2021 + 4}, day("2021-03-01")},
		{"years apart", []int64{day("1999-12-15"), day("2021-03-02")}, nil, []int{12*1999 + 11, 12 * 2000, 12*2021 + 2, 12*2021 + 3}, day("1999-12-01")},
		{"summer time", []int64{day("2021-04-02")}, london, []int{12*2021 + 3, 12*2021 + 4}, day("2021-04-01") - 3600},
		{"before the year 1000", []int64{day("0999-11-20")}, nil, nil, 0},
		{"into the year 1000", []int64{day("0999-12-20")}, nil, []int{12 * 1000}, day("1000-01-01")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []int
			months := monthsOver(test.starts, test.loc)
			for _, m := range months {
				got = append(got, m.number)
			}
			if diff := cmp.Diff(test.months, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(months) > 0 && months[0].start != test.atStart {
				t.Errorf("the first month begins at %d, want %d", months[0].start, test.atStart)
			}
		})
	}
}

// TestCountsAreSure holds when counts that shards cut short still tell which
// values are the most frequent.
func TestCountsAreSure(t *testing.T) {
	values := []clusterBucket{{Count: 90}, {Count: 70}, {Count: 40}, {Count: 30}}
	for _, test := range []struct {
		name  string
		short uint64
		limit int
		sure  bool
	}{
		{"nothing left out", 0, 2, true},
		{"little", 39, 2, true},
		{"as much as makes a tie", 40, 2, false},
		{"fewer values than wanted", 1, 4, false},
	} {
		if c := (clusterCounts{values: values, short: test.short}); c.sure(test.limit) != test.sure {
			t.Errorf("%s: sure is %v", test.name, !test.sure)
		}
	}
}
