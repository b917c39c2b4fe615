import gzip
import json
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.catalog.retired import Retired
from tasks.catalog.sources import hub as hub_source
from tasks.catalog.stage import Parameters, plan, run
from tasks.errors import ApiUnreachable, ConfigurationError, FingerprintMismatch
from tasks.records import Api, Collection, Probe, Reject, Tool
from tasks.storage.retirement import retire
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.catalog.conftest import Crawled
from tests.tasks.catalog.tiny_hub import TinyHub
from tests.tasks.catalog.tool_files import a_tool, write_tools
from tests.tasks.storage.market_made import SUN, catalogue, journey

FITTING = {
    "404": {"not_found"},
    "500": {"server_error"},
    "binary": {"binary"},
    "html": {"html"},
    "error_under_200": {"error_message"},
    "login_wall": {"unauthorized", "html"},
    "lying_format": {"bad_request"},
    "lying_omission": {"bad_request"},
    "lying_parameter": {"bad_request"},
    "slow": {"slow"},
    "truncated": {"broken"},
    "empty": {"empty"},
    "placeholder": {"placeholder"},
}
CHANCY = {"flaky_80", "ignores_input"}
"""Kinds that a dozen calls by documentation alone cannot always tell; `make bench-sandbox` counts them."""


def rows_of(address: str) -> dict[str, list]:
    """What a crawl has decided, without times."""
    table = Table.open(address)
    probes = [(row.api_id, row.attempt, row.arguments, row.verdict) for row in table.records(Probe, "probes")]
    return {
        "tools": sorted(map(repr, table.records(Tool, "tools"))),
        "apis": sorted(map(repr, table.records(Api, "apis"))),
        "collections": sorted(map(repr, table.records(Collection, "collections"))),
        "probes": sorted(probes),
        "rejects": sorted((row.subject_id, row.reason) for row in table.records(Reject, "rejects")),
    }


def test_every_planted_api_is_rejected_for_its_fault(crawled: Crawled):
    found = {
        row.subject_id: row.reason for row in Table.open(crawled.report.address).records(Reject, "rejects")
    }
    assert set(crawled.plants.values()) == set(FITTING) | CHANCY
    wrong = {
        (api_id, kind): found.get(api_id)
        for api_id, kind in crawled.plants.items()
        if kind not in CHANCY and found.get(api_id) not in FITTING[kind]
    }
    assert wrong == {}


def test_of_what_chance_decides_more_is_found_than_is_missed(crawled: Crawled):
    found = {row.subject_id for row in Table.open(crawled.report.address).records(Reject, "rejects")}
    chancy = [api_id for api_id, kind in crawled.plants.items() if kind in CHANCY]
    assert sum(api_id in found for api_id in chancy) > len(chancy) / 2


def test_no_sound_api_is_rejected(crawled: Crawled):
    rejects = Table.open(crawled.report.address).records(Reject, "rejects")
    assert [row for row in rejects if row.subject_id not in crawled.plants] == []


def test_every_reject_of_a_called_api_carries_its_evidence(crawled: Crawled):
    rejects = Table.open(crawled.report.address).records(Reject, "rejects")
    assert all(
        ("calls " + row.reason in row.evidence or row.reason == "ignores_input")
        and "GET http" in row.evidence.replace("POST", "GET")
        for row in rejects
    )


def test_the_key_is_in_no_row(crawled: Crawled):
    table = Table.open(crawled.report.address)
    assert all(crawled.hub.key not in repr(rows) for rows in rows_of(crawled.report.address).values())
    assert all(crawled.hub.key not in row.evidence for row in table.records(Probe, "probes"))


def test_the_funnel_counts_what_came_in_and_what_is_kept(crawled: Crawled):
    figures = crawled.report.figures
    rejected = {row.subject_id for row in Table.open(crawled.report.address).records(Reject, "rejects")}
    assert figures["apis_in"] == figures["apis_kept"] + len(rejected)
    assert figures["apis_called"] == figures["apis_in"] > 40
    assert figures["tools_in"] == figures["tools_kept"] >= 12
    assert sum(crawled.report.rejected.values()) == len(rejected) <= len(crawled.plants)


def test_collections_name_tools_of_several_categories_by_id(crawled: Crawled):
    table = Table.open(crawled.report.address)
    categories = {tool.tool_id: tool.category for tool in table.records(Tool, "tools")}
    collections = table.records(Collection, "collections")
    assert len(collections) >= 4
    assert all(set(each.tool_ids) <= set(categories) for each in collections)
    assert any(len({categories[tool_id] for tool_id in each.tool_ids}) > 1 for each in collections)


def test_a_kept_api_can_be_called_by_its_record(crawled: Crawled):
    apis = {api.api_id: api for api in Table.open(crawled.report.address).records(Api, "apis")}
    assert len(apis) == crawled.report.rows["apis"]
    api = next(each for each in apis.values() if any(parameter.example for parameter in each.parameters))
    assert api.url.startswith(crawled.hub.location + "/api/")
    assert (
        api.standard_name
        and api.tool_standard_name
        and json.loads(api.example_response or "null") is not None
    )


