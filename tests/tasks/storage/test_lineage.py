from pathlib import Path

import pytest

from tasks.errors import AddressError, ConfigurationError
from tasks.records import Api, Instruction, Tool, TrainingSample, Trajectory
from tasks.storage.lineage import MEMBERS, find_row, lineage
from tasks.storage.manifest import Manifest
from tasks.storage.table import Table
from tasks.tables import VERSIONS
from tests.tasks.examples import RECORDS, a_trajectory


def table(address: str, stage: str, inputs: dict[str, str], **members: tuple[type, list[object]]) -> str:
    manifest = Manifest(
        stage=stage, run_id="r", parameters={}, decides={}, inputs=inputs, seed=1, code_version="1",
        plan=({},), schema_versions={},
    )  # fmt: skip
    made = Table.create_or_continue(address, manifest)
    made.shard(0).publish(members, finished=True)
    return made.address


@pytest.fixture
def journey(a_folder: str) -> str:
    """Samples of one trajectory of one instruction of two APIs of one tool; their address."""
    apis = [
        Api(
            api_id=f"hub/sun/{name}",
            tool_id="hub/sun",
            source="hub",
            category="Weather",
            tool_name="Sun",
            tool_standard_name="sun",
            tool_description="",
            name=name,
            standard_name=name,
            description="",
            method="GET",
            url="http://127.0.0.1/x",
            parameters=(),
        )
        for name in ("rise", "set", "other")
    ]
    tool = Tool("hub/sun", "hub", "Sun", "sun", "Weather", "", "http://127.0.0.1", "FREE", 3)
    trajectory = a_trajectory(1)
    instruction = Instruction(
        instruction_id=trajectory.instruction_id, group="I1", text=trajectory.text,
        api_ids=("hub/sun/rise", "hub/sun/set"), relevant_api_ids=("hub/sun/rise",), combination_id="c",
        split="train", teacher="rehearsal-strong", teacher_kind="rehearsal",
    )  # fmt: skip
    sample = TrainingSample(
        "s1", trajectory.trajectory_id, trajectory.instruction_id, "I1", "train", "[]", "[]", 1,
        "rehearsal-strong", "rehearsal", "live",
    )  # fmt: skip
    hub = "http://127.0.0.1:1"
    catalog = table(f"{a_folder}/c", "crawl", {"location": hub}, apis=(Api, apis), tools=(Tool, [tool]))
    written = table(
        f"{a_folder}/i", "instruct", {"catalog": catalog}, instructions=(Instruction, [instruction])
    )
    searched = table(
        f"{a_folder}/t", "annotate", {"instructions": written}, trajectories=(Trajectory, [trajectory])
    )
    return table(f"{a_folder}/s", "assemble", {"trajectories": searched}, samples=(TrainingSample, [sample]))


def test_a_sample_leads_back_to_the_documents_of_its_apis(journey: str) -> None:
    found = [(each.member, each.id) for each in lineage(journey, "s1")]
    assert found[0] == ("samples", "s1")
    assert [member for member, _ in found] == [
        "samples", "trajectories", "instructions", "apis", "apis", "tools",
    ]  # fmt: skip
    assert ("apis", "hub/sun/other") not in found
    assert found[-1] == ("tools", "hub/sun")


def test_an_unknown_id_is_one_sentence(journey: str) -> None:
    with pytest.raises(AddressError, match="has no row 'nobody'"):
        find_row(journey, "nobody")


def test_every_record_that_is_a_table_can_be_shown() -> None:
    nodes = {"Node"}  # JSON text inside trajectories
    assert {record.__name__ for record, _ in MEMBERS.values()} == {each.__name__ for each in RECORDS} - nodes
    assert all(record in VERSIONS for record, _ in MEMBERS.values())


def test_a_damaged_input_is_said_and_not_left_out(journey: str, a_folder: str) -> None:
    Path(a_folder, "i", "table.json").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"input 'instructions' of .* cannot be read: .* is damaged"):
        list(lineage(journey, "s1"))
