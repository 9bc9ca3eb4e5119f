"""The pure core: no I/O, no clock, no third-party code. Every decision that followup makes is made here."""
