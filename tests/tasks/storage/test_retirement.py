"""What is left of a tool after it was retired: nothing in the next versions, all in the old ones."""

from pathlib import Path
from typing import Any

import pytest

from tasks.errors import ConfigurationError, FactoryError, IncompleteTable, StorageUnavailable
from tasks.records import Api, Call, Collection, Instruction, Reject, Spend, Tool, TrainingSample, Trajectory
from tasks.storage import removal
from tasks.storage.canonical import digest
from tasks.storage.commits import Commit
from tasks.storage.difference import compare
from tasks.storage.lineage import MEMBERS, lineage
from tasks.storage.retirement import Retirement, retire
from tasks.storage.store import store_of
from tasks.storage.table import Shard, Table
from tasks.storage.versions import versions_of
from tests.tasks.storage.market_made import (
    APIS,
    MOON,
    SUN,
    SUN2,
    catalogue,
    ids,
    journey,
    published,
    samples,
    tool,
)
from tests.tasks.storage.tables_made import a_table

WHY = "its owner asked"


@pytest.fixture
def root(address: str) -> str:
    return address.rpartition("/")[0]


@pytest.fixture
def a_root(a_folder: str) -> str:
    return a_folder.rpartition("/")[0]


def second(made: dict[str, str]) -> dict[str, str]:
    return {name: place.replace("/v1", "/v2") for name, place in made.items()}


def objects(root: str) -> dict[str, bytes | None]:
    store = store_of(root)
    return {key: store.read(key) for key in store.keys("")}


def test_a_tool_and_all_that_was_derived_from_it_is_gone_from_every_next_version(root: str) -> None:
    old = journey(root)
    made = retire(SUN, WHY, root=root)
    new = second(old)
    assert [each.address for each in made.tables] == [
        new[name] for name in ("catalog", "instructions", "trajectories", "samples")
    ]
    assert ids(new["catalog"], Tool, "tools", "tool_id") == [MOON, SUN2]
    assert ids(new["catalog"], Api, "apis", "api_id") == [f"{MOON}/rise", f"{SUN2}/rise"]
    assert ids(new["instructions"], Instruction, "instructions", "instruction_id") == ["i-moon", "i-sun2"]
    assert ids(new["trajectories"], Trajectory, "trajectories", "instruction_id") == ["i-moon", "i-sun2"]
    assert ids(new["samples"], TrainingSample, "samples", "instruction_id") == ["i-moon", "i-sun2"]
    assert made.searched == {"tables": 4, "rows": made.searched["rows"], "hits": 0}
    assert made.searched["rows"] == sum(
        Table.open(each.address).rows(member)
        for each in made.tables
        for member in Table.open(each.address).members()
    )


def test_no_object_of_the_new_versions_holds_the_id_of_the_tool(a_root: str) -> None:
    old = journey(a_root)
    made = retire(SUN, WHY, root=a_root)
    for version in made.tables:
        table = Table.open(version.address)
        texts = [(store_of(version.address).read("table.json") or b"").decode()]
        for member in table.members():
            texts += map(str, table.read(MEMBERS[member][0], member).to_pylist())
        for text in texts:
            assert SUN not in text.replace(SUN2, "")
    manifest = Table.open(second(old)["trajectories"]).manifest
    assert manifest.parameters["allow_writes"] == MOON
    assert Table.open(second(old)["catalog"]).manifest.plan[0] == {"tools": [["moon", MOON]]}


def test_rows_that_stay_are_equal_and_only_rejects_are_added(root: str) -> None:
    old = journey(root)
    retire(SUN, WHY, root=root)
    for name in ("catalog", "instructions", "trajectories", "samples"):
        found = compare(Table.open(old[name]), Table.open(second(old)[name]))
        changed = {member: each.changed for member, each in found.members.items() if each.changed}
        added = {member for member, each in found.members.items() if each.added}
        assert changed == ({"collections": 1} if name == "catalog" else {})
        assert added == {"rejects"}


