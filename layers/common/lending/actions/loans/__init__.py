"""Actions about books on their way, at home and back; bags at facilities (RULES 17, 25, 28-35)."""
