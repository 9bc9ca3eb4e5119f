"""The rules for contact fields, whether a value was typed, imported, or edited by hand in a file."""
