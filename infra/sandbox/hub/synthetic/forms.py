"""The APIs that invented tools choose from: a form for each, filled in with what the tool is about."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from infra.sandbox.hub.parameters import Choice, Day, Integer, Kind, Number, Text
from infra.sandbox.hub.synthetic.subjects import plural
from infra.sandbox.hub.tool import Parameter, slug_of
from infra.sandbox.hub.vocabulary import country_code, latitude, longitude

Arguments = tuple[tuple[str, Kind, object], ...]
"""Name, kind, and default of each argument; `REQUIRED` for those without."""

REQUIRED = object()
SORTS = ("name", "value", "updated")


@dataclass(frozen=True, slots=True)
class Form:
    """An API of any tool about one thing."""

    name: str
    slug: str
    description: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    many: bool
    """Whether it answers with a list of things, or with one."""


@lru_cache(maxsize=1024)
def forms_of(thing: str) -> tuple[Form, ...]:
    """Return every API that a tool about a thing can have."""
    return tuple(make(thing) for make in _MAKERS)


def _form(
    name: str,
    description: str,
    path: str,
    arguments: Arguments,
    many: bool = False,
    method: str = "GET",
) -> Form:
    parameters = tuple(
        Parameter(
            name=argument,
            place="path" if "{" + argument + "}" in path else "body" if method == "POST" else "query",
            kind=kind,
            required=default is REQUIRED,
            default=None if default is REQUIRED else default,
        )
        for argument, kind, default in arguments
    )
    title = name.title()
    return Form(title, slug_of(title), description, method, path, parameters, many)


def _number(of: str, example: int = 17) -> Kind:
    return Integer(f"Number of the {of} in this collection.", minimum=1, maximum=9999, example=example)


def _limit() -> Kind:
    return Integer("How many entries to return at most.", minimum=1, maximum=20, example=3)


def _day(words: str, example: str) -> Kind:
    return Day(words, example=example, earliest="2000-01-01", latest="2030-12-31")


_MAKERS: tuple[Callable[[str], Form], ...] = (
    lambda thing: _form(
        f"List {plural(thing)}",
        f"A page of all {plural(thing)} that are on record, with their values.",
        f"/{slug_of(plural(thing))}",
        (
            ("limit", _limit(), 5),
            ("page", Integer("Page of the list.", minimum=1, maximum=500, example=2), 1),
        ),
        many=True,
    ),
    lambda thing: _form(
        f"Get {thing}",
        f"Everything that is on record about one {thing}.",
        f"/{slug_of(plural(thing))}/{{number}}",
        (("number", _number(thing), REQUIRED),),
    ),
    lambda thing: _form(
        f"Search {plural(thing)}",
        f"The {plural(thing)} whose description has the given words, the best fit first.",
        "/search",
        (
            ("query", Text("Words to look for.", examples=("green", "old town")), REQUIRED),
            ("limit", _limit(), 5),
        ),
        many=True,
    ),
    lambda thing: _form(
        f"Latest {plural(thing)}",
        f"The {plural(thing)} that were entered most recently.",
        "/latest",
        (("limit", _limit(), 5),),
        many=True,
    ),
    lambda thing: _form(
        f"{thing} history",
        f"How one {thing} has changed between two dates.",
        f"/{slug_of(plural(thing))}/{{number}}/history",
        (
            ("number", _number(thing), REQUIRED),
            ("start", _day("First day.", "2025-01-01"), REQUIRED),
            ("end", _day("Last day.", "2025-12-31"), REQUIRED),
        ),
        many=True,
    ),
    lambda thing: _form(
        f"Count {plural(thing)}",
        f"How many {plural(thing)} a country has on record.",
        "/count",
        (("country", country_code("PT", "JP", "BR"), REQUIRED),),
    ),
    lambda thing: _form(
        f"Compare {plural(thing)}",
        f"Two {plural(thing)} side by side.",
        "/compare",
        (("first", _number(thing, 17), REQUIRED), ("second", _number(thing, 42), REQUIRED)),
        many=True,
    ),
    lambda thing: _form(
        f"Top {plural(thing)}",
        f"The leading {plural(thing)} in an order of your choice.",
        "/top",
        (
            ("sort", Choice("What they are ordered by.", members=SORTS, example="value"), REQUIRED),
            ("limit", _limit(), 5),
        ),
        many=True,
    ),
    lambda thing: _form(
        f"{thing} rating",
        f"What people think of one {thing}, from 0 to 100.",
        f"/{slug_of(plural(thing))}/{{number}}/rating",
        (("number", _number(thing), REQUIRED),),
    ),
    lambda thing: _form(
        f"{plural(thing)} by date",
        f"The {plural(thing)} of a single day.",
        "/by-date",
        (("date", _day("The day in question.", "2026-05-04"), REQUIRED),),
        many=True,
    ),
    lambda thing: _form(
        f"{plural(thing)} nearby",
        f"The {plural(thing)} around a point on the map, the nearest first.",
        "/nearby",
        (
            ("latitude", latitude(38.72), REQUIRED),
            ("longitude", longitude(-9.14), REQUIRED),
            ("radius_km", Number("How far away at most.", minimum=1, maximum=500, example=10), 50.0),
        ),
        many=True,
    ),
    lambda thing: _form(
        f"Check {thing}",
        f"Whether the details of one {thing} fit together.",
        "/check",
        (
            ("title", Text("Its name.", examples=("Sample",)), REQUIRED),
            ("value", Number("Its value.", minimum=0, maximum=1e6, example=12.5), REQUIRED),
        ),
        method="POST",
    ),
    lambda thing: _form(
        f"Random {thing}",
        f"One {thing} drawn by a number of your choice.",
        "/random",
        (("draw", Integer("Which draw.", minimum=1, maximum=10**6, example=7), REQUIRED),),
    ),
    lambda thing: _form(
        f"{thing} statistics",
        f"Sums and averages over all {plural(thing)} of a year.",
        "/statistics/{year}",
        (("year", Integer("Calendar year.", minimum=2000, maximum=2030, example=2025), REQUIRED),),
    ),
)
