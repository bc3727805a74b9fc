"""The same things for programs, under /api/v1."""
