"""A report says what was billed beyond the reservations, also by a run's last calls."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tasks.llm.ledger import open_ledger
from tasks.llm.protocol import Usage
from tasks.llm.spending.overruns import overrun_notes
from tests.tasks.llm.ledger.calling import RUN, STAGE, reserved


def test_what_a_server_billed_beyond_and_the_cap_it_passed_are_said(own_world: Path) -> None:
    ledger = open_ledger()
    ledger.set_cap(STAGE, 0.0005)
    ledger.set_token_cap(RUN, 500)
    assert overrun_notes("r", "annotate") == []
    ledger.settle(reserved(ledger, 100_000, tokens=100), Usage(output=1_000), 1_000_000, 0.1, "ok")
    billed = "m billed 0.0009 USD and 900 tokens more than was reserved, in 1 call"
    passed = [f"{RUN} came to 500 tokens above its cap of 500 tokens"]
    passed.append(f"{STAGE} came to 0.0005 USD above its cap of 0.0005 USD")
    trust = "; it reserves 10 times its worst case until 'foundry spend trust m'"
    assert overrun_notes("r", "annotate") == [billed + trust, *passed]
    ledger.forget_factor("m")
    assert overrun_notes("r", "annotate")[0] == billed
    assert overrun_notes("r", "tooleval") == passed[:1]


def test_the_cap_of_a_day_before_midnight_is_said_too(
    own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = open_ledger()
    ledger.set_cap("day", 0.0005)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    monkeypatch.setattr("tasks.llm.books.datetime", SimpleNamespace(now=lambda zone: yesterday))
    ledger.settle(reserved(ledger, 100_000, tokens=100), Usage(output=1_000), 1_000_000, 0.1, "ok")
    (said,) = overrun_notes("r", "annotate")[1:]
    assert said == f"day:{yesterday:%Y-%m-%d} came to 0.0005 USD above its cap of 0.0005 USD"


def test_a_ledger_that_cannot_be_read_spoils_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path))
    (said,) = overrun_notes("r", "annotate")
    assert said.startswith("whether servers billed more than was reserved is not known: the ledger")
