"""What the tools know, held against facts from elsewhere, and how tool files are declared."""

import datetime
import importlib
import pkgutil
import random
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest

from infra.sandbox.hub.catalogue import load_catalogue
from infra.sandbox.hub.errors import BadArgument, DeclarationError, NotFound
from infra.sandbox.hub.parameters import Choice, Day, Integer, Number, Numbers, Text, TimeOfDay, YesNo
from infra.sandbox.hub.sources import exchange, geonames, time_zones, units
from infra.sandbox.hub.sources.nearest import great_circle_km
from infra.sandbox.hub.tool import Tool
from tests.infra.sandbox import facts

D = datetime.date
CATALOGUE = load_catalogue()

FACTS = [
    fact
    for module in pkgutil.iter_modules(facts.__path__)
    for fact in importlib.import_module(f"{facts.__name__}.{module.name}").FACTS
]


TOOL_FILE = '''
"""Tide Tables: a tool of the user's own."""

from typing import Annotated

from infra.sandbox.hub.parameters import Integer
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="{name}",
    category="Weather",
    description="High and low water in an imaginary harbour.",
    data_vintage="Invented.",
    licence="Apache-2.0",
    collections=("outdoor-day",),
)


@tool.get("/tides/{{hour}}", "Tide")
def tide(hour: Annotated[int, Integer("Hour of the day.", minimum=0, maximum=23, example=6)]) -> Answer:
    """Height of the water at an hour of the day, in metres."""
    return {{"metres": round(abs(hour - 12) / 12, 2)}}
'''


WRITING_TOOL_FILE = '''
"""Notebook: a tool of the user's own that writes."""

from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool

tool = Tool(
    name="Notebook",
    category="Productivity",
    description="Short notes.",
    data_vintage="Invented.",
    licence="Apache-2.0",
    initial_state={"notes": []},
)


@tool.post("/notes", "Add Note")
def add_note(
    state: State, clock: Clock, text: Annotated[str, Text("What to note.", examples=("a",))]
) -> Answer:
    """Write something down."""
    state["notes"].append(text)
    return {"on": str(clock.moment.date())}
'''


def function(tool, api):
    return next(a for a in CATALOGUE.tools[tool].apis if a.slug == api).function


@pytest.mark.parametrize(
    ("tool", "api", "arguments", "expected"), FACTS, ids=lambda v: v if isinstance(v, str) else ""
)
def test_an_answer_agrees_with_a_fact_known_from_elsewhere(tool, api, arguments, expected):
    answer = function(tool, api)(**arguments)
    assert {key: answer[key] for key in expected} == expected


def test_every_tool_is_held_against_a_fact_or_a_formula():
    others = {"geodesy-service", "sun-times"}
    assert {fact[0] for fact in FACTS} | others == set(CATALOGUE.tools)


def test_the_quarter_meridian_is_ten_thousand_kilometres():
    distance = function("geodesy-service", "distance")(0.0, 0.0, 90.0, 0.0)
    assert distance["distance_km"] == pytest.approx(10001.966, abs=0.001)


def test_the_destination_of_a_way_is_as_far_and_in_the_direction_asked_for():
    end = function("geodesy-service", "destination-point")(47.0, 8.0, 30.0, 250.0)
    way = function("geodesy-service", "distance")(47.0, 8.0, end["latitude"], end["longitude"])
    assert way["distance_km"] == pytest.approx(250, abs=0.01)
    assert way["initial_bearing"] == pytest.approx(30, abs=0.01)


def test_sunrise_in_london_at_midsummer_is_that_of_the_almanac():
    london = {"latitude": 51.5, "longitude": -0.1276, "date": D(2024, 6, 21), "timezone": "Europe/London"}
    answer = function("sun-times", "sunrise-and-sunset")(**london)
    assert answer["sunrise"].startswith("2024-06-21T04:43") and answer["sunset"].startswith("2024-06-21T21:2")


def test_the_polar_day_has_no_sunset_and_24_hours():
    tromso = {"latitude": 69.65, "longitude": 18.96, "date": D(2026, 6, 21)}
    assert function("sun-times", "day-length")(**tromso) == {"hours": 24.0}
    assert function("sun-times", "sunrise-and-sunset")(**tromso)["sunset"] is None
    assert function("sun-times", "day-length")(**tromso | {"date": D(2026, 12, 21)}) == {"hours": 0.0}


def test_the_moon_was_full_on_the_night_of_the_eclipse_of_march_2025():
    assert function("sun-times", "moon-phase")(D(2025, 3, 14))["phase"] == "full moon"


