"""A factory that is tried again goes on with the crawl and the samples that its first try began with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.flow_engine import run_flow
from prefect.states import Scheduled

import flows.factory
from flows.factory import factory
from flows.journey import LEGS, FactoryParameters, planned, run_id_of
from tasks.catalog import stage as crawl
from tasks.errors import ShardsFailed
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.flows.conftest import Clone
from tests.tasks.catalog.tool_files import a_tool, write_tools
from tests.tasks.storage.market_made import instructions, samples, trajectories

pytestmark = pytest.mark.prefect


class Night:
    """A factory of two tools whose crawl and samples are made, and whose training fails."""

    def __init__(self, root: str):
        place = write_tools(Path(f"{root}/tools.jsonl"), a_tool("sun"), a_tool("moon"))
        self.journey = FactoryParameters(
            source="toolbench", location=str(place), root=f"{root}/t", since="latest"
        )
        self.told: list[FactoryParameters] = []
        """Of each try that came to training."""
        with get_client(sync_client=True) as client:
            asked = {"parameters": self.journey.model_dump(mode="json")}
            self.flow_run: UUID = client.create_flow_run(factory, parameters=asked).id

    def tried(self) -> FlowRun:
        """The flow run after another try."""
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(self.flow_run, Scheduled(), force=True)
            run = client.read_flow_run(self.flow_run)
            run_flow(factory, flow_run=run, parameters=run.parameters, return_type="state")
            return client.read_flow_run(self.flow_run)

    def crawled(self, edition: str) -> str:
        """A crawl of that name, made by hand."""
        told = self.journey.model_copy(update={"since": "", "edition": edition})
        return self.leg(LEGS[0], told, {}, None)["crawl"]

    def leg(
        self,
        leg: Any,
        journey: FactoryParameters,
        addresses: dict[str, str],
        seen: Callable[..., None] | None,
    ) -> dict[str, str]:
        """Stands for the flow runs of a leg."""
        verb = leg[0].verb
        if verb == "crawl":
            address = str(planned(leg[0], journey, addresses).model_dump()["catalog"])
            crawl.run_shard(address, 0, Silent())
            return {verb: address}
        if verb == "assemble":
            self.sampled(addresses["crawl"])
        if verb == "train-retriever":
            self.told.append(journey)
            raise ShardsFailed("finetune v1: it diverged")
        return {verb: f"{journey.root}/catalog/v1"}

    def sampled(self, catalog: str) -> None:
        """Samples, once."""
        root = self.journey.root
        if Table.exists(f"{root}/samples/v1"):
            return
        asked = instructions(root, catalog)
        samples(root, trajectories(root, asked), asked)


@pytest.fixture
def night(inside: Clone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """The second one: its schedule wanted it under the name of `night-2`."""
    root = inside.address(f"again-{tmp_path.name}")
    Path(root).mkdir(parents=True)
    made = Night(root)
    monkeypatch.setattr(flows.factory, "due", lambda: "night-2")
    monkeypatch.setattr(flows.factory, "run_leg", made.leg)
    monkeypatch.setattr(flows.factory, "passage", lambda stage, address: None)
    monkeypatch.setattr(flows.factory, "JourneyArtifacts", lambda run_id: Nothing())
    return made


class Nothing:
    """Shows nothing."""

    def seen(self, runs: Any) -> None: ...

    def passed(self, made: Any) -> None: ...


def test_a_retry_continues_with_the_older_crawl_that_the_first_try_went_on_with(night: Night):
    night.crawled("night-1")
    first = night.tried()
    assert first.state is not None and "it diverged" in str(first.state.message)
    night.crawled("night-3")
    second = night.tried()
    assert [told.edition for told in night.told] == ["night-1", "night-1"]
    assert [told.since for told in night.told] == ["", ""]
    assert first.name == second.name == run_id_of(night.told[0])
    assert second.run_count == 2


def test_a_retry_goes_on_from_the_newest_samples_when_the_marketplace_documents_something_else(night: Night):
    night.crawled("night-1")
    night.tried()
    write_tools(Path(night.journey.location), a_tool("sun"), a_tool("dew"))
    night.tried()
    assert [told.since for told in night.told] == ["", f"{night.journey.root}/samples/v1"]


def test_a_try_that_found_no_marketplace_leaves_nothing_to_continue(night: Night):
    place = Path(night.journey.location)
    documents = place.read_text()
    place.unlink()
    failed = night.tried()
    assert failed.state is not None and failed.state.is_failed() and not night.told
    place.write_text(documents)
    night.sampled(night.crawled("night-3"))
    night.tried()
    assert [(told.edition, told.since) for told in night.told] == [
        ("night-2", f"{night.journey.root}/samples/v1")
    ]


def test_the_name_is_that_of_its_money_though_samples_were_made_while_it_took_its_turn(
    night: Night, monkeypatch: pytest.MonkeyPatch
):
    begins = flows.factory.refuse_outside_root

    def after_another_ended(*given: Any, **named: Any) -> None:
        night.sampled(night.crawled("night-1"))
        begins(*given, **named)

    monkeypatch.setattr(flows.factory, "refuse_outside_root", after_another_ended)
    run = night.tried()
    (told,) = night.told
    assert told.since == f"{night.journey.root}/samples/v1"
    assert run.name == run_id_of(told) and run_id_of(told) in run.tags