def test_crawling_again_writes_nothing_new(crawled: Crawled, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", crawled.hub.key)
    before = Table.open(crawled.report.address).newest()
    assert run(crawled.parameters, Silent()).rows == crawled.report.rows
    assert Table.open(crawled.report.address).newest() == before


def test_other_thresholds_at_the_same_address_are_refused(crawled: Crawled, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", crawled.hub.key)
    with pytest.raises(FingerprintMismatch, match=r"slow_s was 1\.5, now 1\.0"):
        plan(crawled.parameters.model_copy(update={"slow_s": 1.0}))


@pytest.fixture
def own_port() -> Iterator[int]:
    """A port that nobody else is given, also while no hub listens there."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


class StopsTheHub:
    """Progress that ends the hub after some tools."""

    def __init__(self, hub: TinyHub, after: int):
        self.hub, self.after = hub, after

    def show(self, what: str, done: int, total: int) -> None:
        if done == self.after:
            self.hub.stop()


def test_a_hub_that_goes_away_rejects_nothing_and_the_next_run_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_port: int
):
    monkeypatch.setattr(hub_source, "_PAUSE_S", 0.0)
    hub = TinyHub(own_port)
    whole = Parameters(location=hub.location, catalog=str(tmp_path / "whole"), slow_s=30, timeout_s=60)
    run(whole, Silent())
    assert hub.calls == 6 * 2 * 3
    broken = whole.model_copy(update={"catalog": str(tmp_path / "broken"), "concurrency": 1})
    with pytest.raises(ApiUnreachable, match="hub"):
        run(broken, StopsTheHub(hub, after=3))
    assert Table.open(broken.catalog).rows("tools") == 3
    again = TinyHub(own_port)
    report = run(broken, Silent())
    again.stop()
    assert again.calls == 3 * 2 * 3
    assert report.rejected == {}
    assert rows_of(broken.catalog) == rows_of(whole.catalog)


def test_an_unprobed_crawl_keeps_everything_and_says_so(
    crawled: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", crawled.hub.key)
    report = run(
        Parameters(location=crawled.hub.location, catalog=str(tmp_path / "c"), probe=False), Silent()
    )
    assert report.rows["apis"] == crawled.report.figures["apis_in"]
    assert report.rows["probes"] == 0
    assert report.notes == ["not probed: every documented API is kept"]


def test_a_missing_key_names_the_variable_before_anything_is_written(crawled: Crawled, tmp_path: Path):
    with pytest.raises(ConfigurationError, match="a call without a key; set FOUNDRY_HUB_KEY"):
        plan(Parameters(location=crawled.hub.location, catalog=str(tmp_path / "c")))
    assert not (tmp_path / "c").exists()


def test_a_wrong_key_names_the_variable_and_not_the_key(
    crawled: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FOUNDRY_HUB_KEY", "someone.0123")
    with pytest.raises(ConfigurationError, match="refuses the key; set FOUNDRY_HUB_KEY") as refusal:
        plan(Parameters(location=crawled.hub.location, catalog=str(tmp_path / "c")))
    assert "0123" not in str(refusal.value)


def test_a_hub_that_is_not_there_is_one_sentence(tmp_path: Path):
    with pytest.raises(ApiUnreachable, match=r"no hub answers at http://127\.0\.0\.1:1 "):
        plan(Parameters(location="http://127.0.0.1:1", catalog=str(tmp_path / "c")))
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("location", ["ftp://x", "", "http://[::1", "http://127.0.0.1:99999", "marketplace"])
def test_a_location_that_is_no_address_is_one_sentence(location: str, tmp_path: Path):
    with pytest.raises(ConfigurationError, match="--location of a hub is its address"):
        plan(Parameters(location=location, catalog=str(tmp_path / "c")))


def test_a_server_that_is_no_hub_is_one_sentence(tmp_path: Path):
    import http.server
    import threading

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>It works!</html>")

        def log_message(self, *arguments):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ConfigurationError, match="answers, but is no hub"):
            plan(Parameters(location=f"http://127.0.0.1:{server.server_port}", catalog=str(tmp_path / "c")))
        server.shutdown()


def test_a_timeout_below_the_slow_limit_is_refused(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="must be above slow_s"):
        plan(Parameters(location="http://127.0.0.1:1", catalog=str(tmp_path / "c"), slow_s=5, timeout_s=4))


def test_a_bad_line_of_tool_files_is_a_reject(tmp_path: Path):
    place = write_tools(tmp_path / "tools.jsonl", a_tool("one"), "{broken", a_tool("two", apis=3))
    report = run(
        Parameters(source="toolbench", location=str(place), catalog=str(tmp_path / "c"), shard_size=1),
        Silent(),
    )
    assert report.shards == 2
    assert report.rows == {"apis": 4, "collections": 0, "rejects": 1, "tools": 2}
    assert report.rejected == {"unreadable": 1}
    assert "not probed" in report.notes[0]


def test_apis_that_become_one_name_are_kept_apart_and_reported(tmp_path: Path):
    twins = a_tool("one", apis=2)
    twins["api_list"][1]["name"] = "CALL-0"
    place = write_tools(tmp_path / "tools.jsonl", twins)
    report = run(Parameters(source="toolbench", location=str(place), catalog=str(tmp_path / "c")), Silent())
    assert len({api.api_id for api in Table.open(report.address).records(Api, "apis")}) == 2
    assert "2 APIs share their standard name" in report.notes[-1]


def test_tool_files_elsewhere_continue_the_same_table(tmp_path: Path):
    (tmp_path / "a").mkdir()
    first = write_tools(tmp_path / "a" / "one.json", a_tool("one"))
    (tmp_path / "b").mkdir()
    moved = write_tools(tmp_path / "b" / "one.json", first.read_text())
    for location in (tmp_path / "a", tmp_path / "b"):
        run(Parameters(source="toolbench", location=str(location), catalog=str(tmp_path / "c")), Silent())
    moved.write_text(json.dumps(a_tool("another")))
    with pytest.raises(FingerprintMismatch, match="documents was"):
        plan(Parameters(source="toolbench", location=str(moved.parent), catalog=str(tmp_path / "c")))


def test_a_retired_tool_stays_out_whoever_crawls_next_unless_an_older_catalogue_is_named(tmp_path: Path):
    place = tmp_path / "tools.jsonl"
    told = Parameters(
        source="toolbench", location=str(place), catalog=f"{tmp_path}/c/v1", as_new_version=True
    )

    def crawled(*names: str, **changed: str) -> tuple[str, set[str]]:
        write_tools(place, *map(a_tool, names))
        table = Table.open(run(told.model_copy(update=changed), Silent()).address)
        return Path(table.address).name, {row.name for row in table.records(Tool, "tools")}

    assert crawled("sun", "moon") == ("v1", {"sun", "moon"})
    crawled("sun", "moon", catalog=f"{tmp_path}/c/another-9")
    retire("sun", "asked", addresses=[told.catalog])
    assert crawled("sun", "moon") == ("v2", {"moon"})
    assert crawled("sun", "moon", "tide") == ("v3", {"moon", "tide"})
    assert crawled("sun", "moon", "tide", since=told.catalog) == ("v4", {"sun", "moon", "tide"})
    elsewhere = write_tools(tmp_path / "moved.jsonl", a_tool("sun"), a_tool("dew"))
    moved = plan(told.model_copy(update={"location": str(elsewhere), "catalog": f"{tmp_path}/c/v3"}))
    assert "retired" not in Table.open(moved).manifest.decides, "the newest one has taken the tool back"


def test_the_list_of_retired_tools_is_that_of_the_same_marketplace_or_of_one_that_has_moved(tmp_path: Path):
    root = str(tmp_path)
    catalogue(root)
    retire(SUN, "asked", root=root)
    catalogue(root, "v3", "http://127.0.0.1:2")
    for location, stays_out in (("http://127.0.0.1:1", True), ("http://127.0.0.1:2", False)):
        assert Retired.of_newest(f"{root}/catalog/v1", "hub", location).holds(SUN) is stays_out
    shutil.rmtree(f"{root}/catalog/v3")
    assert Retired.of_newest(f"{root}/catalog/v1", "hub", "http://127.0.0.1:3").holds(SUN)


def test_only_a_catalogue_can_be_crawled_since(tmp_path: Path):
    made = journey(str(tmp_path))
    place = write_tools(tmp_path / "tools.jsonl", a_tool("one"))
    told = Parameters(source="toolbench", location=str(place), catalog=f"{tmp_path}/c/v1")
    with pytest.raises(ConfigurationError, match="holds the output of 'assemble'; give an earlier catalogue"):
        plan(told.model_copy(update={"since": made["samples"]}))


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\x1f\x8b broken"])
def test_a_location_without_tool_documents_is_one_sentence(content: bytes | None, tmp_path: Path):
    place = tmp_path / "tools.jsonl.gz"
    if content is not None:
        place.write_bytes(content if content.startswith(b"\x1f") else gzip.compress(content))
    with pytest.raises(ConfigurationError, match=r"tools\.jsonl\.gz"):
        plan(Parameters(source="toolbench", location=str(place), catalog=str(tmp_path / "c")))
    assert not (tmp_path / "c").exists()


def test_the_whole_marketplace_of_toolbench_is_read(shared: Path, tmp_path: Path):
    location = shared / "data" / "catalog" / "rapidapi_all_tools.jsonl.gz"
    report = run(
        Parameters(source="toolbench", location=str(location), catalog=str(tmp_path / "c")), Silent()
    )
    assert report.figures["tools_in"] == 10_056
    assert report.rows["tools"] + report.rejected.get("duplicate_tool", 0) == 10_056
    assert report.rows["apis"] > 38_000
    tools = Table.open(report.address).read(Tool, "tools")
    assert len(set(tools.column("category").to_pylist())) == 49
