from pathlib import Path

import pytest

from flows.journey import (
    STAGES,
    FactoryParameters,
    begun,
    legs_of,
    parameters_of,
    planned,
    run_id_of,
    stages_of,
)
from flows.since import Market, edition_at, resolved, versions_behind
from tasks.catalog import stage as crawl
from tasks.errors import ConfigurationError
from tasks.llm.ledger import NANO, open_ledger
from tasks.storage.stage import Silent
from tests.tasks.catalog.tool_files import a_tool, write_tools
from tests.tasks.storage.market_made import (
    LOCATION,
    catalogue,
    instructions,
    journey,
    published,
    samples,
    trajectories,
)

HUB = FactoryParameters(location=LOCATION)
ELSEWHERE = "http://127.0.0.1:2"


def hub(root: Path | str, location: str = LOCATION) -> Market:
    return Market("hub", location, str(root))


def sampled(root: str, catalog: str) -> str:
    """Samples of a catalogue."""
    asked = instructions(root, catalog)
    return samples(root, trajectories(root, asked), asked)


@pytest.fixture
def told(tmp_path: Path) -> FactoryParameters:
    """A journey from a file of two tools, told `latest`."""
    place = write_tools(tmp_path / "tools.jsonl", a_tool("sun"), a_tool("moon"))
    return FactoryParameters(source="toolbench", location=str(place), root=f"{tmp_path}/t", since="latest")


def test_samples_lead_back_to_all_that_is_carried_over_from(tmp_path: Path):
    made = journey(str(tmp_path))
    latest = resolved("latest", hub(tmp_path))
    assert latest == made["samples"]
    assert versions_behind(latest) == {
        "crawl": made["catalog"],
        "instruct": made["instructions"],
        "annotate": made["trajectories"],
        "assemble": made["samples"],
    }
    with pytest.raises(ConfigurationError, match="leads back to no instructions"):
        versions_behind(made["catalog"])


def test_where_nothing_was_made_the_journey_begins_from_nothing(tmp_path: Path):
    assert resolved("latest", hub(tmp_path)) == ""
    assert versions_behind("") == {}
    assert begun(HUB.model_copy(update={"since": "latest", "root": str(tmp_path)})).since == ""


def test_the_latest_samples_are_the_newest_finished_ones_of_the_journeys_own_name(tmp_path: Path):
    root = str(tmp_path)
    made = journey(root)
    second = samples(root, made["trajectories"], made["instructions"], "v2")
    samples(root, made["trajectories"], made["instructions"], "exp-9")
    published(f"{root}/samples/v3", "assemble", {"trajectories": made["trajectories"]}, {}, plan=({}, {}))
    assert resolved("latest", hub(root)) == second


def test_of_two_marketplaces_below_one_root_each_carries_over_its_own(tmp_path: Path):
    root = str(tmp_path)
    ours, theirs = journey(root), journey(f"{root}/theirs", location=ELSEWHERE)
    newer = samples(root, theirs["trajectories"], theirs["instructions"], "v2")
    assert resolved("latest", hub(root, f"{LOCATION}/hub/")) == ours["samples"]
    assert resolved("latest", hub(root, ELSEWHERE)) == newer
    with pytest.raises(ConfigurationError, match=r"were made of http://127\.0\.0\.1:3; leave out --since"):
        begun(HUB.model_copy(update={"since": "latest", "root": root, "location": "http://127.0.0.1:3"}))
    catalogue(root, "v2", ELSEWHERE, edition="theirs")
    assert edition_at("monday", hub(root)) == "monday"


def made_with(root: str, version: str, count: int, searched: str = "m") -> str:
    """Samples of a journey with these settings."""
    catalog = catalogue(root)
    listed = published(
        f"{root}/instructions/{version}", "instruct", {"catalog": catalog}, {},
        parameters={"seed": 1, "count": count, "groups": "", "held_out": 0.2}, decides={"count": str(count)},
    )  # fmt: skip
    trees = published(
        f"{root}/trajectories/{version}", "annotate", {"instructions": listed}, {},
        parameters={"seed": 1, "model": searched, "method": "DFS_woFilter_w2", "allow_writes": ""},
    )  # fmt: skip
    return published(f"{root}/samples/{version}", "assemble", {"trajectories": trees}, {})


def test_of_two_schedules_below_one_root_each_carries_over_what_was_made_with_its_settings(tmp_path: Path):
    def latest(**settings: object) -> str:
        return begun(HUB.model_copy(update={"since": "latest", "root": str(tmp_path), **settings})).since

    nightly, weekly, other = (
        made_with(str(tmp_path), "v1", 100),
        made_with(str(tmp_path), "v2", 200),
        made_with(str(tmp_path), "v3", 100, searched="m-large"),
    )
    assert latest(model="m") == nightly, "a list may grow, not shrink"
    assert latest(model="m", count=200) == weekly, "its own list, or it would pay for the second half again"
    assert latest(model="m", count=150) == nightly
    newer = made_with(str(tmp_path), "v4", 100)
    assert latest(model="m") == newer and latest(model="m", count=200) == weekly
    assert latest(model="m", seed=2) == newer != other, "where none fit, the stage that refuses them says why"


