"""The hub as an application, in this process: contract of listings, pages, calls, keys and plants."""

import gc
import itertools
import threading
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from infra.sandbox.hub.app import create_app
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.tool import Tool
from tests.infra.sandbox.hub_calls import (
    SEED,
    call,
    catalogue,
    client_of,
    every_api,
    examples,
    keyed,
    pages_of,
    rows,
)

MUST_BE_REFUSED = {
    "STRING": ["", "\x00", "a" * 5001],
    "NUMBER": ["", "abc", "NaN", "inf", "1e999", "0x10", "９", "1,5", "1" * 400, "--1", "1e12345"],
    "INTEGER": ["", "abc", "1.5", "1e3", "９", "-" * 9, "1" * 400, "99999999999999999999"],
    "BOOLEAN": ["", "2", "yes"],
    "ENUM": ["", "nonsense", "🚀", "a" * 5001],
    "DATE (YYYY-MM-DD)": [
        "",
        "2026-02-30",
        "0000-00-00",
        "9999-12-31",
        "1/2/2026",
        "2026-1-1",
        "２０26-01-01",
    ],
    "TIME (24-hour HH:MM)": ["", "24:00", "12:60", "noon", "1:00", "12:00:00"],
    "ARRAY": ["", "a,b", "1," * 1000, "NaN,1", "1e999,2"],
}
ODD_BUT_TEXT = ["🚀", "../../etc/passwd", "%", "' OR 1=1", "zzz", "0", "-1", "é" * 30, "(((((((((("]


@pytest.fixture(scope="module")
def client():
    return client_of()


@pytest.fixture(scope="module")
def pages(client):
    return pages_of(client)


def test_offers_more_than_the_issue_asks_for(client, pages):
    categories = rows(client, "/hub/categories")
    collections = rows(client, "/hub/collections")
    health = client.get("/healthz").json()
    assert health["tools"] == len(pages) >= 70
    assert health["apis"] == len(every_api(pages)) >= 240
    assert len(categories) >= 25 and sum(category["tools"] >= 2 for category in categories) >= 20
    crossing = [c for c in collections if len({pages[tool]["category"] for tool in c["tools"]}) > 1]
    assert len(crossing) >= 25 and all(len(collection["tools"]) > 1 for collection in collections)


def test_every_documented_example_answers_as_documented(client, pages):
    for page, api in every_api(pages):
        answer = call(client, page, api, examples(api))
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), api["slug"]
        assert answer.json() == api["example_response"], (page["slug"], api["slug"])
        assert len(answer.content) <= 1024, (
            f"{api['slug']}: a cut observation would lose facts of the example"
        )


def test_optional_parameters_take_their_documented_example_and_default(client, pages):
    for page, api in every_api(pages):
        for parameter in api["parameters"]:
            if parameter["required"]:
                continue
            plain = call(client, page, api, examples(api))
            given = call(client, page, api, examples(api) | {parameter["name"]: parameter["example"]})
            assert given.status_code in (200, 400, 404), (page["slug"], api["slug"], parameter["name"])
            if "default" in parameter:
                explicit = call(client, page, api, examples(api) | {parameter["name"]: parameter["default"]})
                assert explicit.json() == plain.json()


def test_documents_let_a_reader_choose_values(pages):
    for page, api in every_api(pages):
        assert 30 <= len(api["description"]) <= 250, (page["slug"], api["slug"])
        assert api["description"].rstrip(".").lower() != api["name"].lower()
        for parameter in api["parameters"]:
            where = page["slug"], api["slug"], parameter["name"]
            assert 10 <= len(parameter["description"]) <= 250, where
            assert "example" in parameter or not parameter["required"], where
            if parameter["type"] in ("NUMBER", "INTEGER"):
                assert parameter["minimum"] <= parameter["example"] <= parameter["maximum"], where
            if parameter["type"] == "ENUM":
                assert parameter["example"] in parameter["enum"], where
            if parameter["type"] == "STRING" and api["method"] == "GET":
                assert "Examples: " in parameter["description"], where
    for page in pages.values():
        assert page["package_version"] and page["data_vintage"] and page["licence"]


def test_listings_come_in_pages_that_link_to_the_next(client, pages):
    first = client.get("/hub/tools", params={"per_page": 5}).json()
    assert (first["page"], first["per_page"], first["total"]) == (1, 5, len(pages))
    assert len(first["results"]) == 5
    assert first["next"] == "/hub/tools?page=2&per_page=5"
    slugs = [tool["slug"] for tool in rows(client, "/hub/tools?per_page=5")]
    assert slugs == sorted(pages)
    beyond = client.get("/hub/tools?page=999").json()
    assert (beyond["results"], beyond["next"]) == ([], None)


def test_listings_keep_their_filter_from_page_to_page(client):
    finance = rows(client, "/hub/tools?category=finance&per_page=1")
    assert len(finance) >= 2 and {tool["category"] for tool in finance} == {"Finance"}
    travel = rows(client, "/hub/tools?collection=travel-planning&per_page=2")
    listed = next(c for c in rows(client, "/hub/collections") if c["slug"] == "travel-planning")
    assert [tool["slug"] for tool in travel] == listed["tools"]
    both = rows(client, "/hub/tools?collection=travel-planning&category=finance")
    assert [tool["slug"] for tool in both] == ["ecb-exchange-rates"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "per_page=0", "per_page=101", "page=1.5", "page=-1"])
