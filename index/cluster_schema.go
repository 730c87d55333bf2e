package index

import (
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// The schema of the index in OpenSearch. OpenSearch analyses nothing: it gets
// the terms that Analyze makes, so that both engines know the same words. See
// docs/format.md.

// ClusterFormat is the version of what an index in OpenSearch holds. One of
// another version is built anew.
const ClusterFormat = 2

// The fields that only OpenSearch has, beside those of Field.
const (
	clusterAny     = "any"     // each term once, with its weight over all text fields as its frequency
	clusterWhen    = "when"    // whenOf, for sorting and ranges
	clusterDate    = "date"    // for months
	clusterFirst   = "first"   // 1 of a thread's starter
	clusterSeq     = "seq"     // of the change in the archive
	clusterID      = "id"      // of the message, for a total order
	clusterPage    = "page"    // every URL of the message
	clusterParent  = "parent"  // the message above it in its thread
	clusterPrint   = "print"   // copyPrint, in base64
	clusterMessage = "message" // all of it, see clusterStored
)

// clusterShown is the field of a facet's values, as their senders wrote them.
func clusterShown(f Facet) string { return string(f) + "_as" }

// Signs of the texts that OpenSearch gets: places are set apart by spaces, the
// terms of one place by a bar. Analyze lets neither into a term.
const (
	placeSign = ' '
	termSign  = '|'
)

// clusterStem marks stems in OpenSearch, which keeps them beside the words:
// "~~~breach", and "~~~de~haus" of a language other than English, in messages of
// that language. As Analyze has it, a word that is its own stem has none. The
// mark is of three signs, so that no fuzzy word of two edits is like one.
const clusterStem = "~~~"

// anyUnit is the frequency in clusterAny of a term that weighs 1, so that
// frequencies, which are whole numbers, tell weights well enough.
const anyUnit = 100

// anyK1 is k1 of a field whose frequencies are anyUnit times as large.
const anyK1 = k1 * anyUnit

// clusterMean is how many words a field has, over the messages that have it. The
// embedded engine counts them; here weights are made before anything is
// counted, so they are what eleven lists and a generated archive have on average.
func clusterMean(f Field) float64 {
	switch f {
	case FieldSubject:
		return 9
	case FieldBody:
		return 200
	case FieldQuoted:
		return 110
	case FieldAttachment:
		return 60
	}
	return 4
}

// clusterFields is the mapping's properties.
func clusterFields() map[string]any {
	fields := map[string]any{
		clusterAny: map[string]any{
			"type": "text", "analyzer": "weights", "search_analyzer": "terms",
			"index_options": "freqs", "norms": false, "similarity": clusterAny,
		},
		clusterWhen:    map[string]any{"type": "long"},
		clusterDate:    map[string]any{"type": "date", "format": "epoch_second"},
		clusterFirst:   map[string]any{"type": "byte"},
		clusterSeq:     map[string]any{"type": "long"},
		clusterID:      map[string]any{"type": "keyword", "norms": false},
		clusterPage:    map[string]any{"type": "keyword", "norms": false, "doc_values": false},
		clusterParent:  map[string]any{"type": "keyword", "index": false},
		clusterPrint:   map[string]any{"type": "binary", "doc_values": true},
		clusterMessage: map[string]any{"type": "object", "enabled": false},
	}
	for _, f := range clusterTexts {
		fields[string(f)] = map[string]any{
			"type": "text", "analyzer": "terms", "similarity": string(f), "position_increment_gap": stretchGap,
		}
	}
	for _, f := range clusterExacts {
		counted := !slices.Contains([]Field{FieldMessageID, FieldHost, FieldHas, FieldIs, fieldCopy}, f)
		fields[string(f)] = map[string]any{"type": "keyword", "norms": false, "doc_values": counted}
	}
	for _, f := range clusterShowns {
		fields[clusterShown(f)] = map[string]any{"type": "keyword", "index": false}
	}
	return fields
}

// clusterTexts are the fields with words and their places.
var clusterTexts = [...]Field{FieldAttachment, FieldBody, FieldQuoted, FieldSubject, FieldFrom, FieldURL}

// clusterExacts are the fields of one term a value. Days are ranges of clusterWhen.
var clusterExacts = [...]Field{
	FieldList, FieldThread, FieldMessageID, FieldHost, FieldHas, FieldIs, FieldLang, FieldAuthor, FieldOutlet, fieldCopy,
}

// clusterShowns are the facets that show other values than their fields have.
var clusterShowns = [...]Facet{FacetList, FacetAuthor, FacetAttachment}

// clusterMappings is the mapping of an index of messages; meta is its _meta.
func clusterMappings(meta any) map[string]any {
	if meta == nil {
		meta = map[string]any{}
	}
	return map[string]any{
		"dynamic":    "strict",
		"_meta":      meta,
		"properties": clusterFields(),
	}
}

// clusterAnalysis is how the texts are taken apart again.
func clusterAnalysis() map[string]any {
	return map[string]any{
		"tokenizer": map[string]any{
			// On spaces alone would be enough, but takes a tenth of the time to index.
			"places": map[string]any{"type": "whitespace", "max_token_length": 32766},
		},
		"filter": map[string]any{
			"stacked":  map[string]any{"type": "pattern_capture", "preserve_original": false, "patterns": []string{`([^|]+)`}},
			"weighted": map[string]any{"type": "delimited_term_freq", "delimiter": string(termSign)},
		},
		"analyzer": map[string]any{
			"terms":   map[string]any{"type": "custom", "tokenizer": "places", "filter": []string{"stacked"}},
			"weights": map[string]any{"type": "custom", "tokenizer": "places", "filter": []string{"weighted"}},
		},
	}
}

// clusterSimilarity scores as wordMatcher does: a field by itself by BM25 with
// its b, and all together by weights that have the lengths in them already.
func clusterSimilarity() map[string]any {
	out := map[string]any{clusterAny: map[string]any{"type": "BM25", "k1": anyK1, "b": 0}}
	for _, f := range clusterTexts {
		out[string(f)] = map[string]any{"type": "BM25", "k1": k1, "b": fieldWeight(f).b}
	}
	return out
}

// clusterSettings are the settings of a new index.
type clusterSettings struct {
	shards, replicas int
	refresh          time.Duration // how often searches see what is fed; 0 means never
	meta             any           // the mapping's _meta
}

// refreshOf writes an interval as OpenSearch reads it.
func refreshOf(d time.Duration) string {
	if d <= 0 {
		return "-1"
	}
	return opensearch.Seconds(d)
}

// clusterIndexBody is what an index of messages is created with.
func clusterIndexBody(s clusterSettings) map[string]any {
	return map[string]any{
		"settings": map[string]any{
			"number_of_shards": max(s.shards, 1), "number_of_replicas": max(s.replicas, 0),
			"refresh_interval": refreshOf(s.refresh), "codec": "best_compression",
			"analysis": clusterAnalysis(), "similarity": clusterSimilarity(),
		},
		"mappings": clusterMappings(s.meta),
	}
}
