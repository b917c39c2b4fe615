"""Asks files are read, and what does not fit the documentation becomes a sentence."""

import tomllib

import pytest

from infra.sandbox.tasks.asks import FactAsked, read_folder, read_tool
from infra.sandbox.tasks.errors import TasksError
from tests.infra.sandbox.tasks.builders import api_page, parameter, tool

PLACE = (
    parameter("latitude", "NUMBER", minimum=-90, maximum=90, example=38.7),
    parameter("longitude", "NUMBER", minimum=-180, maximum=180, example=-9.1),
    parameter("date", example="2026-06-21"),
    parameter("timezone", "STRING", required=False, example="UTC"),
)
SUN = tool([api_page("day", PLACE), api_page("moon", [parameter("date", example="2026-06-21")])])


def read(text):
    return read_tool(SUN, tomllib.loads(text))


def problems(text):
    return read(text)[1]


def test_a_file_of_the_documented_form_is_read_without_complaint():
    asks, found = read("""
        [day]
        asks = ["Light at {latitude}, {longitude} on {date}?", "{timezone} {latitude} {longitude} {date}?"]
        facts = ["hours", { path = "hours", kind = "number", unit = "h", tolerance = 0.1 }]
        values = { timezone = ["Europe/Paris"] }
        sets = [ { latitude = 59.3, longitude = 18.1 } ]
        [day.takes]
        place = { latitude = "latitude", longitude = "longitude" }
        chained = ["Light in {place} on {date}?"]
        [[day.gives]]
        meaning = "daylight"
        from = { hours = "hours" }
        words = ["the length of {date} at {latitude}, {longitude}", "the length of {date} in {place}"]
    """)
    assert found == []
    day = asks["day"]
    assert len(day.asks) == 2 and day.chained == ("Light in {place} on {date}?",)
    assert day.facts == (FactAsked("hours"), FactAsked("hours", "number", "h", 0.1))
    assert day.takes["place"].fields == {"latitude": "latitude", "longitude": "longitude"}
    assert day.gives[0].meaning == "daylight" and len(day.gives[0].words) == 2


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[night]\nasks = ["x"]', "sun-times.toml [night]: the tool has no such API; it has day, moon"),
        ('[moon]\nasks = ["The moon?"]', "'The moon?' lacks the required date"),
        ('[moon]\nasks = ["The moon on {day} or {date}?"]', "names {day}; the API knows date"),
        ('[moon]\nasks = ["The moon on {date}} ?"]', "names a lone brace"),
        ('[moon]\nasks = ["{date}?", "{date}?"]', "stands there twice"),
        ('[moon]\nasks = "The moon on {date}?"', "'asks' must be a list of sentences"),
        ('[moon]\nask = ["The moon on {date}?"]', "the table has an unknown key 'ask'"),
        ('[moon]\nchained = ["{place}"]', "'chained' belongs under [moon.takes]"),
        ("[moon]\nfacts = [3]", "3 is neither a path nor a table with a path"),
        ('[moon]\nfacts = [{path = "x", kind = "hour"}]', "the fact 'x' has the kind 'hour'"),
        ('[moon]\nfacts = [{path = "x", tolerance = -1}]', "the fact 'x' needs a tolerance of 0 or more"),
        ("[moon]\nvalues = { date = [] }", "'values' must be a table of lists"),
        ('[moon]\nvalues = { day = ["x"] }', "the API has no parameter 'day'; it has date"),
        ('[moon]\nvalues = { date = ["1 May"] }', "date = '1 May' must be a text YYYY-MM-DD"),
        ("[day]\nsets = [ { latitude = 91 } ]", "latitude = 91 must lie between -90 and 90"),
        ('[day.takes]\nplace = { lat = "latitude" }', "place feeds lat, which the API does not have"),
        ('[day.takes]\nplace = { latitude = "north" }', "a place has no field north"),
        (
            '[day.takes]\nplace = { latitude = "latitude", longitude = "longitude" }\nchained = ["{date} '
            '{latitude} {place}"]',
            "names latitude, which the chain feeds",
        ),
        (
            '[day.takes]\nplace = { latitude = "latitude", longitude = "longitude" }\nchained = ["{place}"]',
            "'{place}' lacks the required date",
        ),
        (
            '[[moon.gives]]\nmeaning = "place"\nfrom = { latitude = "x" }\nwords = ["{date}"]',
            "a place has the fields latitude, longitude, not latitude",
        ),
        ('[[moon.gives]]\nmeaning = "phase"\nfrom = { name = "x" }', "phase needs words"),
    ],
)
def test_a_mistake_becomes_a_sentence(table, sentence):
    found = problems(table)
    assert any(sentence in problem for problem in found), found


def test_what_fits_is_kept_beside_a_mistake():
    asks, found = read('[moon]\nasks = ["The moon?", "The moon on {date}?"]\nfacts = ["phase"]')
    assert len(found) == 1
    assert asks["moon"].asks == ("The moon on {date}?",) and asks["moon"].facts == (FactAsked("phase"),)


def test_a_file_that_is_no_toml_ends_in_a_sentence(tmp_path):
    (tmp_path / "sun-times.toml").write_text("[day\n")
    with pytest.raises(TasksError, match=r"sun-times\.toml is not TOML"):
        read_folder(tmp_path)
