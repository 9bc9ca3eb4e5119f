"""Identifies our files, and the schema version that this program uses."""

APPLICATION_ID = 0x464F4C57  # "FOLW"
SCHEMA_VERSION = 8
