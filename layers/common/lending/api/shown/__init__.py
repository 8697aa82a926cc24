"""What several areas show alike: one presenter an entity, which each area's own answers extend.

A module an entity: a function starts with those of what it shows, and with no other.
"""