def test_each_earlier_version_has_a_budget_of_its_own(tmp_path: Path):
    assert run_id_of(HUB) == run_id_of(HUB.model_copy(update={"until": "assemble"}))
    runs = {
        run_id_of(HUB.model_copy(update={"since": since})) for since in ("", "/a/samples/v1", "/a/samples/v2")
    }
    assert len(runs) == 3


def test_a_cap_is_raised_though_samples_were_made_since_and_the_journey_has_another_run_id(
    told: FactoryParameters,
):
    def again(**caps: object) -> tuple[int | None, int | None]:
        journey = begun(told.model_copy(update={"edition": "monday", **caps}))
        planned(STAGES[0], journey, {})
        found = open_ledger().account(f"run:{run}")
        return found.cap_nano_usd, found.cap_tokens

    run = run_id_of(begun(told))
    assert again(budget_usd=1.0, budget_tokens=100) == (NANO, 100)
    sampled(told.root, f"{told.root}/catalog/v1")
    assert run_id_of(begun(told)) != run
    assert again(budget_usd=3.0, budget_tokens=400) == (3 * NANO, 400)
    assert again(budget_usd=2.0, budget_tokens=200) == (3 * NANO, 400), "it is never lowered"
    assert again(budget_usd=4.0, run_id="mine") == (3 * NANO, 400), "nor raised for a run of another name"
    assert again(budget_usd=4.0, since="") == (4 * NANO, 400), "the run's own cap is what it is told"
    crawl.run_shard(f"{told.root}/catalog/v1", 0, Silent())
    assert again(budget_usd=5.0) == (4 * NANO, 400), "what is finished needs none"


def test_a_journey_to_samples_trains_and_evaluates_nothing():
    short = HUB.model_copy(update={"until": "assemble"})
    assert [stage.verb for stage in stages_of(short)] == ["crawl", "instruct", "annotate", "assemble"]
    assert stages_of(HUB) == STAGES and len(legs_of(short)) == 4


def test_a_scheduled_journey_crawls_anew_unless_the_last_crawl_still_waits_for_its_samples(tmp_path: Path):
    first, later = f"{tmp_path}/first", f"{tmp_path}/later"
    assert edition_at("monday", hub(first)) == "monday"
    catalogue(first, edition="sunday")
    assert edition_at("monday", hub(first)) == "sunday"
    journey(later)
    catalogue(later, "rapidapi-9")
    assert edition_at("monday", hub(later)) == "monday"
    catalogue(later, "v2", edition="monday")
    assert edition_at("tuesday", hub(later)) == "monday"


def test_a_crawl_without_a_name_is_gone_on_with_where_no_older_one_would_be_taken_up_instead(tmp_path: Path):
    alone, named, unnamed = (f"{tmp_path}/{name}" for name in ("alone", "named", "unnamed"))
    catalogue(alone)
    catalogue(named, edition="sunday")
    catalogue(named, "v2")
    catalogue(unnamed)
    catalogue(unnamed, "v2")
    assert edition_at("monday", hub(alone)) == edition_at("monday", hub(named)) == ""
    assert edition_at("monday", hub(unnamed)) == "monday"
    asked = HUB.model_copy(update={"since": "latest", "root": alone})
    assert begun(asked, "monday").edition == ""
    assert begun(asked.model_copy(update={"since": ""}), "monday").edition == "", "it would pay for all again"
    assert begun(asked.model_copy(update={"edition": "mine"}), "monday").edition == "mine"


def test_by_hand_the_newest_crawl_is_gone_on_with_and_new_documentation_makes_the_next(
    told: FactoryParameters,
):
    def crawled(edition: str) -> str:
        journey = told.model_copy(update={"since": "", "edition": edition})
        return str(planned(STAGES[0], journey, {}).model_dump()["catalog"])

    def by_hand() -> str:
        return str(planned(STAGES[0], begun(told), {}).model_dump()["catalog"])

    first, second = crawled(""), crawled("tuesday")
    assert first != second == by_hand()
    sampled(told.root, second)
    assert by_hand() == second
    write_tools(Path(told.location), a_tool("sun"), a_tool("dew"))
    assert by_hand() == f"{told.root}/catalog/v3"


def test_the_edition_reaches_the_crawl_and_changes_no_budget(tmp_path: Path):
    told = HUB.model_copy(update={"edition": "monday", "root": str(tmp_path)})
    assert run_id_of(told) == run_id_of(told.model_copy(update={"edition": ""}))
    assert parameters_of(STAGES[0], told, {}).model_dump()["edition"] == "monday"
