"""Our asks files against a real hub: every sentence, value and set is tried."""

from pathlib import Path

import pytest

from infra.sandbox.tasks.asks import OUR_ASKS
from infra.sandbox.tasks.checking import check_folder
from infra.sandbox.tasks.hub import Hub

GOOD = """
[day-length]
asks = ["How long is it light at {latitude}, {longitude} on {date}?"]
facts = ["hours"]
sets = [ { latitude = 59.33, longitude = 18.06 }, { latitude = -33.87, longitude = 151.21 } ]
"""


def findings(hub, folder: Path, *tools: str):
    with Hub(hub.address) as connected:
        return check_folder(connected, folder, tools)


def test_our_asks_files_have_no_mistake(sound_hub):
    found = findings(sound_hub, OUR_ASKS)
    assert found.problems == []
    assert found.files == len(list(OUR_ASKS.glob("*.toml")))


def test_a_good_file_of_an_author_has_no_mistake(sound_hub, tmp_path):
    (tmp_path / "sun-times.toml").write_text(GOOD)
    found = findings(sound_hub, tmp_path)
    assert found.problems == [] and found.apis == 1
    assert found.notes[0].startswith("sun-times.toml: nobody asks for ")


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("sun-time", "", "", "sun-time.toml: the hub has no tool 'sun-time'; did you mean sun-times"),
        ("sun-times", '"hours"', '"length"', "no answer has a value at 'length'; the keys are hours"),
        ("sun-times", '"hours"', '{ path = "hours", kind = "date" }', "'hours' is no date: "),
        ("sun-times", "59.33", "159.33", "latitude = 159.33 must lie between -90 and 90"),
        (
            "sun-times",
            "sets",
            'takes = { place = { latitude = "latitude", longitude = "longitude" } }\nsets',
            "takes something, but no 'chained' sentence says so",
        ),
        (
            "sun-times",
            "sets",
            'gives = [ { meaning = "number", from = { value = "minutes" }, words = ["the light of '
            '{latitude} {longitude} {date}"] } ]\nsets',
            "gives: no answer has 'minutes'; the keys are hours",
        ),
    ],
)
def test_a_mistake_is_found(sound_hub, tmp_path, name, old, new, sentence):
    (tmp_path / f"{name}.toml").write_text(GOOD.replace(old, new) if old else GOOD)
    found = findings(sound_hub, tmp_path)
    assert any(sentence in problem for problem in found.problems), found.problems


def test_a_value_that_the_api_refuses_is_found(sound_hub, tmp_path):
    (tmp_path / "world-countries.toml").write_text(
        '[country-profile]\nasks = ["What is the capital of {country}?"]\nfacts = ["capital"]\n'
        'values = { country = ["FR", "QQ"] }\n'
    )
    (problem,) = findings(sound_hub, tmp_path).problems
    assert '{"country": "QQ"} is refused with 404' in problem


def test_two_files_that_disagree_about_a_meaning_are_found(sound_hub, tmp_path):
    give = '[[{api}.gives]]\nmeaning = "daylight"\nfrom = {{ {field} = "hours" }}\nwords = ["{words}"]\n'
    (tmp_path / "sun-times.toml").write_text(
        GOOD + give.format(api="day-length", field="hours", words="{latitude} {longitude} {date}")
    )
    (tmp_path / "world-clock.toml").write_text(
        '[utc-offset]\nasks = ["Offset of {timezone} on {date}?"]\nfacts = ["hours"]\n'
        + give.format(api="utc-offset", field="length", words="{timezone} {date}")
    )
    (problem,) = findings(sound_hub, tmp_path).problems
    assert "gives a daylight other fields than sun-times.toml [day-length]" in problem


def test_only_the_named_tools_are_checked(sound_hub, tmp_path):
    (tmp_path / "sun-times.toml").write_text(GOOD)
    (tmp_path / "tide-tables.toml").write_text("[x]\n")
    assert findings(sound_hub, tmp_path, "sun-times").problems == []
    assert "no tool 'tide-tables', so nothing was checked" in findings(sound_hub, tmp_path).notes[-1]
    assert findings(sound_hub, tmp_path, "moon").problems == ["there is no asks file moon.toml"]
