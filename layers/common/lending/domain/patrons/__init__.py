"""Rules about the people who borrow (RULES 8, 19, 41)."""
