"""Rules about which hold gets which copy: Thursday run and prefectural pulls (RULES 15, 18-27)."""
