package index

// letGo does nothing: the system takes pages that it needs.
func letGo([]byte) {}
