"""Run the catalog's tests (G2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from followup.app.project_catalog import declared_office, loaded_catalog
from followup.catalog.load import Catalog
from followup.core.rehearsal.cases import Verdict, verdict


class Proof(NamedTuple):
    """Verdicts in the order of the files. `places` by kind and id: file and line."""

    verdicts: Sequence[Verdict]
    places: Mapping[tuple[str, str], tuple[str, int]]

    @property
    def failed(self) -> Sequence[Verdict]:
        return [each for each in self.verdicts if not each.holds]


def prove(folder: str, only: str = "") -> Proof:
    """`folder`: of a catalog; `only`: tests with this in their id or name. Raises CatalogInvalid."""
    return proof(loaded_catalog(folder, "fix the files first"), only)


def proof(catalog: Catalog, only: str = "") -> Proof:
    """Of a catalog that has no errors."""
    office = declared_office(catalog)
    cases = {id: case for id, case in catalog.cases.items() if only in id or only in case["name"]}
    ids = sorted(cases, key=lambda id: catalog.places["test", id])
    return Proof([verdict(office, id, cases[id]) for id in ids], catalog.places)
