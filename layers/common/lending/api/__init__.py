"""The HTTP surface: who may ask what, what can be sent, and what is answered (docs/api.md)."""