def test_calendars_convert_back_to_the_day_they_came_from():
    random_days = random.Random(3)
    for calendar in ("hebrew", "islamic", "persian", "julian", "coptic", "indian_civil"):
        for _ in range(50):
            date = D.fromordinal(random_days.randint(D(1901, 1, 1).toordinal(), D(2100, 1, 1).toordinal()))
            there = function("calendar-converter", "from-gregorian")(calendar, date)
            back = function("calendar-converter", "to-gregorian")(
                calendar, there["year"], there["month"], there["day"]
            )
            assert back == {"date": str(date)}, (calendar, date)


def test_days_that_a_calendar_does_not_have_are_refused():
    with pytest.raises(BadArgument, match="no day of the islamic calendar"):
        function("calendar-converter", "to-gregorian")("islamic", 1447, 13, 1)
    with pytest.raises(BadArgument, match="1900 to 2100"):
        function("calendar-converter", "to-gregorian")("julian", 1500, 1, 1)


def test_exchange_rates_cross_and_cover_what_the_documentation_says():
    first, last = exchange.coverage("EUR")
    assert (str(first), str(last)) == (exchange.FIRST_DAY, exchange.LAST_DAY)
    day = D(2026, 1, 2)
    there, back = exchange.rate("USD", "JPY", day), exchange.rate("JPY", "USD", day)
    assert there * back == pytest.approx(1)
    saturday, friday = D(2026, 1, 3), D(2026, 1, 2)
    assert exchange.rate("EUR", "USD", saturday) == exchange.rate("EUR", "USD", friday)
    with pytest.raises(BadArgument, match="'end' must lie between 2005-04-01 and 2022-03-01 for RUB"):
        exchange.rate("EUR", "RUB", D(2024, 1, 1), "end")
    with pytest.raises(NotFound):
        exchange.coverage("XYZ")


def test_the_index_finds_the_same_nearest_city_as_a_walk_through_all():
    points = random.Random(5)
    cities = list(geonames.cities().values())
    for _ in range(5):
        latitude, longitude = points.uniform(-90, 90), points.uniform(-180, 180)
        walked = min(great_circle_km(latitude, longitude, c.latitude, c.longitude) for c in cities)
        found = geonames.city_index().nearest(latitude, longitude)
        assert found is not None and found[0] == walked
    inside = geonames.city_index().within(50.85, 4.35, 60)
    assert len(inside) == sum(great_circle_km(50.85, 4.35, c.latitude, c.longitude) <= 60 for c in cities)
    assert [km for km, _ in inside] == sorted(km for km, _ in inside)


def test_every_city_and_airport_lies_in_a_zone_that_exists():
    zones = {city.time_zone for city in geonames.cities().values()}
    assert zones <= time_zones.zone_names()


def test_time_zones_come_from_the_package_not_from_the_machine():
    ours = time_zones.time_zone("Europe/Lisbon")
    noon = datetime.datetime(2026, 7, 1, 12)
    assert ours is not ZoneInfo("Europe/Lisbon")
    assert noon.replace(tzinfo=ours).utcoffset() == datetime.timedelta(hours=1)
    with pytest.raises(NotFound):
        time_zones.time_zone("../../etc/passwd")


def test_units_are_names_never_expressions():
    for name in ("3*meter", "meter**2", "__class__", "nonsense", ""):
        with pytest.raises(BadArgument):
            units.check_unit("unit", name)
    with pytest.raises(BadArgument, match="must measure the same as mile"):
        units.converted(1, "mile", "pound")


def new_tool():
    return Tool(name="T", category="C", description="D", licence="L", data_vintage="V")


def declared(annotation, path="/x", default=None):
    tool = new_tool()

    def api(x):
        """What it does."""
        return {}

    api.__annotations__ = {"x": annotation}
    api.__defaults__ = None if default is None else (default,)
    tool.get(path, "X")(api)
    return tool


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((int,), "annotate it as Annotated"),
        ((Annotated[int, "free words"],), "annotate it as Annotated"),
        ((Annotated[str, Integer("n", minimum=0, maximum=9, example=1)],), "handed over as"),
        ((Annotated[int, Integer("n", minimum=0, maximum=9, example=10)],), "its own example must be"),
        (
            (Annotated[str, Choice("c", members=("a", "b"), example="c")],),
            "its own example must be one of a, b",
        ),
        ((Annotated[str, Text("t", examples=("a b",), pattern="[a-z]+")],), "its own example"),
        ((Annotated[int, Integer("n", minimum=0, maximum=9, example=1)], "x"), "write the path as"),
        (
            (Annotated[int, Integer("n", minimum=0, maximum=9, example=1)], "/{y}"),
            "which the function does not take",
        ),
        ((Annotated[int, Integer("n", minimum=0, maximum=9, example=1)], "/{x}", 3), "cannot have a default"),
    ],
)
def test_a_declaration_that_contradicts_itself_says_what_to_change(arguments, words):
    with pytest.raises(DeclarationError, match=words):
        declared(*arguments)


