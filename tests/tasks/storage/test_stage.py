"""What a stage's table may be continued with, shown on a stage that copies trajectories."""

import shutil
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import Field

from tasks.errors import (
    AddressError,
    ConfigurationError,
    FingerprintMismatch,
    ShardsFailed,
    StorageUnavailable,
)
from tasks.records import Reject, Spend, Trajectory
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, Silent, StageParameters, report_of, run_here
from tasks.storage.table import Table
from tests.tasks.examples import a_trajectory
from tests.tasks.storage.conftest import point_at
from tests.tasks.storage.tables_made import a_manifest


class Parameters(StageParameters):
    """Copies."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {"concurrency", "budget_usd"}

    PATHS: ClassVar[frozenset[str]] = frozenset({"tools"})

    source: str
    copies: str
    tools: str = ""
    model: str = "m"
    note: str = ""
    concurrency: int = 8
    budget_usd: float | None = Field(None, ge=0)


def plan(parameters: Parameters, **more: Any) -> str:
    given: dict[str, Any] = {"code_version": "1", "inputs": {"source": parameters.source}, **more}
    spec = TableSpec(
        stage="copy",
        address=parameters.copies,
        parameters=parameters,
        members=(Trajectory, Reject, Spend),
        **given,
    )
    return plan_table(spec, lambda: ([{"row": 0}, {"row": 1}], ["two rows"])).address


def run_shard(address: str, shard: int, progress: Progress) -> None:
    table = Table.open(address)
    row = Table.open(table.manifest.inputs["source"]).records(Trajectory, "trajectories")[shard]
    spend = Spend(table.manifest.run_id, "copy", shard, "m", 1, 10, 0, 0, 5, 1_500_000_000)
    table.shard(shard).publish(
        {
            "trajectories": (Trajectory, [row]),
            "rejects": (Reject, [Reject("copy", "x", "too_short", "")] * (2 - shard)),
            "spend": (Spend, [spend]),
        },
        finished=True,
    )
    progress.show("copy", shard + 1, 2)


def run(parameters: Parameters) -> Report:
    return run_here(parameters, Silent(), plan, run_shard, report_of)


@pytest.fixture
def source(tmp_path: Path) -> str:
    return a_source(tmp_path / "source" / "v1")


def a_source(address: Path, created: str = "2026-11-21T00:00:00+00:00") -> str:
    table = Table.create_or_continue(str(address), a_manifest(created=created))
    table.shard(0).publish({"trajectories": (Trajectory, [a_trajectory(1), a_trajectory(2)])}, finished=True)
    return str(address)


@pytest.mark.parametrize("key", ["sesame", "me:", ":sesame", "me:se?same"])
def test_an_address_with_a_user_or_password_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(
        ConfigurationError, match="source holds an address with a user, a password or a key"
    ) as refused:
        Parameters(source=f"https://{key}@hub.example/x", copies="t")
    assert "sesame" not in str(refused.value)
    Parameters(source="https://hub.example/@me?mail=me@hub.example", copies="t")


def test_a_stage_runs_every_open_shard_and_reports(source: str, tmp_path: Path) -> None:
    parameters = Parameters(source=source, copies=str(tmp_path / "copies"))
    address = plan(parameters)
    run_shard(address, 1, Silent())
    report = run(parameters)
    assert (report.stage, report.address, report.shards) == ("copy", address, 2)
    assert report.rows == {"trajectories": 2, "rejects": 3, "spend": 2}
    assert report.rejected == {"too_short": 3}
    assert report.cost_usd == 3.0
    assert report.notes == ["two rows"]
    assert '"cost_usd":3.0' in report.to_json() and "\n" not in report.to_json()
    again = run(parameters)
    assert (again.run_id, again.rows) == (report.run_id, report.rows)


def test_a_report_of_an_unfinished_stage_says_how_to_finish_it(source: str, tmp_path: Path) -> None:
    address = plan(Parameters(source=source, copies=str(tmp_path / "copies")))
    with pytest.raises(ShardsFailed, match=r"2 of 2 shards .* run 'copy' again with the same parameters"):
        report_of(address)


def test_a_changed_parameter_is_refused_by_name(source: str, tmp_path: Path) -> None:
    first = Parameters(source=source, copies=str(tmp_path / "copies"))
    plan(first)
    with pytest.raises(FingerprintMismatch, match='model was "m", now "other"'):
        plan(first.model_copy(update={"model": "other"}))
    with pytest.raises(FingerprintMismatch, match="seed was 1, now 2"):
        plan(first.model_copy(update={"seed": 2}))
    with pytest.raises(FingerprintMismatch, match='code was "1", now "2"'):
        plan(first, code_version="2")
    with pytest.raises(FingerprintMismatch, match='prompts was null, now "new"'):
        plan(first, decides={"prompts": "new"})


def test_limits_may_change_and_shards_see_the_latest(source: str, tmp_path: Path) -> None:
    first = Parameters(source=source, copies=str(tmp_path / "copies"), budget_usd=1.0)
    address = plan(first)
    assert (
        plan(first.model_copy(update={"concurrency": 2, "budget_usd": 5.0, "run_id": "another"})) == address
    )
    seen = Table.open(address).parameters()
    assert (seen["concurrency"], seen["budget_usd"], seen["model"]) == (2, 5.0, "m")
    assert Table.open(address).manifest.run_id.startswith("copy-")


def test_another_version_is_written_beside_where_that_is_asked_for(source: str, tmp_path: Path) -> None:
    first = Parameters(source=source, copies=str(tmp_path / "v1"))
    plan(first)
    other = first.model_copy(update={"model": "other", "as_new_version": True})
    assert plan(other) == str(tmp_path / "v2")
    assert plan(other) == str(tmp_path / "v2")
    assert plan(other.model_copy(update={"model": "third"})) == str(tmp_path / "v3")
    assert plan(first.model_copy(update={"as_new_version": True})) == str(tmp_path / "v1")
    assert Table.open(str(tmp_path / "v2")).parameters()["copies"] == str(tmp_path / "v2")


def test_where_the_output_is_decides_nothing(source: str, tmp_path: Path) -> None:
    one = plan(Parameters(source=source, copies=str(tmp_path / "one")))
    two = plan(Parameters(source=source, copies=str(tmp_path / "two")))
    assert Table.open(one).manifest.fingerprint == Table.open(two).manifest.fingerprint


def test_a_parameter_that_happens_to_equal_the_address_still_decides(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plan(Parameters(source=source, copies="m"))
    with pytest.raises(FingerprintMismatch, match='model was "m", now "other"'):
        plan(Parameters(source=source, copies="m", model="other"))


def test_one_address_however_it_is_spelled(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spellings = [str(tmp_path / "copies"), "copies", "./copies/", f"file://{tmp_path}/copies"]
    sources = [source, "source/v1", "source/v1/", f"{tmp_path}/./source/v1"]
    made = {
        plan(Parameters(source=each, copies=spelling))
        for spelling, each in zip(spellings, sources, strict=True)
    }
    assert made == {str(tmp_path / "copies")}


def test_relative_inputs_are_found_from_another_folder(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    address = plan(Parameters(source="source/v1", copies="copies", tools="elsewhere"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    run_shard(address, 0, Silent())
    table = Table.open(address)
    assert table.manifest.inputs == {"source": source}
    assert table.parameters()["source"] == source
    assert table.parameters()["tools"] == str(tmp_path / "elsewhere")


def test_a_moved_input_is_the_same_input(source: str, tmp_path: Path) -> None:
    copies = str(tmp_path / "copies")
    plan(Parameters(source=source, copies=copies))
    shutil.move(source, tmp_path / "moved")
    assert plan(Parameters(source=str(tmp_path / "moved"), copies=copies)) == copies


def test_an_input_made_anew_is_another_input(source: str, tmp_path: Path) -> None:
    copies = str(tmp_path / "copies")
    plan(Parameters(source=source, copies=copies))
    anew = a_source(tmp_path / "anew", created="2026-11-22T00:00:00+00:00")
    with pytest.raises(FingerprintMismatch, match="input source was"):
        plan(Parameters(source=anew, copies=copies))


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_file_or_folder_of_somebody_else_is_what_it_holds(kind: str, tmp_path: Path) -> None:
    first, copies = tmp_path / "first", str(tmp_path / "copies")
    inside = first if kind == "file" else first / "Weather" / "tool.json"
    inside.parent.mkdir(parents=True, exist_ok=True)
    inside.write_text("[1]")
    plan(Parameters(source=str(first), copies=copies))
    shutil.move(first, tmp_path / "moved")
    assert plan(Parameters(source=str(tmp_path / "moved"), copies=copies)) == copies
    moved = tmp_path / "moved" if kind == "file" else tmp_path / "moved" / "Weather" / "tool.json"
    moved.write_text("[2]")
    with pytest.raises(FingerprintMismatch, match="input source was"):
        plan(Parameters(source=str(tmp_path / "moved"), copies=copies))


def test_a_marketplace_is_known_by_its_address(tmp_path: Path) -> None:
    parameters = Parameters(source="http://127.0.0.1:8080", copies=str(tmp_path / "copies"))
    address = plan(parameters)
    assert Table.open(address).manifest.inputs == {"source": "http://127.0.0.1:8080"}


def test_an_input_that_is_not_given_decides_nothing(tmp_path: Path) -> None:
    address = plan(Parameters(source="", copies=str(tmp_path / "copies")))
    assert Table.open(address).manifest.inputs == {}


def test_reading_and_writing_one_address_is_refused(source: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read as 'source' and written at once"):
        plan(Parameters(source=source, copies=f"{source}/"))


def test_a_damaged_input_is_said_and_not_taken_for_another(source: str, tmp_path: Path) -> None:
    Path(source, "table.json").write_bytes(b"")
    with pytest.raises(AddressError, match=r"table\.json is damaged"):
        plan(Parameters(source=source, copies=str(tmp_path / "copies")))
    assert not (tmp_path / "copies").exists()


def test_an_input_that_cannot_be_reached_is_said_and_not_taken_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(StorageUnavailable):
        plan(Parameters(source="s3://tables/v1", copies=str(tmp_path / "copies")))


def test_a_stage_runs_in_any_store(source: str, address: str) -> None:
    assert run(Parameters(source=source, copies=address)).rows["trajectories"] == 2
    assert run(Parameters(source=source, copies=f"{address}/")).rows["trajectories"] == 2


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="shards"):
        Parameters.model_validate({"source": "a", "copies": "b", "shards": 3})
