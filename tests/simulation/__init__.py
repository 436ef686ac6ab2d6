"""Seeded random worlds run through many closes, each held to the laws and the reference."""
