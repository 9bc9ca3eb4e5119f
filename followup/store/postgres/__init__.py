"""The PostgreSQL engine: each office has its own schema."""
