"""The catalog: a folder of YAML files, read with positions, checked, and made into plain documents."""

from followup.catalog.load import Catalog, load

__all__ = ["Catalog", "load"]
