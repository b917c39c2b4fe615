"""Drawn arguments fit the documentation."""

from random import Random

from infra.sandbox.tasks.asks import ApiAsks
from infra.sandbox.tasks.limits import unfit
from infra.sandbox.tasks.values import draw_arguments
from tests.infra.sandbox.tasks.builders import api, parameter

API = api(
    parameters=[
        parameter("start", example="2026-03-01", description="First day. From 2025-12-01 to 2026-12-31."),
        parameter("end", example="2026-12-25", description="Last day."),
        parameter("from_currency", "STRING", example="USD", description="Code. Examples: USD; JPY; EUR."),
        parameter("to_currency", "STRING", example="USD", description="Code. Examples: USD; JPY; EUR."),
        parameter("amount", "NUMBER", minimum=0, maximum=400, example=250),
        parameter("rate", "NUMBER", minimum=0, maximum=10, example=3.25),
        parameter("count", "INTEGER", minimum=1, maximum=8, example=5),
        parameter("at", "TIME (24-hour HH:MM)", example="12:00"),
        parameter("phase", "ENUM", enum=["new", "full"], example="new"),
        parameter("exact", "BOOLEAN", example=True),
        parameter("flows", "ARRAY", example=[-1000, 300]),
    ]
)
NAMES = [p.name for p in API.parameters]


def draws(asks=None, names=NAMES, vary=True, times=200):
    return [draw_arguments(API, asks or ApiAsks(), names, Random(n), vary) for n in range(times)]


def test_every_draw_fits_types_and_ranges():
    for arguments in draws():
        assert list(arguments) == NAMES
        assert [p.name for p in API.parameters if unfit(p, arguments[p.name])] == []
        assert "2025-12-01" <= arguments["start"] <= "2026-12-31"


def test_numbers_and_dates_vary_and_texts_are_listed_ones():
    found = draws()
    assert len({a["amount"] for a in found}) > 20 and len({a["end"] for a in found}) > 50
    assert {a["from_currency"] for a in found} == {"USD", "JPY", "EUR"}
    assert all(isinstance(a["count"], int) for a in found)


def test_two_texts_of_one_call_differ():
    assert all(a["from_currency"] != a["to_currency"] for a in draws())


def test_listed_values_only_where_nothing_shall_vary():
    asks = ApiAsks(values={"amount": (10, 20)})
    found = draws(asks, vary=False)
    assert {a["amount"] for a in found} == {250, 10, 20}
    assert {a["end"] for a in found} == {"2026-12-25"}


def test_values_of_a_set_stay_together():
    sets = ({"amount": 1, "rate": 2}, {"amount": 3, "rate": 4, "count": 5})
    found = draws(ApiAsks(sets=sets), ["amount", "rate"])
    assert {(a["amount"], a["rate"]) for a in found} == {(1, 2), (3, 4)}
    assert all("count" not in a for a in found)


def test_equal_chance_gives_equal_arguments():
    assert draws(times=5) == draws(times=5)
