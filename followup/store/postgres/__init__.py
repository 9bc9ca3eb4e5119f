"""The PostgreSQL engine: an office in a schema of its own."""
