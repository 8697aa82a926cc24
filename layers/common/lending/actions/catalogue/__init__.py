"""Actions about titles and copies (RULES 9, 34)."""
