package index

import "slices"

// nearRules asks for the parts within a distance.
func (c *clusterCompiler) nearRules(parts []*nearPart, distance int, ordered bool) ([]clause, error) {
	apart := ordered || overlapping(parts)
	var out []clause
	lengths := make([]int, len(parts))
	rules := make([]clause, len(parts))
	var choose func(i int) error
	choose = func(i int) error { // at most maxNear deep
		if i == len(parts) {
			more, cost := nearChoice(rules, lengths, distance, ordered, apart)
			out = append(out, more...)
			return c.spend(cost, 0, 0)
		}
		for length, of := range parts[i].rules {
			lengths[i], rules[i] = length, anyRule(of)
			if err := choose(i + 1); err != nil {
				return err
			}
		}
		return nil
	}
	return out, choose(0)
}

// overlapping tells whether one word may count for two parts.
func overlapping(parts []*nearPart) bool {
	for i, p := range parts {
		for _, q := range parts[:i] {
			if p.shares(q) {
				return true
			}
		}
	}
	return false
}

func (p *nearPart) shares(q *nearPart) bool {
	if len(p.wild) > 0 && len(q.wild) > 0 {
		return true
	}
	for word := range p.words {
		if q.words[word] || slices.ContainsFunc(q.wild, func(is func(string) bool) bool { return is(word) }) {
			return true
		}
	}
	for word := range q.words {
		if slices.ContainsFunc(p.wild, func(is func(string) bool) bool { return is(word) }) {
			return true
		}
	}
	return false
}

// nearChoice asks for parts of these lengths, and returns how many clauses that
// is.
func nearChoice(rules []clause, lengths []int, distance int, ordered, apart bool) (out []clause, cost int) {
	n := len(rules)
	rules = slices.Clone(rules) // the next choice is made in it
	if n == 1 {
		return rules, 1
	}
	if ordered {
		if gaps := distance - 1 - sum(lengths[1:n-1]); gaps >= 0 {
			out = append(out, inSequence(rules, gaps))
		}
		return out, n
	}
	long := slices.Max(lengths) > 1
	if gaps := distance - 1 - (n - 2); !long && !apart && gaps >= 0 {
		return []clause{anyhow(rules, gaps)}, n
	}
	if n > maxOrders {
		return []clause{anyhowApart(rules, max(distance-1-leastBetween(lengths), 0))}, n
	}
	for order := range orders(n) {
		inOrder, middle := make([]clause, n), 0
		for i, part := range order {
			inOrder[i] = rules[part]
			if i > 0 && i < n-1 {
				middle += lengths[part]
			}
		}
		if gaps := distance - 1 - middle; gaps >= 0 {
			out = append(out, inSequence(inOrder, gaps))
			cost += n
		}
	}
	return out, cost
}

// leastBetween is how many places the parts between the first and the last take
// at least.
func leastBetween(lengths []int) int {
	in := slices.Sorted(slices.Values(lengths))
	return sum(in[:len(in)-2])
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// orders yields the orders of n things.
func orders(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		for {
			if !yield(slices.Clone(order)) || !nextOrder(order) {
				return
			}
		}
	}
}

// nextOrder makes the next order, in that of a dictionary.
func nextOrder(order []int) bool {
	i := len(order) - 2
	for i >= 0 && order[i] > order[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(order) - 1
	for order[j] < order[i] {
		j--
	}
	order[i], order[j] = order[j], order[i]
	slices.Reverse(order[i+1:])
	return true
}