def test_listings_refuse_pages_that_cannot_be(client, query):
    answer = client.get(f"/hub/tools?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in answer.json()["message"]


@pytest.mark.parametrize(
    "address",
    ["/hub/tools/nope", "/hub/tools?category=nope", "/hub/tools?collection=nope", "/hub/nope", "/nope"],
)
def test_unknown_addresses_are_404_in_json(client, address):
    answer = client.get(address)
    assert answer.status_code == 404 and answer.json()["message"]


def test_locked_addresses_need_a_key_of_this_hub(client):
    genuine = client.headers["X-Hub-Key"]
    for address in ("/hub/tools", "/hub/nope", "/api/math-box/factors/12", "/api/nope"):
        for key in (
            "",
            "tests",
            "tests." + "0" * 32,
            genuine[:-1],
            "other" + genuine[5:],
            "\xe9",
            "tests.\xe9",
        ):
            answer = client.get(address, headers={"X-Hub-Key": key.encode("latin-1")})
            assert answer.status_code == 401 and answer.json()["message"], (address, key)
    assert client.get("/hub/tools").status_code == 200
    for address in ("/", "/healthz"):
        assert client.get(address, headers={"X-Hub-Key": ""}).status_code == 200


def test_keys_depend_on_name_and_seed_and_need_no_memory(client):
    again, other_seed = client_of(), client_of(seed=SEED + 1)
    assert again.headers["X-Hub-Key"] == client.headers["X-Hub-Key"] != other_seed.headers["X-Hub-Key"]
    assert again.post("/hub/keys", json={"name": "demo"}).json()["key"] != again.headers["X-Hub-Key"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"{", b'{"name": 5}', b'{"name": ""}', b'{"name": "a b"}', b"\xff", b"x" * 70_000],
)
def test_keys_are_refused_to_the_nameless(client, body):
    answer = client.post("/hub/keys", content=body)
    assert answer.status_code in (400, 413) and answer.json()["message"]


