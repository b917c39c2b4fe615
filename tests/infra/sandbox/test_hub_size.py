"""A marketplace as large as the real one: invented tools, that cost little and answer like the others."""

from collections import Counter

import pytest

from infra.sandbox.hub.errors import DeclarationError
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.plants import load_faults, plant
from infra.sandbox.hub.synthetic.making import enlarged
from infra.sandbox.hub.synthetic.subjects import SUBJECTS, plural
from tests.infra.sandbox.hub_calls import SEED, call, catalogue, examples, keyed, rows

SIZE = 400


@pytest.fixture(scope="module")
def large():
    return enlarged(catalogue(), SIZE, SEED)


@pytest.fixture(scope="module")
def client(large):
    return keyed(Marketplace(large, {}, SEED))


def invented(catalogue):
    return [tool for tool in catalogue.tools.values() if tool.invented]


def test_the_size_of_the_real_marketplace_is_reached_to_the_api():
    whole = enlarged(catalogue(), 10_853, SEED)
    planted = plant(whole, load_faults(), SEED)
    marketplace = Marketplace(whole, planted, SEED, drift=1.0)
    assert (len(whole.tools), whole.api_count) == (10_853, 53_190)
    assert list(whole.tools) == sorted(whole.tools)
    assert len(planted) == round(0.12 * 53_190)
    assert marketplace.catalogue.api_count < 53_190
    assert {len(tool.apis) for tool in invented(whole)} == set(range(2, 9))


def test_real_tools_are_among_the_invented_ones_unchanged(large, client):
    assert all(large.tools[slug] is tool for slug, tool in catalogue().tools.items())
    assert len(invented(large)) == SIZE - len(catalogue().tools)
    health = client.get("/healthz").json()
    assert (health["tools"], health["apis"]) == (SIZE, large.api_count)
    assert len(rows(client, "/hub/tools?per_page=100")) == SIZE


def test_invented_tools_are_of_many_kinds_and_on_every_shelf(large):
    tools = invented(large)
    assert len({tool.name for tool in tools}) == len(tools)
    assert len({tool.category for tool in tools}) > 40
    assert len({tool.description for tool in tools}) > 150
    assert 0.1 < sum(bool(tool.collections) for tool in tools) / len(tools) < 0.3
    names = Counter(api.name for tool in tools for api in tool.apis)
    assert names.most_common(1)[0][1] < 15
    assert {api.method for tool in tools for api in tool.apis} == {"GET", "POST"}


def test_invented_apis_answer_as_documented_and_otherwise_to_other_arguments(large, client):
    for tool in invented(large)[:60]:
        page = client.get(f"/hub/tools/{tool.slug}").json()
        for api in page["apis"]:
            answer = call(client, page, api, examples(api))
            assert (answer.status_code, answer.json()) == (200, api["example_response"])
            assert len(answer.content) <= 1024
            for parameter in api["parameters"]:
                if parameter["type"] == "INTEGER" and parameter["name"] != "limit":
                    other = call(client, page, api, examples(api) | {parameter["name"]: 2021})
                    assert other.status_code == 400 or other.json() != answer.json(), api["slug"]


def test_what_is_invented_follows_from_the_seed(large):
    again, other = enlarged(catalogue(), SIZE, SEED), enlarged(catalogue(), SIZE, SEED + 1)
    assert Marketplace(again, {}, SEED).version == Marketplace(large, {}, SEED).version
    assert other.tools.keys() != large.tools.keys()


def test_a_size_below_what_there_is_is_refused():
    assert enlarged(catalogue(), len(catalogue().tools), SEED).tools.keys() == catalogue().tools.keys()
    with pytest.raises(DeclarationError, match=r"a size of 3 is less than the \d+ tools there are"):
        enlarged(catalogue(), 3, SEED)


def test_plurals_are_those_of_a_grammar_book():
    pairs = {
        "company": "companies",
        "essay": "essays",
        "box": "boxes",
        "match": "matches",
        "species": "species",
    }
    assert {thing: plural(thing) for thing in pairs} == pairs
    assert all(plural(thing) for things in SUBJECTS.values() for thing in things)
