"""A ledger of either kind, new for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.llm import books
from tasks.llm.ledger import Ledger
from tests.postgres import a_database
from tests.tasks.llm.ledger.calling import Noon


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that this process books are of one day."""
    monkeypatch.setattr(books, "datetime", Noon)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path | str]:
    """Where a new ledger may be made: a file, or a database."""
    if request.param == "sqlite":
        yield tmp_path / "ledger.sqlite"
    else:
        with a_database() as address:
            yield address


@pytest.fixture
def ledger(place: Path | str) -> Iterator[Ledger]:
    made = Ledger(place)
    yield made
    made.close()
