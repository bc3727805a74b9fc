"""File or device → Recording. One reader is one file; each sniffs before it reads."""
