"""Items about the pull list, its scans, the crates (RULES 23, 24)."""
