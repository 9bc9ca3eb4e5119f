"""What tells a file of ours from others, and which schema this program's stores have."""

APPLICATION_ID = 0x464F4C57  # "FOLW"
SCHEMA_VERSION = 6
