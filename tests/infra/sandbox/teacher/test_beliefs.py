"""Wrong beliefs about an API: as often with any stubbornness, and held again as the model's name says."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.sandbox.teacher.skills import SKILLS
from tests.infra.sandbox.teacher.conftest import flawless_skill
from tests.infra.sandbox.teacher.conversations import FLAWLESS, body, called, opening, reply, turn
from tests.infra.sandbox.teacher.marketplace import functions, observation
from tests.infra.sandbox.teacher.test_planner import BOTH, TWO_THINGS, tried

ASK = "How many business days lie between 2026-07-01 and 2026-07-24 in Spain? I have to plan the holidays."
MEANT = (
    "count_working_days_for_work_calendar",
    {"country": "ES", "start": "2026-07-01", "end": "2026-07-24"},
)
RATE = 0.3
Called = tuple[str, dict[str, Any]]


@pytest.fixture
def mistaken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that only errs by wrong beliefs, about three steps in ten."""
    monkeypatch.setitem(SKILLS, FLAWLESS, flawless_skill(belief=RATE))


def asked(messages: list[dict[str, Any]], stubborn: float, server_seed: int, seed: int = 1) -> Called:
    """What a model of this stubbornness calls."""
    request = body(messages, functions("Work Calendar"), model=f"{FLAWLESS}-stubborn{stubborn}", seed=seed)
    return called(reply(request, server_seed))


@pytest.mark.usefixtures("mistaken")
@pytest.mark.parametrize("stubborn", [0, 0.5, 0.9, 1])
def test_the_share_of_wrong_beliefs_does_not_depend_on_stubbornness(stubborn: float) -> None:
    wrong = [asked(opening(ASK), stubborn, server_seed) != MEANT for server_seed in range(800)]
    assert RATE - 0.05 <= sum(wrong) / len(wrong) <= RATE + 0.05


@pytest.mark.usefixtures("mistaken")
@pytest.mark.parametrize(
    ("stubborn", "low", "high"), [(0, 0.0, 0.12), (0.5, 0.42, 0.64), (0.9, 0.84, 0.97), (1, 1.0, 1.0)]
)
def test_a_restart_errs_in_the_same_way_as_often_as_the_name_says(
    stubborn: float, low: float, high: float
) -> None:
    pairs = [[asked(opening(ASK), stubborn, server, seed) for seed in (1, 2)] for server in range(700)]
    again = [first == second for first, second in pairs if first != MEANT]
    assert len(again) > 150
    assert low <= sum(again) / len(again) <= high


@pytest.mark.usefixtures("mistaken")
def test_a_sibling_holds_the_belief_but_never_makes_the_call_that_is_listed() -> None:
    """Siblings of another branch are no hindrance; the wrong call itself is not made once it is listed."""
    held = 0
    for server_seed in range(150):
        wrong = asked(opening(ASK), 1, server_seed)
        if wrong == MEANT:
            continue
        other = ("shift_meeting_for_work_calendar", {"datetime": "2026-01-01T00:00:00"})
        assert asked([*opening(ASK), tried(other)], 1, server_seed) == wrong
        assert asked([*opening(ASK), tried(wrong)], 1, server_seed) != wrong
        held += 1
    assert held > 25


@pytest.mark.usefixtures("mistaken")
def test_later_steps_hold_a_belief_whatever_came_before_them() -> None:
    kinds = Counter[bool]()
    for server_seed in range(150):
        calls = []
        for content in (observation(*BOTH[0]), json.dumps({"error": "", "response": '{"currency": "XXX"}'})):
            messages = opening(TWO_THINGS) + turn(*BOTH[0], content)
            request = body(messages, functions(), model=f"{FLAWLESS}-stubborn1")
            calls.append(called(reply(request, server_seed)))
        assert calls[0] == calls[1]
        kinds[calls[0] == BOTH[1]] += 1
    assert kinds[False] > 25
    assert kinds[True] > 75


@pytest.mark.usefixtures("mistaken")
def test_a_stubborn_model_does_not_find_its_way_after_a_failure_but_another_one_does() -> None:
    ends = {0: Counter[str](), 1: Counter[str]()}
    failed = json.dumps({"error": "400 Bad Request", "response": "the arguments make no sense"})
    for stubborn, counter in ends.items():
        for server_seed in range(200):
            wrong = asked(opening(ASK), stubborn, server_seed)
            if wrong == MEANT:
                continue
            after = asked(opening(ASK) + turn(*wrong, failed), stubborn, server_seed)
            counter["right" if after == MEANT else "given up" if after[0] == "Finish" else "wrong"] += 1
    assert ends[1]["right"] == 0
    assert ends[0]["right"] > 0.6 * ends[0].total()


@pytest.mark.usefixtures("mistaken")
def test_beliefs_are_about_functions_values_pairs_and_what_is_left_out() -> None:
    name, arguments = MEANT
    kinds = Counter[str]()
    for server_seed in range(400):
        said, values = asked(opening(ASK), 0, server_seed)
        if (said, values) == MEANT:
            continue
        if said != name:
            kinds["function"] += 1
        elif set(values) < set(arguments):
            kinds["left out"] += 1
        elif values == {**arguments, "start": arguments["end"], "end": arguments["start"]}:
            kinds["exchanged"] += 1
        else:
            assert sum(values[key] != arguments[key] for key in arguments) == 1 or "ES" not in values.values()
            kinds["value"] += 1
    assert set(kinds) == {"function", "left out", "exchanged", "value"}
    assert min(kinds.values()) >= 5


@pytest.mark.usefixtures("mistaken")
def test_without_a_suffix_a_model_has_no_stubbornness() -> None:
    for server_seed in range(40):
        plain, zero = (
            reply(body(opening(ASK), functions(), model=model), server_seed)["choices"]
            for model in (FLAWLESS, f"{FLAWLESS}-stubborn0")
        )
        assert plain == zero
