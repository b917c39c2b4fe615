"""APIs that are bad on purpose: which they are, what their callers get, and that nothing gives them away."""

import json
from collections import Counter

import orjson
import pytest

from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import load_faults, plant, truth
from tests.infra.sandbox.hub_calls import SEED, call, catalogue, client_of, examples, keyed, pages_of, rows

FAULTS = load_faults()
KINDS = {fault.kind: fault for fault in FAULTS}


@pytest.fixture(scope="module")
def pauses():
    return []


@pytest.fixture
def no_waiting(monkeypatch, pauses):
    async def pause(seconds):
        pauses.append(seconds)

    pauses.clear()
    monkeypatch.setattr("infra.sandbox.hub.calls.asyncio.sleep", pause)


@pytest.fixture(scope="module")
def pages():
    return pages_of(client_of())


def planted_as(kind, tool="date-toolkit", api=None, seed=SEED):
    """A client of a hub with one planted API, its page and document."""
    found = catalogue().tools[tool]
    fault = KINDS[kind]
    slug = api or next(each.slug for each in found.apis if fault.fits(each))
    client = keyed(Marketplace(catalogue(), {(tool, slug): fault}, seed))
    page = client.get(f"/hub/tools/{tool}").json()
    return client, page, next(each for each in page["apis"] if each["slug"] == slug)


def asked(kind, arguments=None, **where):
    client, page, api = planted_as(kind, **where)
    return call(client, page, api, arguments or examples(api)), api


def test_plants_follow_from_the_seed_and_are_an_eighth_of_the_apis():
    planted = plant(catalogue(), FAULTS, SEED)
    assert planted == plant(catalogue(), FAULTS, SEED)
    assert planted.keys() != plant(catalogue(), FAULTS, SEED + 1).keys()
    assert len(planted) == round(0.12 * catalogue().api_count)
    assert plant(catalogue(), FAULTS, SEED, 0) == {}


@pytest.mark.parametrize("share", [0.3, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_kinds_are_as_frequent_as_each_other_and_no_tool_is_wholly_bad(seed, share):
    planted = plant(catalogue(), FAULTS, seed, share)
    counts = Counter(fault.kind for fault in planted.values())
    assert set(counts) == set(KINDS) and len(KINDS) >= 12
    assert max(counts.values()) - min(counts.values()) <= 2
    for tool in catalogue().tools.values():
        assert any((tool.slug, api.slug) not in planted for api in tool.apis)
    apis = {(tool.slug, api.slug): api for tool, api in catalogue().apis()}
    assert all(fault.fits(apis[names]) for names, fault in planted.items())


def test_tools_that_write_are_spared():
    writing = {slug for slug, tool in catalogue().tools.items() if tool.initial_state is not None}
    assert writing and not writing & {tool for tool, _ in plant(catalogue(), FAULTS, SEED, 1.0)}


def test_another_tool_moves_few_plants():
    without = Catalogue({slug: tool for slug, tool in catalogue().tools.items() if slug != "math-box"})
    before, after = (plant(each, FAULTS, SEED) for each in (without, catalogue()))
    assert len(before.keys() & after.keys()) >= 0.7 * len(before)


def test_the_truth_names_kind_and_what_a_good_filter_does():
    planted = plant(catalogue(), FAULTS, SEED, 0.3)
    told = truth(planted)
    assert [(row["tool"], row["api"]) for row in told] == sorted(planted)
    assert all(set(row) == {"tool", "api", "kind", "expected"} for row in told)
    assert all(row["expected"] == KINDS[row["kind"]].expected for row in told)
    assert {fault.kind for fault in FAULTS if fault.expected == "keep"} == {
        "flaky_30",
        "hostile_description",
        "huge",
        "slow_p95",
        "wrong_content_type",
    }


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("404", 404, "application/json"),
        ("500", 500, "application/json"),
        ("html", 200, "text/html; charset=utf-8"),
        ("error_under_200", 200, "application/json"),
        ("empty", 200, "application/json"),
        ("placeholder", 200, "application/json"),
        ("binary", 200, "image/png"),
    ],
)
def test_some_say_the_same_whatever_is_asked(kind, status, content_type):
    client, page, api = planted_as(kind)
    answers = [call(client, page, api, arguments) for arguments in (examples(api), {}, {"what": "?"})]
    assert {(a.status_code, a.headers["content-type"]) for a in answers} == {(status, content_type)}
    assert len({answer.content for answer in answers}) == 1
    assert (answers[0].content == b"") == (kind == "empty")
    assert kind != "html" or "<html" in answers[0].text


def test_a_login_wall_has_its_own_status_on_each_api():
    apis = [(tool.slug, api.slug) for tool, api in catalogue().apis()][:20]
    answers = [asked("login_wall", tool=tool, api=api)[0] for tool, api in apis]
    assert {answer.status_code for answer in answers} == {200, 401, 403}
    assert all("password" in answer.text for answer in answers)


def test_slow_ones_answer_truly_in_the_end(no_waiting, pauses):
    answer, api = asked("slow")
    assert (answer.json(), pauses) == (api["example_response"], [6.0])


