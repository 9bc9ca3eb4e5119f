"""The catalog: a folder of YAML files, read with positions, checked, and made into plain documents."""
