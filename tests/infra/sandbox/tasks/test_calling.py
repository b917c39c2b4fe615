"""What replies say of an API, and which answers may be built on."""

import pytest

from infra.sandbox.tasks.calling import (
    CALL_TRIES,
    DEAD,
    ODD,
    REFUSES,
    SLOW,
    SOUND,
    Answers,
    Failing,
    Unusable,
    judged,
    probe,
)
from infra.sandbox.tasks.hub import Reply
from tests.infra.sandbox.tasks.builders import api, tool

API = api(example_response={"hours": 15.5})
TOOL = tool()


def answer(body, status=200):
    return Reply(status, body, True, str(body))


GOOD = answer({"hours": 9.0})
LATE = Reply(0, None, False, "")
HTML = Reply(200, None, False, "<html>")
CRASH = answer({"message": "Internal server error"}, 500)


@pytest.mark.parametrize(
    ("replies", "verdict"),
    [
        ([GOOD] * 4, SOUND),
        ([GOOD, GOOD, CRASH, LATE], SOUND),
        ([CRASH] * 30, DEAD),
        ([HTML] * 30, DEAD),
        ([answer({"message": "You are not subscribed"})] * 30, DEAD),
        ([answer({"key1": "value"})] * 30, DEAD),
        ([answer({"message": "Endpoint does not exist"}, 404)] * 30, DEAD),
        ([answer({"message": "log in"}, 401)] * 30, DEAD),
        ([Reply(200, None, False, "")] * 30, DEAD),
        ([answer([1])] * 30, DEAD),
        ([GOOD] + [CRASH] * 29, ODD),
        ([LATE] + [CRASH] * 29, ODD),
        ([Reply(200, None, False, '{"hours": 15')] * 30, ODD),
        ([Reply(200, {"hours": 1}, True, " " * 50_000)] * 30, ODD),
        ([answer({"message": "argument 'q' is required"}, 400)] * 30, REFUSES),
        ([LATE] * 4, SLOW),
    ],
)
def test_the_verdict_follows_from_the_replies(replies, verdict):
    assert judged(API, replies) == verdict


class ScriptedHub:
    """Gives the replies of a script, the last one for ever."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked = []

    def forget(self, session):
        pass

    def call(self, tool, api, arguments, session):
        self.asked.append(arguments)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def test_a_dead_api_that_is_late_once_on_a_busy_machine_is_dead():
    hub = ScriptedHub(*[CRASH] * 9, LATE, *[CRASH] * 60)
    assert probe(hub, [(TOOL, API)], (), lambda: None) == {API.id: DEAD}
    always = ScriptedHub(*[CRASH, LATE] * 60)
    assert probe(always, [(TOOL, API)], (), lambda: None) == {API.id: ODD}


def ask(hub, arguments=None):
    return Answers(hub).ask(TOOL, API, arguments or {})


def test_an_answer_counts_once_it_came_twice():
    hub = ScriptedHub(GOOD)
    assert ask(hub) == {"hours": 9.0} and len(hub.asked) == 2


def test_an_answer_that_changes_is_unusable():
    with pytest.raises(Unusable, match="differently"):
        ask(ScriptedHub(GOOD, answer({"hours": 9.1})))


def test_an_api_that_fails_now_and_then_still_answers():
    assert ask(ScriptedHub(CRASH, LATE, GOOD, HTML, answer({"message": "x"}, 429), GOOD)) == {"hours": 9.0}


def test_a_refusal_is_not_repeated():
    hub = ScriptedHub(answer({"message": "no such city"}, 404))
    with pytest.raises(Unusable, match="no such city"):
        ask(hub)
    assert len(hub.asked) == 1


def test_a_call_that_always_fails_is_given_up():
    hub = ScriptedHub(CRASH)
    with pytest.raises(Failing):
        Answers(hub).once(TOOL, API, {}, "s")
    assert len(hub.asked) == CALL_TRIES


def test_a_call_is_made_anew_for_other_arguments_only():
    hub = ScriptedHub(GOOD)
    answers = Answers(hub)
    for arguments in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 2}):
        answers.ask(TOOL, API, arguments)
    assert len(hub.asked) == 4
