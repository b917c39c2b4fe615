from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import ConfigurationError
from tasks.llm.ledger import NANO
from tasks.llm.spending.calls import MODEL, Booked
from tasks.llm.spending.invoice import Charge, Invoice
from tasks.llm.spending.reconcile import Reconciliation, reconcile

DAY, NEXT = "2026-11-21", "2026-11-22"


def invoice(*charges: tuple[str, str, str]) -> Invoice:
    return Invoice(tuple(Charge(day, item, Decimal(usd)) for day, item, usd in charges), "d", "m", "a", "usd")


def compared(billed: Invoice, *booked: tuple[str, str, int], **given: object) -> Reconciliation:
    return against(billed, *(Booked(day, MODEL, model, cost) for day, model, cost in booked), **given)


def against(billed: Invoice, *booked: Booked, **given: object) -> Reconciliation:
    return reconcile(billed, booked, **{"aliases": {}, "tolerance": 0, **given})  # type: ignore[arg-type]


def test_lines_of_token_classes_and_snapshots_are_one_model():
    billed = invoice((DAY, "gpt-4o-2024-08-06, input", "0.1"), (DAY, "gpt-4o-2024-08-06, output", "0.2"))
    found = compared(billed, (DAY, "gpt-4o", 300_000_000))
    assert found.agrees
    assert [(row.model, row.difference) for row in found.rows] == [("gpt-4o", 0)]
    assert found.names == {"gpt-4o": ("gpt-4o", "gpt-4o-2024-08-06")}


def test_neighbours_in_name_stay_apart():
    found = compared(invoice((DAY, "gpt-4o-mini", "1")), (DAY, "gpt-4o", NANO))
    assert [(row.model, row.difference) for row in found.rows] == [("gpt-4o", -NANO), ("gpt-4o-mini", NANO)]


def test_an_alias_brings_other_names_together():
    billed = invoice((DAY, "Claude Haiku 4.5", "1"))
    found = compared(
        billed, (DAY, "claude-haiku-4-5", NANO), aliases={"Claude Haiku 4.5": "claude-haiku-4-5"}
    )
    assert found.agrees


def test_one_nano_is_a_difference_unless_it_is_tolerated():
    billed = invoice((DAY, "m", "1.000000001"))
    assert not compared(billed, (DAY, "m", NANO)).agrees
    assert compared(billed, (DAY, "m", NANO), tolerance=1).agrees
    assert compared(billed, (DAY, "m", NANO), tolerance_percent=0.1).agrees


def test_what_only_one_book_has_is_shown():
    found = compared(invoice((DAY, "a", "1"), (NEXT, "a", "1")), (DAY, "b", 5))
    assert [(row.day, row.model, row.ledger, row.invoice) for row in found.rows] == [
        (DAY, "a", 0, NANO), (DAY, "b", 5, 0), (NEXT, "a", 0, NANO),
    ]  # fmt: skip


def test_days_beyond_the_invoice_are_no_difference_but_said():
    found = compared(invoice((DAY, "m", "1")), (DAY, "m", NANO), (NEXT, "m", 7))
    assert found.agrees
    assert found.outside == 7
    narrowed = compared(invoice((DAY, "m", "1"), (NEXT, "m", "1")), (DAY, "m", NANO), last=DAY)
    assert narrowed.agrees
    assert any("other days" in note for note in narrowed.notes)


def test_free_models_that_nobody_bills_are_left_out():
    assert compared(invoice((DAY, "m", "1")), (DAY, "m", NANO), (DAY, "rehearsal-middle", 0)).agrees


def test_machines_storage_and_fees_are_said_and_not_held_against_a_provider_of_models() -> None:
    other = [Booked(DAY, kind, kind, 5 * NANO) for kind in ("machine", "storage", "api")]
    found = against(invoice((DAY, "m", "1")), Booked(DAY, MODEL, "m", NANO), *other)
    assert found.agrees
    assert found.notes == (
        "the ledger has 5 USD of kind api, 5 USD of kind machine, 5 USD of kind storage, "
        "which no provider of models bills: left out",
    )


@pytest.mark.parametrize("models", [("gpt-*",), ("GPT-4o", "o?-mini"), ("openai/*",)])
def test_a_ledger_of_two_providers_agrees_with_the_invoice_of_one(models: tuple[str, ...]) -> None:
    billed = invoice((DAY, "gpt-4o-2024-08-06, input", "1"))
    booked = [(DAY, "openai/gpt-4o", NANO), (DAY, "claude-haiku-4-5", 3 * NANO)]
    assert not compared(billed, *booked).agrees
    found = compared(billed, *booked, models=models)
    assert found.agrees
    assert found.notes == ("the ledger has 3 USD of models beyond --models: left out",)
    assert not compared(billed, *booked, models=("claude-*",)).agrees, "what was billed is never left out"


def test_days_on_which_neither_book_has_anything_do_not_agree() -> None:
    with pytest.raises(ConfigurationError, match=f"from {NEXT} to {NEXT}.*covers {DAY} to {DAY}"):
        compared(invoice((DAY, "m", "1")), (DAY, "m", NANO), first=NEXT, last=NEXT)


@given(
    st.lists(
        st.tuples(st.sampled_from([DAY, NEXT]), st.sampled_from("ab"), st.integers(0, 10**15)), min_size=1
    )
)
def test_sums_of_many_lines_agree_to_the_nano(booked):
    billed = invoice(*((day, model, str(Decimal(cost) / NANO)) for day, model, cost in booked))
    sums: dict[tuple[str, str], int] = {}
    for day, model, cost in booked:
        sums[day, model] = sums.get((day, model), 0) + cost
    found = compared(billed, *((day, model, cost) for (day, model), cost in sums.items()))
    assert found.agrees
    assert found.to_plain()["difference_nano_usd"] == 0
