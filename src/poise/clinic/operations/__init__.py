"""Serving, backing up, restoring, looking after an installation."""
