"""Actions about mails, and what becomes of them (RULES 36-39)."""
