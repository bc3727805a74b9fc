"""The verbs of tokens."""
