"""The pure core: no I/O, no clock, nothing third-party. What is decided here is all that followup decides."""
