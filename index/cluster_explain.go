package index

import (
	"context"
	"errors"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterExplainer compiles a query once more and gives names to what adds to
// scores: OpenSearch then says of each hit what had which score. Where the words
// stand is read from the message itself.
type clusterExplainer struct {
	*clusterCompiler
	parts []clusterPart
	of    map[*clusterNode][]int // the parts that a node is made of
}

// clusterPart is a part of a query that has a name.
type clusterPart struct {
	label  string
	docs   uint64 // that have it, about; 0 is not said
	field  Field
	forms  [][]string // of a word or a phrase; see Expand
	word   Word       // for its stems in other languages
	always string     // what is said of every match
	better []int      // of synonyms: the parts that do not count where these count for more
}

// explainedAll is the name of the query without what nearness adds.
const explainedAll = "all"

// explain tells of the first hits why they have their scores.
func (s *clusterSearch) explain(ctx context.Context, hits []Hit) error {
	explained := hits[:min(len(hits), maxExplained)]
	if len(explained) == 0 {
		return nil
	}
	x, n, err := s.explainer(ctx)
	if err != nil {
		return err
	}
	at, ids := map[string]int{}, []string{}
	for i, h := range explained {
		at[string(h.ID)] = i
		ids = append(ids, string(h.ID))
	}
	answer, err := s.ask(ctx, clause{
		"size": len(ids), "track_total_hits": false, "_source": clusterMessage,
		"query": clause{"bool": clause{"must": []clause{n.clause}, "filter": []clause{{"terms": clause{clusterID: ids}}}}},
	}, url.Values{"search_type": {"dfs_query_then_fetch"}, "include_named_queries_score": {"true"}})
	if err != nil {
		return err
	}
	for _, h := range answer.Hits.Hits {
		m, err := clusterStoredMessage(archive.ID(h.ID), h.Source.Message)
		if err != nil {
			return err
		}
		if i, ok := at[h.ID]; ok {
			explained[i].Explanation = x.lines(&h, m)
		}
	}
	if s.request.Sort == ByRelevance {
		explainTies(explained)
	}
	return nil
}

// explainer compiles the query with names.
func (s *clusterSearch) explainer(ctx context.Context) (*clusterExplainer, *clusterNode, error) {
	r := *s.request
	r.Sort = ByRelevance
	for range compileRounds {
		x := &clusterExplainer{clusterCompiler: newClusterCompiler(ctx, s.clusterAsker, &r), of: map[*clusterNode][]int{}}
		x.engine = x
		n, err := x.compile(r.Query)
		if err != nil {
			return nil, nil, err
		}
		if len(x.missing) == 0 {
			return x, x.withNearness(namedNode(n, explainedAll), &r), nil
		}
		if err := s.count(ctx, x.missing); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, errors.New("index: OpenSearch did not say how many messages have the query's words")
}

// namedNode is a node whose score is told by a name.
func namedNode(n *clusterNode, name string) *clusterNode {
	out := *n
	out.clause = clause{"bool": clause{"must": []clause{n.clause}, "_name": name}}
	return &out
}

// part gives a node that scores a name.
func (x *clusterExplainer) part(n *clusterNode, err error, p clusterPart) (*clusterNode, error) {
	if err != nil || !n.scores {
		return n, err
	}
	out := namedNode(n, strconv.Itoa(len(x.parts)))
	x.of[out] = []int{len(x.parts)}
	x.parts = append(x.parts, p)
	return out, nil
}

// messages is about how many have a node's word, which its IDF is made of.
func (x *clusterExplainer) messages(n *clusterNode) uint64 {
	if n == nil {
		return 0
	}
	return uint64(math.Max(math.Round((float64(x.facts.docs)+1)/math.Exp(n.idf)-0.5), 0))
}

func (x *clusterExplainer) word(q Word, also []string) (*clusterNode, error) {
	n, err := x.clusterCompiler.word(q, also)
	forms := q.expand()(q.Text)
	for _, w := range also {
		for _, term := range sameStem(w) {
			forms = append(forms, []string{term})
		}
	}
	for _, in := range x.insides {
		if in.Text == q.Text {
			for _, w := range in.Words {
				forms = append(forms, []string{w})
			}
		}
	}
	return x.part(n, err, clusterPart{label: q.Text, docs: x.messages(n), field: q.Field, forms: forms, word: q})
}

func (x *clusterExplainer) phrase(q Phrase) (*clusterNode, error) {
	n, err := x.clusterCompiler.phrase(q)
	return x.part(n, err, clusterPart{label: `"` + q.Text + `"`, docs: x.messages(n), field: q.Field, forms: q.expand()(q.Text)})
}

func (x *clusterExplainer) prefix(q Prefix) (*clusterNode, error) {
	n, err := x.clusterCompiler.prefix(q)
	return x.part(n, err, clusterPart{label: "words that begin with " + q.Text})
}

func (x *clusterExplainer) fuzzy(q Fuzzy) (*clusterNode, error) {
	n, err := x.clusterCompiler.fuzzy(q)
	return x.part(n, err, clusterPart{label: "words that are similar to " + q.Text})
}

func (x *clusterExplainer) nearby(q Near) (*clusterNode, error) {
	n, err := x.clusterCompiler.nearby(q)
	return x.part(n, err, clusterPart{always: "the words are within " + strconv.Itoa(q.Distance) + " of each other, as was asked for"})
}

func (x *clusterExplainer) like(q Like) (*clusterNode, error) {
	before := len(x.likely)
	n, err := x.clusterCompiler.like(q)
	var forms [][]string
	for _, word := range x.likely[min(before, len(x.likely)):] {
		forms = append(forms, Expand(word)...)
	}
	return x.part(n, err, clusterPart{label: "words that tell much about the text", field: q.Field, forms: forms})
}

// apart says of a compound what it says of a word: its words by themselves do
// not count.
func (x *clusterExplainer) apart(compound Word, words []*clusterNode) (*clusterNode, error) {
	n, err := x.clusterCompiler.apart(compound, words)
	forms := compound.expand()(compound.Text)
	for _, w := range words {
		for _, i := range x.of[w] {
			forms = append(forms, x.parts[i].forms...)
			x.parts[i] = clusterPart{} // nothing is said of it
		}
	}
	return x.part(n, err, clusterPart{label: compound.Text, docs: x.messages(n), field: compound.Field, forms: forms})
}

func (x *clusterExplainer) synonymous(m *clusterNode, words And, also []string) (*clusterNode, error) {
	n, err := x.clusterCompiler.synonymous(m, words, also)
	return x.part(n, err, clusterPart{
		label: "a synonym of " + asWritten(words) + ", which counts " + strconv.Itoa(int(100*synonymWeight)) + " %",
		field: words[0].(Word).Field, forms: synonymForms(also), better: x.of[m],
	})
}

func (x *clusterExplainer) allOf(parts []*clusterNode) *clusterNode {
	n := x.clusterCompiler.allOf(parts)
	for _, p := range parts {
		x.of[n] = append(x.of[n], x.of[p]...)
	}
	return n
}

// lines tells why a hit has its score.
func (x *clusterExplainer) lines(h *clusterHit, m *archive.Message) []string {
	said := newClusterSaid(m)
	out := &explainer{}
	skip := map[int]bool{}
	for i, p := range x.parts {
		if p.better == nil {
			continue
		}
		own := 0.0
		for _, k := range p.better {
			own += h.Named[strconv.Itoa(k)]
		}
		if h.Named[strconv.Itoa(i)] > own*1.0001 {
			for _, k := range p.better {
				skip[k] = true
			}
		} else {
			skip[i] = true
		}
	}
	for i, p := range x.parts {
		score, has := h.Named[strconv.Itoa(i)]
		switch {
		case !has || skip[i] || p.label == "" && p.always == "":
		case p.always != "":
			out.say("%s", p.always)
		case p.docs > 0:
			out.say("%5.2f  %s, in about %d of %d messages", score, p.label, p.docs, x.facts.docs)
			said.explain(out, p)
		default:
			out.say("%5.2f  %s", score, p.label)
			said.explain(out, p)
		}
	}
	x.nearness(out, h.Score-h.Named[explainedAll], said)
	return out.lines[:min(len(out.lines), maxExplainLines)]
}

// nearness tells what the nearness of the words adds.
func (x *clusterExplainer) nearness(out *explainer, bonus float64, said *clusterSaid) {
	near := nearness{}
	for _, w := range x.near {
		places := said.places(FieldBody, Expand(w.text))
		if slices.Sort(places); len(places) > 0 {
			near.words = append(near.words, nearWord{places: places})
		}
	}
	if bonus <= 0.005 || len(near.words) < 2 {
		return
	}
	near.window()
	order := ""
	if near.inOrder == 1 {
		order = ", in the query's order"
	}
	out.say("%5.2f  its words stand near each other in the sender's own text: within %d words%s", bonus, near.shortest, order)
}