@pytest.fixture
def own_garbage():
    """What other tests of this process have left is not collected on the time of an answer."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("own_garbage")
def test_refuses_what_no_parameter_can_be_and_names_the_parameter(client, pages):
    for page, api in every_api(pages):
        for parameter in api["parameters"]:
            for value in MUST_BE_REFUSED[parameter["type"]]:
                if parameter["place"] == "path" and value == "":
                    continue
                began = time.process_time()
                answer = call(client, page, api, examples(api) | {parameter["name"]: value})
                where = page["slug"], api["slug"], parameter["name"], value[:20], answer.text
                assert answer.status_code == 400, where
                assert f"'{parameter['name']}'" in answer.json()["message"], where
                assert time.process_time() - began < 1, where


@pytest.mark.usefixtures("own_garbage")
def test_no_odd_text_crashes_an_api(client, pages):
    for page, api in every_api(pages):
        for parameter in api["parameters"]:
            # Other kinds refuse all of these, as the test above asks of their own wild values.
            for value in ODD_BUT_TEXT if parameter["type"] in ("STRING", "INTEGER") else []:
                began = time.process_time()
                answer = call(client, page, api, examples(api) | {parameter["name"]: value})
                assert answer.status_code in (200, 400, 404), (page["slug"], api["slug"], value, answer.text)
                assert time.process_time() - began < 1, (page["slug"], api["slug"], value)


@pytest.mark.usefixtures("own_garbage")
def test_no_corner_of_the_documented_ranges_crashes_an_api(client, pages):
    for page, api in every_api(pages):
        corners = [corner_values(p) for p in api["parameters"]]
        names = [p["name"] for p in api["parameters"]]
        for values in itertools.product(*corners):
            began = time.process_time()
            answer = call(client, page, api, dict(zip(names, values, strict=True)))
            assert answer.status_code in (200, 400, 404), (page["slug"], api["slug"], values, answer.text)
            assert b"NaN" not in answer.content and b"Infinity" not in answer.content
            assert time.process_time() - began < 1, (page["slug"], api["slug"], values)


def corner_values(parameter):
    if "minimum" in parameter:
        return [parameter["minimum"], parameter["maximum"]]
    if parameter["type"].startswith("DATE"):
        words = parameter["description"].rstrip(".").split()
        return [words[-3], words[-1]]
    if "enum" in parameter:
        return [parameter["enum"][0], parameter["enum"][-1]]
    if parameter["type"].startswith("TIME"):
        return ["00:00", "23:59"]
    return [parameter["example"]]


def test_arguments_must_be_known_given_once_and_in_their_place(client):
    rate = "/api/ecb-exchange-rates/rate?from_currency=EUR&to_currency=USD"
    for address, name in (
        (rate, "date"),
        (rate + "&date=2026-01-02&when=now", "when"),
        (rate + "&date=2026-01-02&date=2026-01-05", "date"),
        ("/api/math-box/factors/12?number=13", "number"),
        ("/api/math-box/factors/%ff", "path"),
        (rate + "&date=%ff", "query"),
        (rate + "&" + "&".join(f"x{n}=1" for n in range(60)), "query"),
    ):
        answer = client.get(address)
        assert answer.status_code == 400 and f"'{name}'" in answer.json()["message"], (address, answer.text)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "'values' is required"),
        (b"[1, 2]", 400, "must be a JSON object"),
        (b"{", 400, "must be a JSON object"),
        (b'{"values": ' + b"[" * 50_000, 400, "must be a JSON object"),
        (b'{"values": [NaN, 1]}', 400, "must be a JSON object"),
        (b'{"values": [1]}', 400, "2 to 500 numbers"),
        (b'{"values": [true, 1]}', 400, "'values' must be a number"),
        (b'{"values": [1e400, 1]}', 400, "must be a JSON object"),
        (b'{"values": "abc"}', 400, "2 to 500 numbers"),
        (b'{"values": {"a": 1}}', 400, "2 to 500 numbers"),
        (b'{"values": [1, 2], "mode": 3}', 400, "'mode' is not known in the body"),
        (b'{"values": [' + b"1," * 40_000 + b"1]}", 413, "longer than"),
    ],
)
def test_bodies_are_read_as_strictly_as_queries(client, body, status, words):
    answer = client.post("/api/math-box/statistics", content=body)
    assert answer.status_code == status
    assert words in answer.json()["message"]


def test_calls_outside_the_catalogue_are_told_where_to_look(client):
    for address, words in (
        ("/api", "/hub/tools"),
        ("/api/nope/x", "/hub/tools"),
        ("/api/math-box/nope", "/hub/tools/math-box"),
        ("/api/math-box", "/hub/tools/math-box"),
    ):
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 404 and words in answer.text, (address, answer.text)
    wrong_method = client.get("/api/math-box/statistics")
    assert wrong_method.status_code == 405 and "POST" in wrong_method.json()["message"]
    assert client.get("/api/math-box/factors/12?" + "x" * 20_000).status_code == 413


def test_a_fixed_segment_wins_over_an_argument(client):
    answer = client.get("/api/public-holidays-atlas/holidays/FR/next?after=2026-07-01").json()
    assert answer["date"] == "2026-07-14"


def test_an_encoded_slash_stays_inside_its_argument(client):
    assert client.get("/api/unit-converter/dimension/meter%2Fsecond").status_code == 400


def test_outputs_of_one_tool_are_accepted_by_the_next(client):
    city = client.get("/api/city-finder/search?name=Nairobi").json()["results"][0]
    place = {"latitude": city["latitude"], "longitude": city["longitude"]}
    zone = client.get("/api/world-clock/zone-at", params=place).json()["timezone"]
    assert zone == city["timezone"] == "Africa/Nairobi"
    sun = client.get("/api/sun-times/day", params=place | {"date": "2026-03-20", "timezone": zone}).json()
    assert sun["sunrise"].startswith("2026-03-20T06:3") and sun["sunrise"].endswith("+03:00")
    money = client.get("/api/currency-directory/country/PL").json()["currency"]
    change = {"amount": 100, "from_currency": "EUR", "to_currency": money, "date": "2026-01-02"}
    assert 400 < client.get("/api/ecb-exchange-rates/convert", params=change).json()["amount"] < 450


def test_honest_answers_may_look_like_failures(client):
    assert client.get("/api/world-countries/countries/IS/neighbours").json() == []
    assert "error" in client.get("/api/web-reference/status/404").json()["class"]
    base = client.get("/api/math-box/bases?number=ff&from_base=16&to_base=2").json()
    assert base == {"error": None, "result": "11111111"}


def test_a_crash_of_an_api_is_a_500_with_an_id(caplog):
    def crash(number):
        raise ZeroDivisionError

    tool = catalogue().tools["math-box"]
    apis = [replace(api, function=crash) if api.slug == "prime-factors" else api for api in tool.apis]
    crashing = catalogue().with_tools({"math-box": replace(tool, apis=apis)})
    answer = keyed(Marketplace(crashing, {}, SEED)).get("/api/math-box/factors/12")
    assert answer.status_code == 500
    assert answer.json()["id"] in caplog.text and "ZeroDivisionError" not in answer.text


def test_packages_are_first_used_on_the_thread_that_answers_calls_and_by_no_other():
    used_by = []

    def first_use():
        """Reads its table at the first use, as packages do: two threads at once may see half of it."""
        used_by.append(threading.get_ident())
        return {}

    tool = Tool("Slow Start", "Tools", "Reads a table at the first use.", "MIT", "Invented.")
    tool.get("/x", "First Use")(first_use)
    marketplace = Marketplace(Catalogue({tool.slug: tool}), {}, SEED)
    with TestClient(create_app(marketplace)) as client:
        client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "tests"}).json()["key"]
        assert client.get("/api/slow-start/x").status_code == 200
    assert len(used_by) == 2 and len(set(used_by)) == 1
