"""A library moves in with its files: titles, copies, people, loans, holds (RULES 42)."""
