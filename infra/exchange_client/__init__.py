"""The library's own side of the exchange of files with its own system (RULES 43, docs/exchange.md)."""
