"""Whatever a catalog contains, it's reported with a place, or it can be applied, tested and compared."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup.app.applying import apply, difference
from followup.app.catalog_diff import item_changes
from followup.app.project_catalog import declared_office
from followup.app.versions import Version
from followup.catalog.codes import CODES
from followup.catalog.load import Catalog, load
from followup.catalog.shipped import shipped
from followup.core.rehearsal.cases import verdict
from followup.core.rehearsal.preview import Side, previews
from followup.errors import FollowupError
from followup.output.problems import ProblemFormat, render_problems
from followup.output.verdicts import render_verdicts
from followup.store.opening import open_store
from tests.catalog.odd_offices import odd_office
from tests.properties import examples
from tests.sessions import visit_of

TODAY, MORNING = "2026-05-04", 1777910400
FORMATS: tuple[ProblemFormat, ...] = ("text", "json", "github", "gitlab", "sarif", "junit")
MEANINGS = {code: about.meaning for code, about in CODES.items()}
SAMPLE = load(shipped("cycles"))


@pytest.fixture(scope="module")
def database(sample: Path) -> Path:
    return sample / "followup.db"


@pytest.mark.slow(20)
@given(st.integers(0, 2**62))
@settings(max_examples=examples(300))
def test_an_odd_office_is_reported_with_places_or_runs(
    tmp_path_factory: pytest.TempPathFactory, database: Path, number: int
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    shutil.copytree(os.path.join(shipped("cycles"), "letters"), folder / "letters")
    for name, text in odd_office(number).items():
        (folder / name).write_text(text, encoding="utf-8", errors="surrogatepass")
    catalog = load(str(folder), TODAY)
    is_reported(catalog, folder)
    if not catalog.errors:
        runs_every_command(catalog, folder, database)
    shutil.rmtree(folder)


def is_reported(catalog: Catalog, folder: Path) -> None:
    """Each problem has a place in its file, and every format can render it without control characters."""
    for problem in catalog.problems:
        assert problem.code in CODES and problem.line >= 1 and problem.column >= 1
        assert problem.message.isprintable() and problem.hint.isprintable()
        lines = Path(problem.file).read_text(encoding="utf-8", errors="surrogatepass").split("\n")
        assert problem.line <= len(lines) and problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.source == lines[problem.line - 1]
    for format in FORMATS:
        for line in render_problems(catalog.problems, format, [str(folder / "0.yaml")], MEANINGS):
            assert line.replace("\n", "").isprintable()


def runs_every_command(catalog: Catalog, folder: Path, database: Path) -> None:
    """`test`, `diff REF`, `diff` and `apply` finish, or refuse with a message."""
    with suppress(FollowupError):
        office = declared_office(catalog)
        verdicts = [verdict(office, id, case) for id, case in catalog.cases.items()]
        assert all(line.isprintable() for line in render_verdicts(verdicts, catalog.places, "text"))
    for before, after in ((SAMPLE, catalog), (catalog, SAMPLE)):
        with suppress(FollowupError):
            assert item_changes(before.documents, after.documents) is not None
            assert all(preview.pairs for preview in previews(side(before), side(after), TODAY))
    is_applied(Version(catalog.documents, catalog.digest, None), shutil.copy(database, folder / "followup.db"))


def side(catalog: Catalog) -> Side:
    return Side(declared_office(catalog), catalog.documents["cycle"], catalog.documents["alias"])


def is_applied(wanted: Version, database: Path) -> None:
    with closing(open_store(f"sqlite:///{database}")) as store, suppress(FollowupError):
        expected = difference(visit_of(store, MORNING, "sue"), wanted, "sue")
        assert apply(visit_of(store, MORNING, "sue"), wanted, "sue").digest == expected.digest