def test_what_is_retired_is_a_reject_with_reason_and_evidence_that_names_no_tool(a_root: str) -> None:
    old = journey(a_root)
    retire(SUN, WHY, root=a_root)
    told = {
        name: [row for row in Table.open(place).records(Reject, "rejects") if row.reason == f"retired: {WHY}"]
        for name, place in second(old).items()
        if name not in ("student", "results")
    }
    assert [row.subject_id for row in told["catalog"]] == [
        digest(SUN), digest(f"{SUN}/rise"), digest(f"{SUN}/set"), "hub/day",
    ]  # fmt: skip
    assert {row.stage for row in told["instructions"]} == {"instruct"}
    assert [row.subject_id for row in told["instructions"]] == ["c-i-sun", "i-sun", "c-i-both", "i-both"]
    assert (
        told["trajectories"][0].evidence
        == "trajectories: is one of its APIs, or was written or searched with one"
    )
    assert [row.subject_id for row in told["trajectories"]] == ["i-sun/DFS", "i-both/DFS"]
    assert [row.subject_id for row in told["samples"]] == ["i-sun/DFS", "i-both/DFS", "i-sun", "i-both"]
    assert "digest" in told["catalog"][0].evidence


def test_a_collection_stays_without_the_tool_and_goes_where_it_has_no_other(a_root: str) -> None:
    old = journey(a_root)
    made = retire(SUN, WHY, root=a_root)
    (left,) = Table.open(second(old)["catalog"]).records(Collection, "collections")
    assert (left.collection_id, left.tool_ids) == ("hub/sky", (MOON,))
    assert (made.tables[0].shrunk, made.tables[0].retired["collections"]) == (1, 1)


def test_spend_equals_the_calls_that_stay(a_root: str) -> None:
    old = journey(a_root)
    retire(SUN, WHY, root=a_root)
    for name in ("instructions", "trajectories"):
        table = Table.open(second(old)[name])
        calls = [call for call in table.records(Call, "calls") if call.kind == "model"]
        rows = table.records(Spend, "spend")
        assert sum(row.calls for row in rows) == len(calls) == 2
        assert sum(row.cost_nano_usd for row in rows) == sum(call.cost_nano_usd for call in calls)


def test_new_versions_are_made_from_new_versions_and_lineage_stays_in_them(a_root: str) -> None:
    old = journey(a_root)
    retire(SUN, WHY, root=a_root)
    new = second(old)
    found = Table.open(new["samples"]).manifest
    assert found.inputs == {"trajectories": new["trajectories"], "instructions": new["instructions"]}
    assert found.decides["input trajectories"] == Table.open(new["trajectories"]).manifest.identity
    assert found.parameters["writes"] == new["samples"]
    walked = list(lineage(new["samples"], "i-moon/DFS"))
    assert {each.address for each in walked} <= set(new.values())
    assert ("apis", f"{MOON}/rise") in {(each.member, each.id) for each in walked}


def test_models_and_results_are_named_as_stale_and_old_versions_as_left(root: str) -> None:
    old = journey(root)
    before = objects(root)
    made = retire(SUN, WHY, root=root)
    assert {each["stage"]: each["address"] for each in made.stale} == {
        "finetune": old["student"],
        "tooleval": old["results"],
    }
    assert made.left == sorted(old[name] for name in ("catalog", "instructions", "trajectories", "samples"))
    assert {key: content for key, content in objects(root).items() if key in before} == before


def test_a_text_that_names_the_tool_takes_its_row_along_and_what_came_of_it(a_root: str) -> None:
    old = journey(a_root, said="as hub\\/sun/rise says")
    retire(SUN, WHY, root=a_root)
    new = second(old)
    assert ids(new["instructions"], Instruction, "instructions", "instruction_id") == ["i-moon", "i-sun2"]
    assert ids(new["trajectories"], Trajectory, "trajectories", "instruction_id") == ["i-moon"]
    assert ids(new["samples"], TrainingSample, "samples", "instruction_id") == ["i-moon"]
    gone = Table.open(new["trajectories"]).records(Reject, "rejects")[-1]
    assert (gone.subject_id, gone.evidence) == (
        "i-sun2/DFS", "trajectories: names it in the column 'final_answer'",
    )  # fmt: skip


def same(first: Retirement, again: Retirement) -> bool:
    return (first.tables, first.stale, first.left, first.searched) == (
        again.tables, again.stale, again.left, again.searched,
    )  # fmt: skip


