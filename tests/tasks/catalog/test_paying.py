"""Trial calls of APIs that cost money are reserved, booked and capped; of unknown price, none is made."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.catalog.stage import Parameters, run
from tasks.errors import ApiUnreachable, BudgetExceeded
from tasks.llm.ledger import open_ledger
from tasks.storage import requests
from tasks.storage.stage import Silent
from tests.postgres import looking
from tests.tasks.catalog.tiny_hub import TOOLS, TinyHub

FEE = 1_000_000
"""nano-USD."""


@pytest.fixture
def hub() -> Iterator[TinyHub]:
    made = TinyHub()
    yield made
    made.stop()


@pytest.fixture
def crawl(hub: TinyHub, tmp_path: Path) -> Parameters:
    return Parameters(location=hub.location, catalog=str(tmp_path / "c"), run_id="r")


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {
        "apis": {"*": {"usd_per_call": FEE / 1e9}},
        "storage": {"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0},
    }
    (tmp_path / "prices.json").write_text(json.dumps(prices))
    monkeypatch.setenv("FOUNDRY_PRICES", str(tmp_path / "prices.json"))


def booked() -> list[tuple[str, str, int]]:
    with looking(open_ledger().place) as rows:
        return [tuple(row) for row in rows("SELECT kind, state, cost FROM calls ORDER BY id")]


@pytest.mark.usefixtures("priced")
def test_every_trial_call_of_a_paid_api_is_booked_and_said(hub: TinyHub, crawl: Parameters) -> None:
    report = run(crawl, Silent())
    assert report.rows["apis"] == 2 * len(TOOLS)
    assert booked() == [("api", "settled", FEE)] * hub.calls and hub.calls >= 3 * report.rows["apis"]
    assert any(f"came to {hub.calls * FEE / 1e9:.4f} USD" in note for note in report.notes)


@pytest.mark.usefixtures("priced")
def test_a_crawl_stops_at_its_cap_and_goes_on_under_a_raised_one(hub: TinyHub, crawl: Parameters) -> None:
    requests.take()
    requests.count("writes", 200)
    with pytest.raises(BudgetExceeded, match=r"run:r/crawl: .* raise --budget-usd and run again"):
        run(crawl.model_copy(update={"budget_usd": 5.5 * FEE / 1e9}), Silent())
    assert hub.calls == 5
    assert booked() == [*[("api", "settled", FEE)] * 5, ("storage", "settled", FEE)]
    report = run(crawl.model_copy(update={"budget_usd": 1.0}), Silent())
    assert report.rows["apis"] == 2 * len(TOOLS)


@pytest.mark.parametrize("pricing", ["PAID", "FREEMIUM", ""])
def test_an_api_whose_price_nobody_knows_is_not_called_and_not_kept(
    pricing: str, hub: TinyHub, crawl: Parameters
) -> None:
    hub.elsewhere, hub.pricing = "http://api.invalid", pricing
    report = run(crawl, Silent())
    assert report.rejected == {"unknown_price": 2 * len(TOOLS), "no_api_left": len(TOOLS)}
    assert report.rows["probes"] == 0 and booked() == []


def test_an_api_that_is_free_by_its_marketplace_is_called_wherever_it_is(
    hub: TinyHub, crawl: Parameters
) -> None:
    hub.elsewhere, hub.pricing = "http://api.invalid", "FREE"
    with pytest.raises(ApiUnreachable, match=r"api\.invalid does not answer"):
        run(crawl, Silent())
