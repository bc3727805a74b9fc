"""Long work, done by worker processes from one table."""
