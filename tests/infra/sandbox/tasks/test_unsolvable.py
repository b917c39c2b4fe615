"""Values that cannot be, words for values that are not said, and APIs that might stand in for another."""

from random import Random

import pytest

from infra.sandbox.tasks.asks import ApiAsks, FactAsked, Give
from infra.sandbox.tasks.calling import DEAD, SLOW, SOUND, Unusable
from infra.sandbox.tasks.limits import unfit
from infra.sandbox.tasks.market import Askable
from infra.sandbox.tasks.reach import Reach, does_tell
from infra.sandbox.tasks.unsolvable import impossible, unsaid
from tests.infra.sandbox.tasks.builders import api_page, parameter, parameter_document, tool


@pytest.mark.parametrize(
    ("kind", "value"), [("DATE (YYYY-MM-DD)", "2026-07-14"), ("TIME (24-hour HH:MM)", "12:30")]
)
def test_no_calendar_and_no_clock_has_an_impossible_date_or_time(kind, value):
    found = {impossible(parameter_document(kind=kind), value, Random(n)) for n in range(40)}
    assert len(found) > 4
    assert all(
        text[5:] in ("02-30", "02-31", "04-31", "06-31", "09-31", "11-31") or text > "24" for text in found
    )


@pytest.mark.parametrize(
    ("name", "low", "high", "value"),
    [
        ("latitude", -90, 90, 41.2),
        ("humidity", 0, 100, 60),
        ("month", 1, 12, 5),
        ("weight_kg", 0, 500, 70.5),
        ("minutes", 5, 720, 45),
    ],
)
def test_an_impossible_number_lies_outside_the_documented_range(name, low, high, value):
    document = parameter_document(name, "NUMBER", minimum=low, maximum=high)
    for n in range(40):
        assert unfit(document, impossible(document, value, Random(n)))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("price_per_kwh", "NUMBER"),
        ("a", "INTEGER"),
        ("days", "INTEGER"),
        ("name", "STRING"),
        ("phase", "ENUM"),
    ],
)
def test_what_might_make_sense_all_the_same_is_not_called_impossible(name, kind):
    document = parameter_document(name, kind, minimum=0, maximum=1000)
    assert impossible(document, 5, Random(1)) is None


def test_a_value_that_is_not_said_is_one_that_only_the_person_knows():
    assert unsaid(parameter_document(), "On {date}?", Random(1)).startswith("the day ")
    country = parameter_document("country", "STRING")
    assert unsaid(country, "Holidays of {country}?", Random(1)).startswith("the country ")


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("text", "STRING", 'Read "{text}".'),
        ("first", "STRING", "{first}?"),
        ("amount", "NUMBER", "{amount}?"),
    ],
)
def test_a_value_is_not_left_out_where_the_sentence_would_break(name, kind, sentence):
    assert unsaid(parameter_document(name, kind), sentence, Random(1)) == ""


def askable(slug, description, response, keys=(), gives=(), verdict=SOUND, parameters=()):
    page = api_page("api", parameters, response, description=description, name=slug.title())
    asks = ApiAsks(facts=tuple(map(FactAsked, keys)), gives=tuple(gives))
    tools = tool([page], slug)
    return Askable(tools, tools.apis[0], asks, verdict, False, False)


DAYLIGHT = askable(
    "daylight", "Hours from sunrise to sunset on a date.", {"daylight_hours": 15.5}, ["daylight_hours"]
)
OTHERS = [askable(f"other-{n}", f"Something about matter {n} and {n * 7}.", {f"k{n}": 1}) for n in range(30)]


@pytest.mark.parametrize(
    "other",
    [
        askable("daylight", "The age of the Moon.", {"age": 3}),
        askable("sky", "Length of the night.", {"daylight_hours": 9}),
        askable("almanac", "Sunrise, sunset and hours between them on a date.", {"x": 1}),
    ],
)
def test_an_api_of_the_same_tool_key_or_words_might_stand_in(other):
    assert Reach([DAYLIGHT, other, *OTHERS]).might_tell(other, DAYLIGHT)


def test_an_api_that_gives_the_same_meaning_might_stand_in():
    give = Give("country", {"code": "code"}, ("x",))
    needed = askable("countries", "Which land a name belongs to.", {"code": "NO"}, ["code"], [give])
    other = askable(
        "banks", "Where an account is held.", {"land": "NO"}, (), [Give("country", {"code": "land"}, ("x",))]
    )
    assert Reach([needed, other, *OTHERS]).might_tell(other, needed)


def test_an_api_about_something_else_does_not_stand_in():
    other = askable("kitchen", "Grams of flour in a cup.", {"grams": 120})
    assert not Reach([DAYLIGHT, other, *OTHERS]).might_tell(other, DAYLIGHT)


class OneAnswer:
    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def ask(self, tool, api, arguments):
        self.asked.append(arguments)
        if self.answer is None:
            raise Unusable("refused")
        return self.answer


DATE = parameter("date", example="2026-06-21")
PLACE = parameter("place", "STRING", required=False)


@pytest.mark.parametrize(
    ("answer", "tells"),
    [
        ({"a": [{"b": 15.51}]}, True),
        ({"a": 15.9}, False),
        ({"a": "15.5"}, True),
        (None, False),
    ],
)
def test_an_api_that_answers_the_tasks_values_by_the_fact_tells_it(answer, tells):
    other = askable("other", "x", {"a": 1}, parameters=[DATE, PLACE])
    answers = OneAnswer(answer)
    known = [{"date": "2026-07-01", "amount": 3}, {"date": "2026-08-01", "place": "Porto"}]
    assert does_tell(answers, other, known, [15.5]) == tells
    assert answers.asked == [{"date": "2026-07-01", "place": "Porto"}]


def test_an_api_whose_parameters_the_task_cannot_fill_is_not_called():
    answers = OneAnswer({"a": 15.5})
    other = askable("other", "x", {"a": 1}, parameters=[parameter("isbn", "STRING")])
    assert not does_tell(answers, other, [{"date": "2026-07-01"}], [15.5]) and answers.asked == []


def test_a_doubtful_api_that_takes_the_values_is_taken_to_tell_and_a_dead_one_not():
    answers = OneAnswer({"a": 15.5})
    known = [{"date": "2026-07-01"}]
    for verdict, tells in ((SLOW, True), (DEAD, False)):
        other = askable("other", "x", {"a": 1}, verdict=verdict, parameters=[DATE])
        assert does_tell(answers, other, known, [15.5]) == tells
    assert answers.asked == []
