"""The marketplace at another time: what has changed, and that it follows from seed and time alone."""

import datetime
from collections import Counter
from dataclasses import replace

import pytest

from infra.sandbox.hub.clock import EPOCH, LATEST, read_moment
from infra.sandbox.hub.drift import DRIFT_KINDS, MAX_CHANGES, Change, Plan, make_plan
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import load_faults, plant
from infra.sandbox.hub.variants import with_other_values
from tests.infra.sandbox.hub_calls import SEED, call, catalogue, client_of, examples, keyed, pages_of

PLANTED = plant(catalogue(), load_faults(), SEED)
DAY = datetime.timedelta(days=1)


def drifting(speed=1.0, seed=SEED, moment=EPOCH):
    return Marketplace(catalogue(), PLANTED, seed, moment, drift=speed)


def changes(speed=1.0, seed=SEED):
    return [row for row in drifting(speed, seed).truth() if "at" in row]


def changed_once(kind, tool, api, details, monkeypatch):
    """A hub on which one API changes, one day after the epoch; its client and the page before."""
    change = Change(EPOCH + DAY, tool, api, kind, details)
    held_back = frozenset({(tool, api)}) if kind == "drift_new" else frozenset()
    plan = Plan(catalogue(), [change], held_back)
    monkeypatch.setattr("infra.sandbox.hub.marketplace.make_plan", lambda *_: plan)
    client = keyed(Marketplace(catalogue(), {}, SEED))
    before = client.get(f"/hub/tools/{tool}").json()
    client.post("/clock", json={"advance_s": 86_400})
    return client, before, client.get(f"/hub/tools/{tool}").json()


def the(page, slug):
    return next((api for api in page["apis"] if api["slug"] == slug), None)


def test_apis_change_at_the_rate_of_the_authors_or_many_times_that():
    for speed in (1, 10, 100):
        days = (read_moment(changes(speed)[999]["at"]) - EPOCH) / DAY
        assert 1000 / days / speed == pytest.approx(1.4, rel=0.05)
    assert changes(0) == []
    assert drifting(0).catalogue.api_count == catalogue().api_count


def test_every_kind_of_change_occurs_in_the_first_months():
    early = [row for row in changes() if read_moment(row["at"]) < EPOCH + 120 * DAY]
    counts = Counter(row["kind"] for row in early)
    assert set(counts) == set(DRIFT_KINDS) and counts["drift_gone"] < 0.15 * len(early)
    assert Counter((row["tool"], row["api"]) for row in early).most_common(1)[0][1] <= 2


def test_each_row_of_the_plan_says_what_changes_and_what_a_good_filter_does():
    details = {
        "drift_changed_answer": {"percent"},
        "drift_renamed_parameter": {"parameter", "to"},
        "drift_dropped_field": {"field"},
        "drift_slower": {"delay_s"},
        "drift_gone": set(),
        "drift_new": set(),
    }
    for row in changes():
        assert set(row) == {"tool", "api", "kind", "expected", "at", "changes"}
        assert set(row["changes"]) == details[row["kind"]]
        assert row["expected"] == ("reject" if row["kind"] in ("drift_gone", "drift_slower") else "keep")
    assert [row["at"] for row in changes()] == sorted(row["at"] for row in changes())


def test_planted_apis_and_tools_that_write_do_not_change_and_every_tool_keeps_a_sound_api():
    rows = changes()
    writing = {slug for slug, tool in catalogue().tools.items() if tool.initial_state is not None}
    assert not {(row["tool"], row["api"]) for row in rows} & PLANTED.keys()
    assert not {row["tool"] for row in rows} & writing
    marketplace = drifting()
    for moment in (EPOCH, EPOCH + 300 * DAY, LATEST):
        marketplace.move(moment)
        for tool in marketplace.catalogue.tools.values():
            sound = [a for a in tool.apis if (tool.slug, a.slug) not in PLANTED and not a.delay_s]
            assert sound, (tool.slug, moment)


def test_the_marketplace_at_a_time_follows_from_seed_and_time_alone():
    moment = EPOCH + 90 * DAY
    there, moved, back = drifting(moment=moment), drifting(), drifting()
    moved.move(LATEST)
    moved.move(moment)
    back.move(moment)
    back.move(EPOCH)
    assert there.version == moved.version != back.version == drifting().version
    assert pages_of(keyed(there)) == pages_of(keyed(moved)) != pages_of(keyed(back))
    assert pages_of(keyed(back)) == pages_of(keyed(drifting(moment=EPOCH - 900 * DAY)))
    assert drifting(seed=SEED + 1, moment=moment).version != there.version


def test_a_marketplace_of_many_years_hence_still_answers_by_its_pages():
    assert len(changes(100)) == MAX_CHANGES
    marketplace = drifting(speed=100, moment=LATEST)
    client = keyed(marketplace)
    pages = pages_of(client)
    assert client.get("/healthz").json()["apis"] == sum(len(page["apis"]) for page in pages.values())
    checked = 0
    for tool, api in marketplace.catalogue.apis():
        if (tool.slug, api.slug) in PLANTED or api.delay_s:
            continue
        document = the(pages[tool.slug], api.slug)
        answer = call(client, pages[tool.slug], document, examples(document))
        if not api.clock_argument:
            assert (answer.status_code, answer.json()) == (200, document["example_response"]), api.slug
            checked += 1
    assert checked > 50


