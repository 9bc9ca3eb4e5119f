"""Intake: turns a CRM's export into clean rows of contact fields, in flat memory.

Open a table (`sheet`), map its columns (`mapping`), read its records (`rows`); unreadable records are refused with
their line, and written to a file to be fixed (`refusals`). This package doesn't know the office or the store.
"""
