"""Items about applications and cards (RULES 1-6)."""