def test_one_call_in_ten_is_slow_at_the_95th_percentile(no_waiting, pauses):
    client, page, api = planted_as("slow_p95", tool="math-box", api="prime-factors")
    answers = [call(client, page, api, {"number": number}) for number in range(2, 402)]
    assert all(answer.status_code == 200 for answer in answers)
    assert set(pauses) == {6.0} and 20 <= len(pauses) <= 60


def test_huge_ones_begin_with_the_answer():
    answer, api = asked("huge")
    assert 200_000 < len(answer.content) < 500_000
    assert api["example_response"].items() <= answer.json().items()
    listed, api = asked("huge", tool="world-countries", api="land-neighbours")
    assert listed.json()["results"] == api["example_response"]


@pytest.mark.parametrize(("kind", "failing", "status"), [("flaky_30", 0.3, 502), ("flaky_80", 0.8, 503)])
def test_flaky_ones_fail_as_often_as_their_name_says(kind, failing, status):
    client, page, api = planted_as(kind, tool="math-box", api="prime-factors")
    statuses = Counter(call(client, page, api, {"number": n}).status_code for n in range(2, 602))
    assert set(statuses) == {200, status}
    assert abs(statuses[status] / 600 - failing) < 0.06


def test_whether_a_flaky_one_fails_depends_on_what_was_asked_how_often_in_which_session():
    def outcomes(session, numbers):
        return {
            number: [call(client, page, api, {"number": number}, session).status_code for _ in range(10)]
            for number in numbers
        }

    client, page, api = planted_as("flaky_30", tool="math-box", api="prime-factors")
    here, elsewhere = outcomes("a", range(2, 12)), outcomes("b", range(2, 12))
    assert here != elsewhere
    assert len({tuple(each) for each in here.values()}) > 5
    client.post("/hub/sessions/a/fork", json={"to": "c"})
    client.post("/hub/sessions/c/fork", json={"to": "d"})
    later = outcomes("a", range(2, 12))
    assert outcomes("c", range(2, 12)) == outcomes("d", range(2, 12)) == later != here
    client.delete("/hub/sessions/a")
    assert outcomes("a", reversed(range(2, 12))) == here
    client, page, api = planted_as("flaky_30", tool="math-box", api="prime-factors", seed=SEED + 1)
    assert outcomes("a", range(2, 12)) != here


def test_a_wrong_content_type_hides_a_right_answer():
    answer, api = asked("wrong_content_type")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.json() == api["example_response"]


def test_truncated_answers_are_no_json():
    answer, api = asked("truncated")
    assert orjson.dumps(api["example_response"]).startswith(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_what_ignores_its_input_is_found_by_asking_something_else():
    client, page, api = planted_as("ignores_input")
    other = examples(api) | {"start": "2026-01-01"}
    assert call(client, page, api, other).json() == api["example_response"]
    assert call(client_of(), page, api, other).json() != api["example_response"]


def test_lying_documentation_is_refused_by_the_name_that_the_server_expects():
    client, page, api = planted_as("lying_parameter", tool="math-box", api="gcd-and-lcm")
    refused = call(client, page, api, examples(api))
    assert refused.status_code == 400 and "'a' is not known" in refused.json()["message"]
    guessed = client.get("/api/math-box/divisors", params={"a_value": 84, "b": 126})
    assert guessed.json() == api["example_response"]
    client, page, api = planted_as("lying_format")
    misread = call(client, page, api, examples(api))
    assert misread.status_code == 400 and "must be a date DD.MM.YYYY" in misread.json()["message"]
    given = {"start": "01.03.2026", "end": "25.12.2026"}
    assert call(client, page, api, given).json() == api["example_response"]
    missing, api = asked("lying_omission")
    assert missing.status_code == 400 and "'account'" in missing.json()["message"]
    assert "account" not in json.dumps(api)


def test_a_hostile_description_comes_with_sound_answers():
    answer, api = asked("hostile_description")
    assert answer.json() == api["example_response"]
    assert "ignore all previous instructions" in api["description"]


def test_sound_neighbours_of_a_planted_api_stay_sound():
    client, page, planted = planted_as("500", tool="math-box")
    for api in page["apis"]:
        if api["slug"] != planted["slug"]:
            assert call(client, page, api, examples(api)).json() == api["example_response"]


def test_nothing_the_hub_says_reveals_a_plant_but_its_own_description(pages):
    planted = plant(catalogue(), FAULTS, SEED)
    bad = client_of(planted)
    hostile = {names for names, fault in planted.items() if fault.kind == "hostile_description"}
    for slug, page in pages_of(bad).items():
        for api, sound in zip(page["apis"], pages[slug]["apis"], strict=True):
            if (slug, api["slug"]) in hostile:
                assert api.pop("description").startswith(sound["description"])
                api["description"] = sound["description"]
        assert page == pages[slug]
    for address in ("/hub/tools", "/hub/categories", "/hub/collections"):
        assert rows(bad, address) == rows(client_of(), address)


def test_the_catalogue_version_tells_plants_and_drift_apart():
    planted = plant(catalogue(), FAULTS, SEED)
    hubs = [client_of(), client_of(), client_of(planted), client_of(drift=1.0), client_of(drift=10.0)]
    versions = [hub.get("/healthz").json()["catalogue"] for hub in hubs]
    assert versions[0] == versions[1] and len(set(versions)) == 4
