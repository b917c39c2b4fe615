import pytest

from tasks.facts.checkable import Frequencies, unchecked
from tests.tasks.facts.written import fact


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (fact(True, "boolean"), "true or false can be guessed"),
        (fact(0), "0 can be guessed"),
        (fact(1), "1 can be guessed"),
        (fact("", "text"), "there is nothing to tell"),
        (fact([], "list"), "there is nothing to tell"),
        (fact("Lisbon", "text"), "the instruction says it"),
        (fact(250), "the instruction says it"),
        (fact("2026-06-21", "date"), "the instruction says it"),
        (fact(17), ""),
        (fact({"lines": []}, "state", "state.cart"), ""),
    ],
)
def test_what_a_constant_answer_would_tell_cannot_be_checked(given, why):
    assert unchecked(given, "What do 250 people do in Lisbon on 21 June 2026?") == why


def test_what_too_many_other_calls_give_cannot_be_checked():
    seen = Frequencies()
    for call in range(40):
        seen.note("hub/x/y digit", "7" if call < 4 else str(100 + call), f"call {call}")
    share = seen.share_of_others("hub/x/y digit", "7", "call 0")
    assert share == pytest.approx(3 / 39)
    assert unchecked(fact(7), "Which digit?", share) == "8% of the other calls give the same"
    assert seen.share_of_others("hub/x/y digit", "112", "call 12") == 0.0


def test_the_same_call_in_two_tasks_counts_once():
    seen = Frequencies()
    seen.note("place", "7", "call")
    seen.note("place", "7", "call")
    assert seen.share_of_others("place", "7", "call") == 0.0
    assert seen.share_of_others("nowhere", "7", "call") == 0.0


def test_the_commonest_value_leaves_the_call_itself_out():
    seen = Frequencies()
    for call, value in enumerate(["3", "3", "5", "5", "5"]):
        seen.note("place", value, str(call))
    assert seen.commonest("place") == "5"
    assert seen.commonest("place", but="2") == "3"
    assert seen.commonest("nowhere") is None
