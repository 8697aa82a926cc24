"""Actions about the queue of a title, and the basket (RULES 9-16)."""
