"""Actions about the week, closed days, suspensions, shifts; facilities (RULES 20-22, 29, 40)."""
