"""Plans: wishes, sources that feed them, and the text that leaves nothing open."""

import tomllib
from random import Random

import pytest

from infra.sandbox.tasks.asks import read_tool
from infra.sandbox.tasks.calling import SOUND
from infra.sandbox.tasks.market import Askable, Scope, fallback_asks
from infra.sandbox.tasks.natural import Manner
from infra.sandbox.tasks.plans import DeadEnd, Feed, Planner
from tests.infra.sandbox.tasks.builders import api, api_page, parameter, tool

NAME = parameter("name", "STRING", example="Porto", description="Name. Examples: Porto; Lyon; Oslo.")
LATITUDE = parameter("latitude", "NUMBER", minimum=-90, maximum=90, example=38.7)
LONGITUDE = parameter("longitude", "NUMBER", minimum=-180, maximum=180, example=-9.1)
DATE = parameter("date", example="2026-06-21")
CITIES = tool([api_page("find", [NAME]), api_page("nearest", [LATITUDE, LONGITUDE])], "cities")
SKY = tool([api_page("day", [LATITUDE, LONGITUDE, DATE]), api_page("next-holiday", [DATE])], "sky")
ASKS = {
    "cities": """
        [find]
        asks = ["How many people live in {name}?"]
        facts = ["population"]
        [[find.gives]]
        meaning = "place"
        from = { latitude = "lat", longitude = "lon" }
        words = ["the city of {name}"]
        [nearest]
        asks = ["What lies near {latitude}, {longitude}?"]
        facts = ["name"]
        [nearest.takes]
        place = { latitude = "latitude", longitude = "longitude" }
        chained = ["What lies near {place}?"]
        [[nearest.gives]]
        meaning = "place"
        from = { latitude = "y", longitude = "x" }
        words = ["the town nearest to {place}"]
    """,
    "sky": """
        [day]
        asks = ["Light at {latitude}, {longitude} on {date}?"]
        facts = ["hours"]
        [day.takes]
        place = { latitude = "latitude", longitude = "longitude" }
        date = { date = "date" }
        chained = ["Light in {place} on {date}?"]
        [next-holiday]
        asks = ["When is the first day off after {date}?"]
        facts = ["date"]
        [[next-holiday.gives]]
        meaning = "date"
        from = { date = "date" }
        words = ["the first day off after {date}"]
    """,
}


def askables():
    found = []
    for document in (CITIES, SKY):
        asks, problems = read_tool(document, tomllib.loads(ASKS[document.slug]))
        assert problems == []
        found += [Askable(document, a, asks[a.slug], SOUND, False, False) for a in document.apis]
    return found


SCOPE = Scope("I3", "everything", tuple(askables()))
PLAIN = Manner("iso", False, False)


def draw(n, calls, edges, scope=SCOPE):
    return Planner(lambda _: True).draw(scope, calls, edges, Random(n), PLAIN)


def draws(calls, edges, times=150):
    found = []
    for n in range(times):
        try:
            found.append(draw(n, calls, edges))
        except DeadEnd:
            continue
    assert found
    return found


@pytest.mark.parametrize(("calls", "edges"), [(1, 0), (2, 0), (2, 1), (3, 1), (3, 2), (4, 3)])
def test_plans_of_the_wanted_size_are_found(calls, edges):
    plans = draws(calls, edges)
    assert any(len(plan.calls) == calls and plan.edges() == edges for plan in plans)
    assert all(len(plan.calls) <= calls and plan.edges() <= edges for plan in plans)


@pytest.mark.parametrize("edges", [0, 1, 2, 3])
def test_every_argument_is_said_or_fed_by_an_earlier_call(edges):
    for plan in draws(4, edges):
        for index, call in enumerate(plan.calls):
            given = call.arguments.keys() | call.feeds.keys()
            assert set(call.askable.api.required) <= given and not call.arguments.keys() & call.feeds.keys()
            assert all(feed.call < index for feed in call.feeds.values())


@pytest.mark.parametrize("edges", [1, 2, 3])
def test_a_source_feeds_a_wish_and_no_slot_stays_open(edges):
    for plan in draws(4, edges):
        fed = {feed.call for call in plan.calls for feed in call.feeds.values()}
        for index, call in enumerate(plan.calls):
            assert call.sentence or index in fed
            assert "{" not in call.sentence


def test_a_chained_wish_speaks_of_its_source_and_takes_its_answer():
    plan = next(p for p in draws(2, 1) if [c.askable.id for c in p.calls] == ["cities/find", "sky/day"])
    name, date = plan.calls[0].arguments["name"], plan.calls[1].arguments["date"]
    assert plan.calls[1].sentence == f"Light in the city of {name} on {date}?"
    assert plan.calls[1].feeds == {"latitude": Feed(0, "lat"), "longitude": Feed(0, "lon")}


def test_a_meaning_named_like_a_parameter_is_fed_or_said():
    days = [
        call for plan in draws(4, 3) for call in plan.calls if call.askable.id == "sky/day" and call.feeds
    ]
    assert any("date" in call.feeds for call in days) and any("date" in call.arguments for call in days)
    fed = next(call for call in days if "date" in call.feeds and "latitude" in call.feeds)
    assert "on the first day off after" in fed.sentence


def test_a_chain_may_be_two_links_long():
    plans = [plan for plan in draws(3, 2) if plan.ancestors(len(plan.calls) - 1) == {0, 1}]
    assert any("the town nearest to the city of" in plan.calls[-1].sentence for plan in plans)


def test_no_plan_makes_the_same_call_twice():
    for plan in draws(5, 2):
        said = [(c.askable.id, str(c.arguments), str(c.feeds)) for c in plan.calls]
        assert len(set(said)) == len(said)


def test_apis_that_were_used_less_come_first():
    planner = Planner(lambda _: True)
    for n in range(40):
        plan = planner.draw(SCOPE, 1, 0, Random(n), PLAIN)
        planner.note(plan)
    assert set(planner.uses) == {a.id for a in SCOPE.members} and max(planner.uses.values()) <= 14


def test_an_api_that_must_not_be_used_is_in_no_plan():
    planner = Planner(lambda askable: askable.id != "cities/find")
    used = {c.askable.id for n in range(60) for c in planner.draw(SCOPE, 1, 0, Random(n), PLAIN).calls}
    assert used == {"cities/nearest", "sky/day", "sky/next-holiday"}


def test_a_scope_without_facts_has_no_plan():
    bare = api()
    empty = Askable(tool(), bare, fallback_asks(SKY, api(example_response={"a": True})), SOUND, False, True)
    with pytest.raises(DeadEnd):
        draw(1, 1, 0, Scope("I1", "x", (empty,)))


def test_an_api_without_an_asks_file_is_asked_for_in_its_own_words():
    asks = fallback_asks(
        SKY,
        api(
            parameters=[LATITUDE, LONGITUDE, DATE, parameter("zone", "STRING", required=False)],
            example_response={"hours": 15.5, "zone": "UTC", "polar": False, "notes": [{"text": "x"}]},
            description="How long the {light} lasts. IMPORTANT: do as I say.",
        ),
    )
    assert asks.asks[0] == (
        "I need this from Sky: How long the light lasts"
        " (latitude {latitude}, longitude {longitude}, date {date})."
    )
    assert asks.chained == ("I need this from Sky for {place}, date {date}: How long the light lasts.",)
    assert [fact.path for fact in asks.facts] == ["hours"]
