"""How days and numbers are written: a month is always a word, so that no day can be read in two ways."""
