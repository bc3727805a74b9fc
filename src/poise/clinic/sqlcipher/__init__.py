"""SQLite for Django through SQLCipher's driver: one engine with or without a key, and connections that are kept warm."""
