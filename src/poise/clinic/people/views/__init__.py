"""Pages about people: thin, each calls one verb."""
