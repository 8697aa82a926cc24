"""The service of a prefectural library: what it is (domain), what can be done (actions), what it stands on (aws)."""
