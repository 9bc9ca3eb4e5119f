"""The SQLite engine: an office in one file."""
