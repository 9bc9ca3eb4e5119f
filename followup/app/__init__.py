"""The use cases: gather, decide, save. Prints nothing, reads no clock."""
