"""The catalog in a project's folder, without errors: to apply, test, compare and simulate."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from followup.app.git import commit
from followup.app.session import Visit, administrator_of
from followup.app.versions import Version
from followup.catalog.load import Catalog, load
from followup.core import office_documents
from followup.core.kinds import OFFICE, ROLE, USER
from followup.core.office import Office
from followup.errors import CatalogInvalid, Problem, Refused

if TYPE_CHECKING:
    from followup.core.catalog_documents import DocumentsByKind


class Candidate(NamedTuple):
    """A version that could be applied, of a catalog without errors."""

    version: Version
    catalog: Catalog

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Warnings."""
        return self.catalog.problems

    @property
    def zone(self) -> str:
        """The office's zone, for a command that runs before an office is applied."""
        return office_documents.Documents(self.version.documents).documents(OFFICE)["office"]["zone"]


def loaded_catalog(folder: str, remedy: str) -> Catalog:
    """Load the files in `folder`. Raises CatalogInvalid with `remedy` in the message if they have errors."""
    catalog = load(os.path.relpath(folder))
    if catalog.errors:
        count = len(catalog.errors)
        raise CatalogInvalid(f"{count:,} error{'' if count == 1 else 's'}: {remedy}", catalog.problems)
    return catalog


def cycles_in(project: str) -> str:
    """The folder of a project's catalog."""
    return os.path.join(project, "cycles")


def candidate(project: str, remedy: str = "nothing changed") -> Candidate:
    """The version that an apply would apply."""
    catalog = loaded_catalog(cycles_in(project), remedy)
    return Candidate(Version(catalog.documents, catalog.digest, commit(project)), catalog)


def declared_office(catalog: Catalog) -> Office:
    """The office as declared in the files, whatever is applied."""
    return office_documents.office(0, catalog.source)


def administrators(documents: DocumentsByKind) -> list[str]:
    """The users who may apply a catalog; a valid one has at least one."""
    source = office_documents.Documents(documents)
    able = {id for id, role in source.documents(ROLE).items() if "apply-catalog" in role["permissions"]}
    return [id for id, user in source.documents(USER).items() if user["role"] in able and user["active"]]


def applier(visit: Visit, wanted: Version) -> str:
    """The user who applies `wanted`. The first version is applied by one of its own users, or by the office."""
    if visit.catalog.version:
        return administrator_of(visit, "apply").id
    user = visit.word or "office"
    if user != "office" and user not in wanted.documents["user"]:
        raise Refused(f"the catalog has no user '{user}'")
    return user
