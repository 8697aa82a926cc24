"""Actions about applications and cards (RULES 1-6)."""
