import json
from collections import Counter
from typing import Any

import pytest

from infra.sandbox.teacher.skills import PLANNER_MISTAKES
from tests.infra.sandbox.teacher.conversations import body, opening, reply, solve
from tests.infra.sandbox.teacher.marketplace import functions

ASK = "When is high tide in Cork on 2026-04-12? Please give heights in foot, as the boat needs them."
MEANT = ("high_water_for_harbour_almanac", {"port": "Cork", "date": "2026-04-12", "unit": "foot"})
OFFERED = {schema["name"] for schema in functions()}


def kind_of(function: dict[str, Any]) -> str:
    """Which mistake a call is, by comparison with the one that was meant; empty for none."""
    name = function["name"]
    try:
        arguments = json.loads(function["arguments"])
    except json.JSONDecodeError:
        return "malformed_arguments"
    if (name, arguments) == MEANT:
        return ""
    if name == "Finish":
        return "early_finish"
    if name not in OFFERED:
        return "invented_function"
    if name != MEANT[0]:
        return "wrong_function"
    return "dropped_optional" if "unit" not in arguments else "off_by_one_date"


def first_replies(model: str, count: int) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for seed in range(count):
        completion = reply(body(opening(ASK), functions(), model=model, seed=seed, temperature=1.0))
        kinds[kind_of(completion["choices"][0]["message"]["tool_calls"][0]["function"])] += 1
    return kinds


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [("rehearsal-strong", 0, 0.012), ("rehearsal-middle", 0.045, 0.085), ("rehearsal-weak", 0.17, 0.23)],
)
def test_planner_replies_go_wrong_at_the_rate_of_the_skill(model: str, low: float, high: float) -> None:
    kinds = first_replies(model, 1_500)
    assert low <= 1 - kinds[""] / kinds.total() <= high


def test_the_weak_planner_makes_every_kind_of_mistake_that_fits() -> None:
    assert set(first_replies("rehearsal-weak", 600)) == {"", *PLANNER_MISTAKES} - {"guessed_value"}


def test_a_date_is_wrong_by_one_day_only() -> None:
    dates = set()
    for seed in range(400):
        completion = reply(body(opening(ASK), functions(), model="rehearsal-weak", seed=seed))
        function = completion["choices"][0]["message"]["tool_calls"][0]["function"]
        if kind_of(function) == "off_by_one_date":
            dates.add(json.loads(function["arguments"])["date"])
    assert dates == {"2026-04-11", "2026-04-13"}


def test_a_missing_value_is_guessed_from_the_documentation_now_and_then() -> None:
    text = "How many business days lie between 2026-07-01 and 2026-07-31?"
    first = {
        tuple(solve(text, functions(), model="rehearsal-weak", seed=seed)[0][:1]).__repr__()
        for seed in range(60)
    }
    assert any("'country': 'DE'" in call for call in first)
    assert "()" in first


def test_equal_requests_err_equally() -> None:
    requests = [body(opening(ASK), functions(), model="rehearsal-weak", seed=seed) for seed in range(50)]
    assert [reply(request) for request in requests] == [reply(request) for request in requests]
