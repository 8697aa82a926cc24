"""What catalogues come in: CSV with any headings, ISO 2709, MARCXML (RULES 45)."""
