"""API calls, machine time and requests to a store are booked under the same caps as tokens."""

import asyncio
import time
from collections.abc import Awaitable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ApiUnreachable, BudgetExceeded, StorageUnavailable
from tasks.llm.call_log import CallLog
from tasks.llm.fees import Fee
from tasks.llm.ledger import NANO, Ledger, open_ledger
from tasks.llm.machine import Clock, Timed, machine_time
from tasks.llm.metered import MeteredModel
from tasks.llm.protocol import ChatRequest
from tasks.llm.scripted import ScriptedModel
from tasks.llm.store_requests import book_requests, requests_booked
from tasks.records import Call
from tasks.storage import requests
from tasks.storage.stage import Silent
from tests.postgres import a_database, looking
from tests.tasks.llm.looper import PRICE

STAGE = "run:r/annotate"
FEE = Fee(1_000_000, "file prices.json of 2026-11-30")


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(
    request: pytest.FixtureRequest, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ledger]:
    place = a_database() if request.param == "postgres" else nullcontext(str(own_world / "ledger.sqlite"))
    with place as address:
        monkeypatch.setenv("FOUNDRY_LEDGER", address)
        ledger = open_ledger()
        yield ledger
        ledger.close()


def metered(tmp_path: Path) -> MeteredModel:
    return MeteredModel(
        ScriptedModel([]), PRICE, open_ledger(), CallLog(tmp_path / "log.sqlite"),
        run="r", stage="annotate", shard=3, address="/t/v1", searcher="CoT@1",
    )  # fmt: skip


def called(model: MeteredModel, number: int, fee: Fee = FEE, outcome: Any = "sunny") -> int:
    async def send() -> str:
        if isinstance(outcome, BaseException):
            raise outcome
        return str(outcome)

    answer, cost = asyncio.run(model.pay_for_api("rapidapi/weather/now", "i", f"q{number}", 0, fee, send))
    assert answer == outcome
    return cost


def booked(ledger: Ledger) -> list[Any]:
    with looking(ledger.place) as rows:
        return [tuple(row) for row in rows("SELECT kind, model, state, cost, status FROM calls ORDER BY id")]


def test_a_paid_call_is_booked_and_says_its_price(tmp_path: Path, ledger: Ledger) -> None:
    assert called(metered(tmp_path), 0) == 1_000_000
    assert booked(ledger) == [("api", "rapidapi/weather/now", "settled", 1_000_000, "ok")]
    with looking(ledger.place) as rows:
        assert rows("SELECT searcher, price, shard FROM calls") == [("CoT@1", FEE.source, 3)]


def test_a_free_quota_is_counted_over_all_runs_and_then_paid(tmp_path: Path, ledger: Ledger) -> None:
    fee = Fee(FEE.nano_usd, FEE.source, free_a_day=3, quota="rapidapi/weather")
    assert [called(metered(tmp_path), number, fee) for number in range(5)] == [0, 0, 0, 1_000_000, 1_000_000]
    assert ledger.spent(STAGE)[0] == 2_000_000


def test_a_call_that_reached_nobody_costs_nothing_and_one_that_failed_is_booked(
    tmp_path: Path, ledger: Ledger
) -> None:
    for error in (ApiUnreachable("gone"), ZeroDivisionError()):
        with pytest.raises(type(error)):
            called(metered(tmp_path), 0, outcome=error)
    assert [row[3:] for row in booked(ledger)] == [(0, "failed"), (1_000_000, "failed")]


def test_the_cap_of_a_stage_binds_calls_of_apis(tmp_path: Path, ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 0.0025)
    model = metered(tmp_path)
    assert called(model, 0) + called(model, 1) == 2_000_000
    with pytest.raises(BudgetExceeded, match=r"0\.0020 of 0\.0025 USD are spent and the next call may cost"):
        called(model, 2)
    ledger.set_cap(STAGE, 1.0)
    assert called(model, 2) == 1_000_000


def test_what_api_calls_cost_is_in_the_spend_of_a_generation(tmp_path: Path, own_world: Path) -> None:
    def call(target: str, cost: int) -> Call:
        return Call("annotate", 3, "i", "api", target, 0, "q", "ok", 0.1, 0, 0, 0, 0, cost, False)

    spend = metered(tmp_path).spend_of([call("paid", 5), call("paid", 6), call("free", 0)])
    assert [(row.model, row.calls, row.cost_nano_usd) for row in spend] == [("paid", 2, 11)]


