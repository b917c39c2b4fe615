"""`foundry serve student` ends where its machine time fits under no cap, and with what it serves."""

import os
import sys
from pathlib import Path

import pytest

from flows.commands.serve import served
from tasks.errors import BudgetExceeded
from tasks.llm.ledger import open_ledger
from tasks.llm.machine import machine_time


def test_serving_ends_with_its_server_at_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3600")
    open_ledger().set_cap("run:r/serve", 2.0)
    command = ["sh", "-c", 'echo $$ > "$0"; exec sleep 600', str(tmp_path / "pid")]
    with (
        pytest.raises(BudgetExceeded, match=r"run:r/serve: .* raise --budget-usd and run again"),
        machine_time("r", "serve", 0, "/t/v1", slice_s=0.4) as clock,
    ):
        served(command, clock)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_server_that_ends_by_itself_gives_its_code() -> None:
    assert served([sys.executable, "-c", "raise SystemExit(3)"], None) == 3
