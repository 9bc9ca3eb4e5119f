"""An office in a folder of CSV files, for a small office that wants its data in git.

The files are loaded into an in-memory SQLite, so that questions and rules are the same as in every store.
"""
