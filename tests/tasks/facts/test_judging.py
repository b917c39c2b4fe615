import pytest

from tasks.facts import judge
from tests.tasks.facts.written import fact

SUNRISE = fact("2026-06-21T03:30:58+02:00", "datetime", "0.sunrise", 60.0)
SUNSET = fact("2026-06-21T22:08:12+02:00", "datetime", "0.sunset", 60.0)
ASKED = "When does the sun rise and set in Stockholm on 2026-06-21?"


def outcomes(answer, *facts, asked="What is it?", **settings):
    return [each.outcome for each in judge(answer, facts, asked, **settings).findings]


def test_an_answer_must_tell_every_fact():
    assert judge("It rises at 03:31 and sets at 22:08.", [SUNRISE, SUNSET], ASKED).correct
    assert outcomes("It rises at 03:31.", SUNRISE, SUNSET, asked=ASKED) == ["told", "missing"]


def test_values_under_each_others_names_are_refused():
    assert outcomes("Sunset is at 03:31, sunrise at 22:08.", SUNRISE, SUNSET, asked=ASKED) == [
        "contradicted",
        "contradicted",
    ]


def test_a_fact_that_can_be_guessed_need_not_be_told_but_must_not_be_contradicted():
    facts = [fact(9, path="0.check_digit"), fact(False, "boolean", "0.valid")]
    loose = frozenset({"0.valid"})
    assert judge("The digit is 9.", facts, "?", loose=loose).correct
    assert judge("It is not valid; 9 is the digit.", facts, "?", loose=loose).correct
    assert not judge("It is valid, and 9 is the digit.", facts, "?", loose=loose).correct


def test_without_a_fact_that_counts_nothing_is_judged():
    judgement = judge("Yes.", [fact(True, "boolean", "0.open")], "Is it open?", loose=frozenset({"0.open"}))
    assert (judgement.correct, judgement.checkable) == (False, False)


def test_an_end_state_is_judged_where_it_is_given():
    kept = fact({"notes": [{"id": 1, "text": "buy bread"}]}, "state", "state.notebook")
    good, bad = '{"notebook": {"notes": [{"id": 7, "text": "Buy bread"}]}}', '{"notebook": {"notes": []}}'
    assert judge("Noted.", [kept], "Note it.", end_state=good).correct
    assert not judge("Noted.", [kept], "Note it.", end_state=bad).correct
    assert not judge("Noted.", [kept], "Note it.", end_state="{}").correct
    assert not judge("Noted.", [kept], "Note it.").checkable


def test_a_task_that_cannot_be_solved_is_right_when_declined():
    def told(answer, **settings):
        return judge(answer, (), "Which IRS office issued 04-2103594?", solvable=False, **settings).correct

    assert told("None of the functions can look that up.")
    assert told("", gave_up=True)
    assert not told("")
    assert not told("The office in Brookhaven.")
    assert not told("I cannot look that up, but it is number 4711.")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " ",
        "Sorry.",
        "I don't know.",
        "null",
        "{}",
        "[]",
        "\ud83d",
        "?" * 500,
        "(" * 3000,
        "1" * 5000,
        "1." * 3000,
        "12:" * 3000,
        "a" * 100_000,
        "one hundred " * 2000,
        "no not never " * 1500,
        "\\frac{1}{2}" * 1000,
        "5/5/" * 2000,
        '{"a":' * 500,
        '{"a":' * 4000,
        "[" * 100_000 + "]" * 100_000,
        "It is 12:30. " * 80_000,
    ],
)
def test_nothing_that_is_sent_breaks_the_judge(answer):
    facts = [SUNRISE, fact(42.5, tolerance=0.01, unit="km"), fact("Lisbon", "text"), fact([1, 2], "list")]
    assert not judge(answer, facts, ASKED).correct


def test_the_order_of_words_in_json_and_tables_does_not_matter():
    facts = [fact("Oslo", "text", "0.name"), fact(580000, path="0.population")]
    assert judge('{"population": 580000, "name": "Oslo"}', facts, "Largest town?").correct
    assert judge("| name | population |\n|---|---|\n| Oslo | 580,000 |", facts, "Largest town?").correct
