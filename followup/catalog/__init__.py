"""The catalog: a folder of YAML files, read with positions, checked, and turned into plain documents."""
