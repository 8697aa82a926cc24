"""What a library brings along when it begins: people, loans, holds (RULES 42); titles are described as ever."""