def test_an_api_without_docstring_or_with_a_taken_address_is_refused():
    def silent():
        return {}

    def outspoken():
        """Answers nothing."""
        return {}

    tool = new_tool()
    with pytest.raises(DeclarationError, match="docstring"):
        tool.get("/a", "A")(silent)
    tool.get("/a", "A")(outspoken)
    with pytest.raises(DeclarationError, match="same address"):
        tool.get("/a", "B")(outspoken)
    with pytest.raises(DeclarationError, match="same address"):
        tool.post("/b", "a")(outspoken)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "defines no tool"),
        ("tool = 5", "defines no tool"),
        ("import nowhere_to_be_found", "fails when it is imported"),
        (
            TOOL_FILE.format(name="T").replace('"Hour of the day."', "5").replace("example=6", "example=99"),
            "example",
        ),
        (TOOL_FILE.format(name="T").replace("abs(hour - 12) / 12", "1 / 0"), "the example of 'Tide' fails"),
        (TOOL_FILE.format(name="T").replace("outdoor-day", "nope"), "no collection nope"),
        (
            TOOL_FILE.format(name="T").replace("category=", "packages=('nope',), category="),
            "pip install nope",
        ),
        (
            WRITING_TOOL_FILE.replace("tool.post", "tool.get"),
            "'Add Note' writes, so declare it with @tool.post",
        ),
        (TOOL_FILE.format(name="T").replace('"T"', "5"), "tool 5: its name must be text"),
        (TOOL_FILE.format(name="---"), "tool '---': its name needs a letter"),
        (TOOL_FILE.format(name="T").replace('"Tide"', '"---"'), "'---' needs a letter a-z or a digit"),
        (TOOL_FILE.format(name="T").replace('("outdoor-day",)', '"outdoor-day"'), "must be a tuple of texts"),
        (
            TOOL_FILE.format(name="T").replace("return {", "return 5  # {"),
            "'Tide' returns int: return an object",
        ),
        (WRITING_TOOL_FILE.replace('    initial_state={"notes": []},\n', ""), "give initial_state="),
        (WRITING_TOOL_FILE.replace("append(text)", "append({1, 2})"), "the example of 'Add Note' fails"),
        (WRITING_TOOL_FILE.replace("text: Ann", "again: State, text: Ann"), "take one State only"),
    ],
)
def test_a_wrong_tool_file_is_refused_with_the_reason(tmp_path, content, words):
    (tmp_path / "tool.py").write_text(content)
    with pytest.raises(DeclarationError, match=words):
        load_catalogue(tmp_path)


@pytest.mark.parametrize(
    ("kind", "text", "json_value", "read"),
    [
        (Text("t", examples=("pt",), upper=True), "pt", "pt", "PT"),
        (Number("n", minimum=-5, maximum=5, example=1), "-2.5", -2.5, -2.5),
        (Number("n", minimum=-5, maximum=5, example=1), "1e0", 1, 1.0),
        (Integer("n", minimum=-5, maximum=5, example=1), "+3", 3, 3),
        (YesNo("b", example=True), "TRUE", True, True),
        (Choice("c", members=("a", "b"), example="a"), "b", "b", "b"),
        (Day("d", example="2026-01-01"), "2028-02-29", "2028-02-29", D(2028, 2, 29)),
        (TimeOfDay("t", example="10:00"), "23:59", "23:59", datetime.time(23, 59)),
        (
            Numbers("l", minimum=0, maximum=9, min_length=1, max_length=3, example=(1,)),
            "1,2.5",
            [1, 2.5],
            (1.0, 2.5),
        ),
    ],
)
def test_each_kind_reads_text_and_json_alike_and_shows_its_defaults_as_json(kind, text, json_value, read):
    assert kind.from_text(text) == kind.from_json(json_value) == read
    assert type(kind.from_text(text)) is type(read)
    assert kind.from_json(kind.shown_example()) is not None
    assert kind.shown(read) is not None


def test_a_negative_zero_is_a_zero():
    kind = Number("n", minimum=-5, maximum=5, example=1)
    assert str(kind.from_text("-0")) == str(kind.from_json(-0.0)) == "0.0"