def test_a_renamed_parameter_is_renamed_on_the_page_and_on_the_server(monkeypatch):
    details = {"parameter": "a", "to": "first"}
    client, before, after = changed_once(
        "drift_renamed_parameter", "math-box", "gcd-and-lcm", details, monkeypatch
    )
    old, new = the(before, "gcd-and-lcm"), the(after, "gcd-and-lcm")
    assert [p["name"] for p in new["parameters"]] == ["first", "b"]
    assert new["example_response"] == old["example_response"]
    assert "'a' is not known" in call(client, before, old, examples(old)).json()["message"]
    assert call(client, after, new, examples(new)).json() == new["example_response"]


def test_a_refusal_names_the_parameter_as_it_is_called_now(monkeypatch):
    details = {"parameter": "number", "to": "n"}
    client, *_ = changed_once("drift_renamed_parameter", "math-box", "base-convert", details, monkeypatch)
    refused = client.get("/api/math-box/bases?n=9&from_base=2&to_base=10")
    assert "'n' has digits that base 2 does not have" in refused.json()["message"]


@pytest.mark.parametrize(("field", "left"), [("first", ["lcm"]), ("last", ["gcd"])])
def test_a_dropped_field_is_missing_from_answers_and_example(field, left, monkeypatch):
    details = {"field": field}
    client, _, page = changed_once("drift_dropped_field", "math-box", "gcd-and-lcm", details, monkeypatch)
    api = the(page, "gcd-and-lcm")
    assert list(api["example_response"]) == left
    assert list(call(client, page, api, {"a": 4, "b": 6}).json()) == left


def test_a_lone_field_becomes_null(monkeypatch):
    details = {"field": "first"}
    _, _, page = changed_once("drift_dropped_field", "math-box", "percent-change", details, monkeypatch)
    assert the(page, "percent-change")["example_response"] == {"percent": None}


def test_a_changed_answer_differs_by_some_percent_and_echoes_what_was_asked(monkeypatch):
    details = {"percent": 4}
    client, _, page = changed_once("drift_changed_answer", "math-box", "prime-factors", details, monkeypatch)
    answer = call(client, page, the(page, "prime-factors"), {"number": 1000003 * 101})
    assert answer.json() == {"number": 101000303, "factors": [105, 1040003], "is_prime": False}


def test_a_slower_api_keeps_its_callers_waiting(monkeypatch):
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)

    monkeypatch.setattr("infra.sandbox.hub.calls.asyncio.sleep", pause)
    client, before, after = changed_once(
        "drift_slower", "math-box", "percent-change", {"delay_s": 4.0}, monkeypatch
    )
    assert before == after
    assert call(client, after, the(after, "percent-change"), {"before": 1, "after": 2}).status_code == 200
    assert pauses == [4.0]


def test_what_is_gone_is_unknown_and_what_is_new_was_unknown_before(monkeypatch):
    client, before, after = changed_once("drift_gone", "math-box", "percent-change", {}, monkeypatch)
    gone = call(client, before, the(before, "percent-change"), {"before": 1, "after": 2})
    assert the(after, "percent-change") is None and gone.status_code == 404
    client, before, after = changed_once("drift_new", "math-box", "percent-change", {}, monkeypatch)
    api = the(after, "percent-change")
    assert the(before, "percent-change") is None
    assert call(client, after, api, {"before": 1, "after": 2}).json() == {"percent": 100.0}
    client.post("/clock", json={"advance_s": -1})
    assert call(client, after, api, {"before": 1, "after": 2}).status_code == 404


@pytest.mark.parametrize(
    ("answer", "percent", "changed"),
    [
        ({"n": 100, "x": 2.5}, 8, {"n": 108, "x": 2.7}),
        ({"n": 3, "x": 0.0}, -5, {"n": 2, "x": -5.0}),
        ({"year": 2026, "on": "2026-12-30T10:00"}, 2, {"year": 2027, "on": "2027-01-01T10:00"}),
        ({"on": "2026-02-31", "n": 1}, 2, {"on": "2026-02-31", "n": 2}),
        ([{"asked": 7, "n": 7}, True, None], 4, [{"asked": 7, "n": 7}, False, None]),
        ({"name": "Lisbon", "asked": "7"}, 4, {"name": "lISBON", "asked": "7"}),
        ({"name": "LIS"}, -5, {"name": "lis"}),
        ({"phone": "+354 611 1234", "opens": "07:00"}, -9, {"phone": "+354 611 1235", "opens": "07:01"}),
        ([], 4, []),
    ],
)
def test_other_values_are_plausible_whatever_the_answer_holds(answer, percent, changed):
    api = catalogue().tools["math-box"].apis[0]
    given = replace(api, function=lambda **_: answer)
    assert with_other_values(given, percent).function(number=7) == changed


def test_a_plan_names_parameters_as_they_are_called_when_it_happens():
    plan = make_plan(catalogue(), PLANTED, SEED, 100.0)
    names: dict[tuple[str, str], set[str]] = {}
    apis = {(tool.slug, api.slug): api for tool, api in catalogue().apis()}
    renames = [change for change in plan.changes if change.kind == "drift_renamed_parameter"]
    for change in renames:
        key = change.tool, change.api
        now = names.setdefault(key, {p.name for p in apis[key].parameters})
        assert change.changes["parameter"] in now and change.changes["to"] not in now
        names[key] = now - {change.changes["parameter"]} | {change.changes["to"]}
    assert len(renames) > 500


def test_the_page_of_a_hub_that_does_not_drift_never_changes():
    client = client_of(PLANTED)
    before = pages_of(client)
    client.post("/clock", json={"time": "2030-01-01T00:00:00Z"})
    assert pages_of(client) == before
