"""Measurement + Reference → Finding."""
