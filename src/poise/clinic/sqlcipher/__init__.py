"""SQLite for Django through SQLCipher's driver: one engine with or without a key; connections are kept warm."""
