"""Files to and from the library's own system (RULES 43)."""
