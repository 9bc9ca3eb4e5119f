"""The rules for contact fields, for values that are typed, imported, or edited by hand in a file."""
