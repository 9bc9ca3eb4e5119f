"""An office in a folder of CSV files: for a small one that wants its data in git.

The files are read into a SQLite in memory, so that the questions and the rules are those of every store.
"""
