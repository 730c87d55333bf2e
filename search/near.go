package search

import (
	"fmt"

	"github.com/bxsearch/bxsearch/index"
)

// String writes a token of NEAR as it is written in a query.
func (t token) String() string { return fmt.Sprintf("%s/%d", t.text, t.n) }

// near remembers NEAR until its right side has come.
func (p *parser) near(t token) *SyntaxError {
	g := p.top()
	if g.op != nil || g.near != nil || len(g.ands) == 0 {
		return p.lone(t)
	}
	g.near = &t
	return nil
}

// join makes a Near of the part before NEAR and the one behind it. NEAR binds
// more than NOT. "a NEAR/3 b NEAR/3 c" is one Near of three.
func (p *parser) join(t token, q index.Query) *SyntaxError {
	g := p.top()
	op := *g.near
	last := &g.ands[len(g.ands)-1]
	left, not := *last, false
	if inner, ok := left.(index.Not); ok {
		left, not = inner.Of, true
	}
	out := index.Near{Parts: []index.Query{left}, Distance: op.n, Ordered: op.text == "ADJ"}
	if before, ok := left.(index.Near); ok && g.chain {
		if before.Ordered != out.Ordered {
			return p.fail(op, "NEAR and ADJ stand in one chain", "use one of them, or join two chains by AND")
		}
		out.Parts, out.Distance = before.Parts, max(before.Distance, op.n)
	}
	out.Parts = append(out.Parts[:len(out.Parts):len(out.Parts)], q)
	if err := p.checkNear(op, out.Parts); err != nil {
		return err
	}
	*last = index.Query(out)
	if not {
		*last = index.Not{Of: out}
	}
	g.near, g.chain = nil, true
	return nil
}

// checkNear reports what NEAR cannot join.
func (p *parser) checkNear(op token, parts []index.Query) *SyntaxError {
	if len(parts) > maxNear {
		return p.fail(op, fmt.Sprintf("more than %d words are joined by %s", maxNear, op.text), "take the words that matter")
	}
	var leaves []index.Query
	for _, part := range parts {
		if or, ok := part.(index.Or); ok {
			leaves = append(leaves, or...)
		} else {
			leaves = append(leaves, part)
		}
	}
	first, _ := placedIn(leaves[0])
	for _, leaf := range leaves {
		f, ok := placedIn(leaf)
		if !ok || isValue(f) {
			return p.fail(op, op.String()+" joins words and phrases, or alternatives of those in parentheses", "join everything else by AND")
		}
		if f != first {
			return p.fail(op, op.String()+" joins words of one field", fmt.Sprintf("put them in its parentheses, as in subject:(data %s breach)", op))
		}
	}
	return nil
}

// placedIn returns the field of a leaf that has a place in a text.
func placedIn(q index.Query) (index.Field, bool) {
	switch q := q.(type) {
	case index.Word:
		return q.Field, true
	case index.Phrase:
		return q.Field, true
	case index.Prefix:
		return q.Field, true
	case index.Fuzzy:
		return q.Field, true
	}
	return "", false
}

// parenthesis names what t is, other is the one that belongs to it.
func parenthesis(t token) string {
	if t.text == "{" || t.text == "}" {
		return "brace"
	}
	return "parenthesis"
}

func other(t token) string {
	return map[string]string{"(": ")", ")": "(", "{": "}", "}": "{"}[t.text]
}

func plural(name string) string {
	if name == "parenthesis" {
		return "parentheses"
	}
	return name + "s"
}