def test_machine_time_is_booked_slice_by_slice(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3600")
    began = time.monotonic()
    with machine_time("r", "finetune", 0, "/t/v1", slice_s=0.05):
        worked = time.monotonic()
        while len(booked(ledger)) < 3 and time.monotonic() < worked + 60:
            time.sleep(0.02)
        worked_s = time.monotonic() - worked
    passed_s = time.monotonic() - began
    rows = booked(ledger)
    assert (
        len(rows) > 2 and {row[0] for row in rows} == {"machine"} and {row[2] for row in rows} == {"settled"}
    )
    settled, reserved, _ = ledger.spent("run:r/finetune")
    assert worked_s * NANO <= settled <= passed_s * NANO and reserved == 0
    assert settled == sum(row[3] for row in rows)


def test_work_ends_where_its_next_slice_fits_under_no_cap(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3600")
    ledger.set_cap("run:r/finetune", 0.2)
    with (
        pytest.raises(BudgetExceeded, match="run:r/finetune"),
        machine_time("r", "finetune", 0, "/t/v1", slice_s=0.05) as clock,
    ):
        assert isinstance(clock, Clock)
        progress = Timed(Silent(), clock)
        for step in range(6_000):
            progress.show("training steps", step, 6_000)
            time.sleep(0.01)
    assert ledger.spent("run:r/finetune")[1] == 0


def test_a_call_that_cannot_fit_ends_though_a_clock_always_holds_its_next_slice(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "0.0036")
    ledger.set_cap("run:r", 0.0025)

    async def ends(calling: Awaitable[Any]) -> None:
        async with asyncio.timeout(20):
            with pytest.raises(BudgetExceeded, match="run:r: "):
                await calling

    async def refused() -> None:
        model, fee = metered(tmp_path), Fee(3_000_000, "test")
        await ends(model.pay_for_api("rapidapi/weather/now", "i", "q", 0, fee, asyncio.Event().wait))
        await ends(model.ask(ChatRequest("scripted", [], max_tokens=3_000_000), "i"))

    with machine_time("r", "tooleval", 0, "/t/v1"):
        asyncio.run(refused())
        assert ledger.spent("run:r")[1] == 60_000, "and the clock goes on"


def test_a_machine_that_costs_nothing_books_nothing(ledger: Ledger) -> None:
    with machine_time("r", "finetune", 0, "/t/v1") as clock:
        assert clock is None
    assert booked(ledger) == []


def test_requests_to_a_store_are_booked_by_class(ledger: Ledger, tmp_path: Path, monkeypatch: Any) -> None:
    requests.take()
    requests.count("writes", 200)
    requests.count("reads", 1000)
    assert book_requests("r", "crawl", 0, "s3://b/v1") == 0
    (tmp_path / "prices.json").write_text(
        '{"storage": {"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0.0004}}'
    )
    monkeypatch.setenv("FOUNDRY_PRICES", str(tmp_path / "prices.json"))
    requests.count("writes", 200)
    requests.count("reads", 1000)
    ledger.set_cap("run:r", 0.0001)
    assert book_requests("r", "crawl", 0, "s3://b/v1") == 1_000_000 + 400_000
    assert [row[:2] for row in booked(ledger)] == [
        ("storage", "storage writes"),
        ("storage", "storage reads"),
    ]
    assert ledger.spent("run:r") == (1_400_000, 0, 100_000)
    assert book_requests("r", "crawl", 0, "s3://b/v1") == 0


def test_requests_of_a_shard_that_fails_are_booked_and_its_error_is_said(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prices.json").write_text(
        '{"storage": {"usd_per_1000_writes": 0.005, "usd_per_1000_reads": 0.0004}}'
    )
    monkeypatch.setenv("FOUNDRY_PRICES", str(tmp_path / "prices.json"))

    def fails() -> None:
        with pytest.raises(BudgetExceeded, match="its own"), requests_booked("r", "crawl", 0, "s3://b/v1"):
            raise BudgetExceeded("its own")

    requests.take()
    requests.count("writes", 200)
    with looking(ledger.place) as rows:
        rows("ALTER TABLE calls RENAME TO away")
        fails()
        with pytest.raises(StorageUnavailable), requests_booked("r", "crawl", 0, "s3://b/v1"):
            requests.count("reads", 1000)
        rows("ALTER TABLE away RENAME TO calls")
    fails()
    assert ledger.spent("run:r")[0] == 1_000_000 + 400_000, "what could not be booked was not forgotten"


@pytest.mark.parametrize(("size", "sent"), [(0, 1), (5 * 2**20, 1), (5 * 2**20 + 1, 4), (50 * 2**20, 12)])
def test_large_uploads_are_several_requests(size: int, sent: int) -> None:
    assert requests.parts_of(size) == sent
