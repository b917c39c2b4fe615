"""Slips of the moment, each at its own rate, and what is done where nothing is left to try."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from infra.sandbox.teacher.skills import SKILLS
from tests.infra.sandbox.teacher.conftest import flawless_skill
from tests.infra.sandbox.teacher.conversations import FLAWLESS, body, opening, reply, turn
from tests.infra.sandbox.teacher.marketplace import functions, observation
from tests.infra.sandbox.teacher.test_planner import BOTH, MONEY, TWO_THINGS, tried

ASK = "When is high tide in Cork on 2026-04-12? Please give heights in foot, as the boat needs them."
OFFERED = {schema["name"] for schema in functions()}
BETWEEN = opening(TWO_THINGS) + turn(*BOTH[0], observation(*BOTH[0]))
ALL_FOUND = BETWEEN + turn(*BOTH[1], observation(*BOTH[1]))
NO_COUNTRY = "How many business days lie between 2026-07-01 and 2026-07-31?"


def with_rates(monkeypatch: pytest.MonkeyPatch, **rates: float) -> None:
    """Let the flawless model err in the named ways."""
    monkeypatch.setitem(SKILLS, FLAWLESS, flawless_skill(**rates))


def messages_of(messages: list[dict[str, Any]], count: int = 400, **more: Any) -> Iterator[dict[str, Any]]:
    """What the model says at each of so many seeds."""
    for seed in range(count):
        yield reply(body(messages, functions(), seed=seed, **more))["choices"][0]["message"]


def calls_of(messages: list[dict[str, Any]], count: int = 400, **more: Any) -> Counter[tuple[str, str]]:
    """Calls by name and arguments."""
    said = (message["tool_calls"][0]["function"] for message in messages_of(messages, count, **more))
    return Counter((function["name"], function["arguments"]) for function in said)


def share(counter: Counter[Any], *wanted: Any) -> float:
    return sum(counter[each] for each in wanted) / counter.total()


def test_a_call_that_brings_nothing_new_repeats_an_earlier_one_varies_it_or_goes_astray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_rates(monkeypatch, idle=0.3, idle_again=0.3)
    kinds = Counter[str]()
    for (name, arguments), count in calls_of(ALL_FOUND).items():
        again = (name, json.loads(arguments)) in BOTH
        kinds["again" if again else "varied" if name == BOTH[1][0] else name] += count
    assert 0.64 <= share(kinds, "Finish") <= 0.76
    assert 0.03 <= share(kinds, "again") <= 0.11
    assert 0.05 <= share(kinds, "varied") <= 0.15
    astray = set(kinds) - {"Finish", "again", "varied"}
    assert astray
    assert astray < OFFERED


def test_the_first_call_is_never_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, idle=1, idle_again=1)
    assert len(calls_of(opening(ASK), 50)) == 1


def test_idleness_goes_on_more_often_than_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, idle=0.1, idle_again=0.8)
    repeated = ALL_FOUND + turn(*BOTH[1], observation(*BOTH[1]))
    ended = [
        sum(count for (name, _), count in calls_of(messages, 300).items() if name == "Finish") / 300
        for messages in (ALL_FOUND, repeated)
    ]
    assert ended[0] > 0.84
    assert ended[1] < 0.28


def test_an_invented_function_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, invented=0.2)
    calls = calls_of(opening(ASK))
    invented = [name for name, _ in calls if name not in OFFERED]
    assert len(set(invented)) > 1
    assert 0.14 <= sum(count for (name, _), count in calls.items() if name not in OFFERED) / 400 <= 0.26


def test_malformed_arguments_are_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, malformed=0.2)
    broken = 0
    for (_, arguments), count in calls_of(opening(ASK)).items():
        try:
            json.loads(arguments)
        except json.JSONDecodeError:
            broken += count
    assert 0.14 <= broken / 400 <= 0.26


def test_a_reply_may_be_a_thought_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, mute=0.2)
    silent = [message for message in messages_of(opening(ASK)) if "tool_calls" not in message]
    assert 0.14 <= len(silent) / 400 <= 0.26
    assert all(message["content"] for message in silent)


@pytest.mark.parametrize(
    ("rate", "return_type"), [("early", "give_answer"), ("resigned", "give_up_and_restart")]
)
def test_a_search_may_end_between_two_steps_but_not_before_the_first(
    monkeypatch: pytest.MonkeyPatch, rate: str, return_type: str
) -> None:
    with_rates(monkeypatch, **{rate: 0.2})
    ended = [
        json.loads(arguments)
        for (name, arguments), n in calls_of(BETWEEN).items()
        if name == "Finish"
        for _ in range(n)
    ]
    assert 0.14 <= len(ended) / 400 <= 0.26
    assert {each["return_type"] for each in ended} == {return_type}
    assert not [name for name, _ in calls_of(opening(TWO_THINGS), 100) if name == "Finish"]


def test_an_early_answer_lacks_a_part_or_any_value(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, early=1)
    texts = {json.loads(arguments)["final_answer"] for _, arguments in calls_of(BETWEEN, 300)}
    assert any("NOK" in text for text in texts)
    assert any(not any(sign.isdigit() for sign in text) and "NOK" not in text for text in texts)


def test_where_a_value_is_missing_the_documentation_is_asked_for_one_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_rates(monkeypatch, guess=0.4)
    calls = calls_of(opening(NO_COUNTRY))
    made_up = sum(
        count for (_, arguments), count in calls.items() if json.loads(arguments).get("country") == "DE"
    )
    assert 0.32 <= made_up / 400 <= 0.48
    assert {name for name, _ in calls} == {"count_working_days_for_work_calendar", "Finish"}


def test_where_nothing_is_left_to_try_it_clings_excuses_itself_or_gives_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_rates(monkeypatch, excuse=0.5, clinging=0.3)
    call = (MONEY, {"country": "KE"})
    failed = json.dumps({"error": "not found (404)", "response": ""})
    ends = Counter[str]()
    stuck = opening("Tell me the legal tender of Kenya.") + turn(*call, failed)
    for (name, arguments), count in calls_of(stuck).items():
        values = json.loads(arguments)
        kind = values["return_type"] if name == "Finish" else "again" if (name, values) == call else "else"
        ends[kind] += count
    assert 0.23 <= share(ends, "again") <= 0.37
    assert 0.28 <= share(ends, "give_answer") <= 0.42
    assert ends["else"] == 0


def test_who_can_plan_nothing_calls_something_all_the_same_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_rates(monkeypatch, hasty=0.5)
    calls = calls_of(opening("Please write a poem about my cat for her birthday."))
    finished = sum(count for (name, _), count in calls.items() if name == "Finish")
    assert 0.4 <= finished / 400 <= 0.6
    assert {name for name, _ in calls} <= OFFERED


def test_a_further_attempt_is_given_up_more_readily(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, resigned_again=0.3)
    calls = calls_of([*BETWEEN, tried((MONEY, {"country": "JP"}))])
    ended = [
        json.loads(arguments) for (name, arguments), n in calls.items() if name == "Finish" for _ in range(n)
    ]
    resigned = [each for each in ended if "start again" in each["final_answer"]]
    assert 0.2 <= len(resigned) / 400 <= 0.4


def test_a_wrong_value_that_came_through_is_taken_for_the_step_unless_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_rates(monkeypatch, notice=0.4)
    wrong = (MONEY, {"country": "JP"})
    messages = opening(TWO_THINGS) + turn(*wrong, observation(*wrong))
    calls = calls_of(messages)
    assert 0.32 <= sum(n for (name, _), n in calls.items() if name == MONEY) / 400 <= 0.48
    messages += turn(*BOTH[1], observation(*BOTH[1]))
    assert {name for name, _ in calls_of(messages, 50)} == {"Finish"}


def test_something_wrong_is_told_of_an_answer_at_the_rate_of_the_skill(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = next(messages_of(ALL_FOUND, 1))["tool_calls"][0]["function"]["arguments"]
    with_rates(monkeypatch, misread=0.2)
    told = calls_of(ALL_FOUND)
    assert 1 - 0.8**2 - 0.06 <= 1 - share(told, ("Finish", right)) <= 1 - 0.8**2 + 0.06
    assert len(told) > 5


def test_no_slip_makes_a_call_that_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rates(monkeypatch, idle=0.5, idle_again=0.5, clinging=0.5, excuse=0.5, guess=0.5, early=0.1)
    listed = [*BOTH, (MONEY, {"country": "NO"})]
    for name, arguments in calls_of([*ALL_FOUND, tried(*listed)], 300):
        assert (name, json.loads(arguments)) not in listed


@pytest.mark.parametrize("model", ["rehearsal-strong", "rehearsal-middle", "rehearsal-weak"])
def test_first_replies_of_the_weak_go_wrong_more_often_than_those_of_the_strong(model: str) -> None:
    low, high = {
        "rehearsal-strong": (0, 0.04),
        "rehearsal-middle": (0.05, 0.25),
        "rehearsal-weak": (0.25, 0.6),
    }[model]
    meant = next(iter(calls_of(opening(ASK), 1)))
    right = wrong = 0
    for message in messages_of(opening(ASK), 600, model=model):
        function = message.get("tool_calls", [{"function": {"name": "", "arguments": ""}}])[0]["function"]
        same = (function["name"], function["arguments"]) == meant
        right, wrong = right + same, wrong + (not same)
    assert low <= wrong / (right + wrong) <= high


def test_equal_requests_err_equally() -> None:
    requests = [
        body(BETWEEN, functions(), model="rehearsal-weak-stubborn0.5", seed=seed) for seed in range(50)
    ]
    assert [reply(request) for request in requests] == [reply(request) for request in requests]