def test_run_again_it_writes_nothing_and_shows_the_proof_again(root: str) -> None:
    journey(root)
    first = retire(SUN, WHY, root=root)
    before = objects(root)
    assert same(first, retire(SUN, WHY, root=root))
    assert objects(root) == before


@pytest.mark.parametrize("after", range(6))
def test_interrupted_anywhere_it_is_continued(
    a_root: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = journey(a_root)
    publish, count = Shard.publish, 0

    def interrupted(*arguments: Any, **named: Any) -> Commit:
        nonlocal count
        count += 1
        if count > after:
            raise StorageUnavailable("gone")
        return publish(*arguments, **named)

    monkeypatch.setattr(Shard, "publish", interrupted)
    with pytest.raises(StorageUnavailable):
        retire(SUN, WHY, root=a_root)
    begun = [place for place in second(old).values() if Table.exists(place)]
    assert all(
        not Table.open(place).newest() or all(each.finished for each in Table.open(place).newest().values())
        for place in begun
    )
    standing = objects(a_root)
    monkeypatch.undo()
    made = retire(SUN, WHY, root=a_root)
    assert [each.address for each in made.tables] == list(second(old).values())[:4]
    assert made.searched["hits"] == 0
    assert {key: content for key, content in objects(a_root).items() if key in standing} == standing


def test_only_the_newest_versions_and_what_they_were_made_from_are_rewritten(a_root: str) -> None:
    old = journey(a_root)
    newer = catalogue(a_root, "v2")
    made = retire(SUN, WHY, root=a_root)
    written = {each.previous: each.address for each in made.tables}
    assert set(written) == {
        newer,
        *(old[name] for name in ("catalog", "instructions", "trajectories", "samples")),
    }
    assert (written[old["catalog"]], written[newer]) == (f"{a_root}/catalog/v3", f"{a_root}/catalog/v4")
    inputs = Table.open(written[old["instructions"]]).manifest.inputs
    assert inputs == {"catalog": written[old["catalog"]]}
    assert same(made, retire(SUN, WHY, root=a_root))


@pytest.mark.parametrize("holds_it", [True, False])
def test_the_newest_crawl_stays_the_newest_where_samples_are_of_an_older_one(
    a_root: str, holds_it: bool
) -> None:
    old = journey(a_root)
    if holds_it:
        newest = catalogue(a_root, "v2", edition="d2")
    else:
        newest = published(
            f"{a_root}/catalog/v2", "crawl", {},
            {"apis": (Api, APIS[2:3]), "tools": (Tool, [tool(MOON, "Moon")])},
            decides={"edition": "d2"},
        )  # fmt: skip
    made = retire(SUN, WHY, root=a_root)
    written = {each.address: each.previous for each in made.tables}
    versions = versions_of(newest)
    assert [written.get(each.address) for each in versions] == [None, None, old["catalog"], newest]
    assert versions[-1].manifest.decides["edition"] == "d2"
    assert same(made, retire(SUN, WHY, root=a_root))


def test_trajectories_that_were_searched_at_the_cost_of_others_are_rewritten_after_those(
    a_root: str,
) -> None:
    old = journey(a_root)
    instructed = {"instructions": old["instructions"]}
    rows = {"trajectories": (Trajectory, [])}
    rival = published(f"{a_root}/trajectories/v2", "annotate", instructed, rows, decides={"methods": "CoT"})
    measured = {**instructed, "equal_cost_to": rival}
    made = published(f"{a_root}/equals/v1", "annotate", measured, rows)
    written = {each.previous: each.address for each in retire(SUN, WHY, root=a_root).tables}
    assert Table.open(written[made]).manifest.inputs["equal_cost_to"] == written[rival]
    assert (written[old["trajectories"]], written[rival]) == (
        f"{a_root}/trajectories/v3", f"{a_root}/trajectories/v4",
    )  # fmt: skip


def test_a_table_that_has_nothing_of_the_tool_is_left_alone(a_root: str) -> None:
    journey(a_root)
    other = published(f"{a_root}/catalog/other1", "crawl", {}, {"apis": (Api, []), "tools": (Tool, [])})
    made = retire(SUN, WHY, root=a_root)
    assert other not in {each.previous for each in made.tables}
    assert other not in made.left


def test_two_tools_are_retired_one_after_the_other(a_root: str) -> None:
    old = journey(a_root)
    retire(SUN, WHY, root=a_root)
    made = retire(MOON, "its licence", root=a_root)
    third = [place.replace("/v1", "/v3") for place in list(old.values())[:4]]
    assert [each.address for each in made.tables] == third
    assert ids(third[1], Instruction, "instructions", "instruction_id") == ["i-sun2"]
    reasons = {row.reason for row in Table.open(third[1]).records(Reject, "rejects")}
    assert {f"retired: {WHY}", "retired: its licence"} <= reasons
    assert Table.open(third[0]).records(Collection, "collections") == []


def test_addresses_are_rewritten_with_all_they_were_made_from(a_root: str) -> None:
    old = journey(a_root)
    made = retire("Moon", WHY, addresses=[old["trajectories"]])
    assert [each.stage for each in made.tables] == ["crawl", "instruct", "annotate"]
    assert not Table.exists(second(old)["samples"])
    assert same(made, retire("Moon", WHY, addresses=[second(old)["trajectories"]]))


def test_a_root_is_not_left_for_an_input_that_lies_elsewhere(a_root: str) -> None:
    old = journey(f"{a_root}/there")
    samples(f"{a_root}/here", old["trajectories"], old["instructions"])
    with pytest.raises(ConfigurationError, match=r"lies outside of .*/here, .* give the addresses"):
        retire(SUN, WHY, root=f"{a_root}/here")
    assert not Table.exists(second(old)["catalog"])


def test_what_cannot_be_retired_is_one_sentence_and_writes_nothing(a_root: str) -> None:
    journey(a_root)
    before = objects(a_root)
    for wanted, reason, sentence in (
        ("mars", WHY, "no catalogue knows a tool 'mars'"),
        ("Sun", WHY, "'Sun' may be hub/sun or hub/sun-2; give the id"),
        (SUN, " ", "--reason is empty"),
        (SUN, "hub/sun is broken", "--reason names the tool"),
    ):
        with pytest.raises(ConfigurationError, match=sentence):
            retire(wanted, reason, root=a_root)
    with pytest.raises(ConfigurationError, match="no table lies below"):
        retire(SUN, WHY, root=f"{a_root}/nowhere")
    assert objects(a_root) == before


def test_a_tool_with_nothing_in_the_newest_versions_is_said(a_root: str) -> None:
    catalogue(a_root)
    published(f"{a_root}/catalog/v2", "crawl", {}, {"apis": (Api, []), "tools": (Tool, [])})
    with pytest.raises(ConfigurationError, match="nothing to retire: no newest version"):
        retire(SUN, WHY, root=a_root)


def test_another_reason_is_refused_once_a_tool_is_retired(a_root: str) -> None:
    journey(a_root)
    retire(SUN, WHY, root=a_root)
    with pytest.raises(ConfigurationError, match=r"already, for another reason \('its owner asked'\)"):
        retire(SUN, "another", root=a_root)


def test_an_unfinished_table_is_refused_before_anything_is_written(root: str) -> None:
    old = journey(root)
    begun = a_table(f"{root}/trajectories/v2", shards=2, inputs={"instructions": old["instructions"]})
    begun.shard(0).publish({"trajectories": (Trajectory, [])}, finished=True)
    before = objects(root)
    with pytest.raises(
        IncompleteTable, match=r"v2 is not finished \(1 of 2 .*nothing is retired; run 'annotate'"
    ):
        retire(SUN, WHY, root=root)
    assert objects(root) == before


def test_the_search_is_no_formality(a_root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    journey(a_root)
    monkeypatch.setattr(removal, "why_derived", lambda *_: "")
    with pytest.raises(FactoryError, match=r"the search still finds 'hub/sun' in \d+ places"):
        retire(SUN, WHY, root=a_root)


def test_once_the_old_versions_are_deleted_there_is_nothing_to_retire(a_root: str) -> None:
    import shutil

    old = journey(a_root)
    retire(SUN, WHY, root=a_root)
    for place in old.values():
        shutil.rmtree(Path(place))
    with pytest.raises(ConfigurationError, match="nothing to retire: 'hub/sun' is retired from"):
        retire(SUN, WHY, root=a_root)
