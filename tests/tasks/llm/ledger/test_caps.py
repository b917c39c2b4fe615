"""No reservation passes a cap in USD or in tokens, of a run, a stage or a day."""

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.accounts import Refusal, Reservation, Unit
from tasks.llm.ledger import NANO, Ledger, caps_of, summary
from tasks.llm.payment import RAISE_THE_CAP, said_of
from tasks.llm.protocol import Usage
from tests.tasks.llm.ledger.calling import RUN, STAGE, key, refused, reserved, today


def test_a_call_is_reserved_at_its_worst_and_settled_at_its_cost(ledger: Ledger) -> None:
    call = reserved(ledger, 900)
    assert [ledger.spent(scope) for scope in (today(), RUN, STAGE)] == [(0, 900, None)] * 3
    ledger.settle(call, Usage(10, 20, 30, 40), 250, 0.5, "ok")
    assert [ledger.spent(scope) for scope in (today(), RUN, STAGE)] == [(250, 0, None)] * 3
    ledger.settle(call, Usage(), 999, 0.5, "again")
    assert ledger.spent(RUN) == (250, 0, None)
    assert ledger.by_model("r") == [("annotate", "m", 1, 0, 0, 10, 20, 30, 40, 250)]
    assert summary(ledger, "r")[0]["cost_usd"] == 250 / NANO


@pytest.mark.parametrize("scope", [RUN, STAGE, "day"])
def test_every_cap_binds(ledger: Ledger, scope: str) -> None:
    ledger.set_cap(scope, 1000 / NANO)
    first = reserved(ledger, 600)
    refusal = refused(ledger, 401)
    assert (refusal.cap, refusal.settled, refusal.reserved) == (1000, 0, 600)
    assert refusal.scope == (today() if scope == "day" else scope)
    assert isinstance(ledger.reserve(key(), 400, "test"), Reservation)
    ledger.settle(first, Usage(), 100, 0.0, "ok")
    assert isinstance(ledger.reserve(key(), 500, "test"), Reservation)
    assert refused(ledger, 1).reserved == 900


def test_a_cap_of_one_stage_does_not_bind_another(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 0.0)
    assert isinstance(ledger.reserve(key(), 1, "test"), Refusal)
    assert isinstance(ledger.reserve(key(stage="tooleval"), 1, "test"), Reservation)
    assert isinstance(ledger.reserve(key(run="r2"), 1, "test"), Reservation)


def test_a_day_has_its_own_cap_or_that_of_every_day(ledger: Ledger) -> None:
    ledger.set_cap("day", 1.0)
    assert ledger.spent("day:2026-01-01") == (0, 0, NANO)
    ledger.set_cap("day:2026-01-01", 2.0)
    assert ledger.spent("day:2026-01-01") == (0, 0, 2 * NANO)


def test_a_raised_cap_lets_the_next_call_pass(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 100 / NANO)
    assert refused(ledger, 101).reserved == 0
    ledger.set_cap(STAGE, 101 / NANO)
    reserved(ledger, 101)
    ledger.set_cap(STAGE, None)
    reserved(ledger, 10**15)


def test_what_costs_nothing_passes_any_cap_and_is_counted(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 0.0)
    ledger.settle(reserved(ledger, 0), Usage(uncached=5), 0, 0.1, "ok")
    assert ledger.by_model("r")[0][:6] == ("annotate", "m", 1, 0, 0, 5)


def test_tokens_are_capped_apart_from_money(ledger: Ledger) -> None:
    ledger.set_token_cap(STAGE, 100)
    call = reserved(ledger, 0, tokens=60)
    refusal = ledger.reserve(key(), 0, "test", 41)
    assert refusal == Refusal(STAGE, 100, 0, 60, 41, "tokens")
    ledger.settle(call, Usage(10, 5, 3, 2), 0, 0.1, "ok")
    assert ledger.account(STAGE).settled.tokens == 20
    reserved(ledger, 0, tokens=80)
    assert isinstance(ledger.reserve(key(), 0, "test", 1), Refusal)
    ledger.set_token_cap(STAGE, None)
    reserved(ledger, 0, tokens=1)


def test_tokens_that_nobody_knows_are_booked_as_they_were_reserved(ledger: Ledger) -> None:
    ledger.settle(reserved(ledger, 900, tokens=60), Usage(), 900, 0.1, "ok", at_worst=True)
    assert ledger.account(STAGE).settled == (900, 60)


@pytest.mark.parametrize("cap_usd", [-1.0, float("nan"), float("inf"), 1e12])
def test_what_is_no_sum_of_money_is_no_cap(ledger: Ledger, cap_usd: float) -> None:
    with pytest.raises(ConfigurationError, match="is none; give a sum"):
        ledger.set_cap(STAGE, cap_usd)


def test_caps_of_a_run_come_from_its_budget_and_the_shell(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps_of(ledger, "r", "annotate", 2.5)
    assert ledger.spent(STAGE) == (0, 0, 2_500_000_000)
    caps_of(ledger, "r", "annotate", None)
    assert ledger.spent(STAGE)[2] == 2_500_000_000
    monkeypatch.setenv("FOUNDRY_DAY_CAP_USD", "7")
    caps_of(ledger, "r", "annotate", 3.0)
    assert (ledger.spent(STAGE)[2], ledger.spent(today())[2]) == (3 * NANO, 7 * NANO)


@pytest.mark.parametrize("cap", ["much", "nan", "inf", "-1"])
def test_a_day_cap_that_is_no_number_is_said(
    ledger: Ledger, cap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_DAY_CAP_USD", cap)
    with pytest.raises(ConfigurationError, match=f"FOUNDRY_DAY_CAP_USD must be a number of USD, not '{cap}'"):
        caps_of(ledger, "r", "annotate", 1.0)
    assert ledger.spent(STAGE)[2] is None


@pytest.mark.parametrize(
    ("scope", "unit", "advice"),
    [
        ("run:r/annotate", "USD", "raise --budget-usd and run again"),
        ("run:r/annotate", "tokens", "raise --budget-tokens and run again"),
        (
            "run:r",
            "USD",
            "raise --budget-usd of the factory, or its cap by 'foundry spend cap run:r USD', and run",
        ),
        (
            "day:2026-11-21",
            "USD",
            "raise FOUNDRY_DAY_CAP_USD for every day, or this day's cap by 'foundry spend cap day:",
        ),
        ("day:2026-11-21", "tokens", "raise FOUNDRY_DAY_CAP_TOKENS for every day"),
    ],
)
def test_who_is_refused_is_told_where_that_cap_is_raised(scope: str, unit: Unit, advice: str) -> None:
    said = said_of(Refusal(scope, 100, 90, 0, 20, unit))
    assert advice in said and RAISE_THE_CAP in said


def test_a_day_cap_of_part_of_a_token_is_refused(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_DAY_CAP_TOKENS", "0.5")
    with pytest.raises(ConfigurationError, match=r"must be a whole number of tokens, not '0\.5'"):
        caps_of(ledger, "r", "annotate", None)
    monkeypatch.setenv("FOUNDRY_DAY_CAP_TOKENS", "1e6")
    caps_of(ledger, "r", "annotate", None)
    assert ledger.account(today()).cap_tokens == 1_000_000
