"""The nouns → reports that a person reads: HTML and PDF, self-contained."""
