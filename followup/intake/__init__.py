"""The intake: a CRM's export becomes clean rows of contact fields, in flat memory.

A table is opened (`sheet`), its columns are mapped (`mapping`), its records are read (`rows`); what cannot be read is
refused with its line and written back out to be mended (`refusals`). Nothing here knows the office or the store.
"""
