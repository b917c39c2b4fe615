"""Flow runs looked up while they change, on a server kept in memory that gives 200 at once."""

from contextlib import nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType

from flows import runs
from flows.runs import children, wait
from flows.signs import going_on

SHARDS, PAGE = 450, 200


class Server:
    """Shards that go on; each time somebody has asked, one of those that he was given ends."""

    def __init__(self) -> None:
        made = [
            FlowRun(id=uuid4(), flow_id=uuid4(), name=f"shard {n}", state=State(type=StateType.RUNNING))
            for n in range(SHARDS)
        ]
        self.going_on = {run.id: run for run in sorted(made, key=lambda run: run.id, reverse=True)}
        self.ended: dict[UUID, FlowRun] = {}

    def read_flow_runs(self, flow_run_filter: Any, offset: int = 0, **asked: Any) -> list[FlowRun]:
        wanted = flow_run_filter.id
        if wanted is not None and wanted.any_ is not None:
            every = {**self.going_on, **self.ended}
            page = [every[each] for each in wanted.any_]
        else:
            known = set(wanted.not_any_) if wanted is not None else set()
            page = [run for run in self.going_on.values() if run.id not in known]
        page = page[offset : offset + PAGE]
        ends = next((run for run in page if run.id in self.going_on), None)
        if ends is not None:
            del self.going_on[ends.id]
            ended = {"state": State(type=StateType.COMPLETED)}
            self.ended[ends.id] = ends.model_copy(update=ended)
        return page


def test_none_that_goes_on_is_missed_though_others_end_meanwhile() -> None:
    for looked_up in (lambda server: children(server, uuid4()), going_on):
        server = Server()
        found = [run.id for run in looked_up(server)]
        assert len(found) == len(set(found)) and server.going_on.keys() <= set(found)


def test_flow_runs_that_are_waited_for_are_told_apart_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server()
    while len(server.going_on) > 30:
        ended = server.going_on.popitem()[1]
        server.ended[ended.id] = ended.model_copy(update={"state": State(type=StateType.COMPLETED)})
    waited_for = [*server.going_on, *server.ended]
    monkeypatch.setattr(runs, "get_client", lambda sync_client: nullcontext(server))
    monkeypatch.setattr(runs, "POLL_S", 0.0)
    compared: list[str] = []
    monkeypatch.setattr(FlowRun, "__eq__", lambda self, other: compared.append(self.name))
    seen: list[list[UUID]] = []
    assert len(wait(waited_for, lambda found: seen.append([run.id for run in found]))) == SHARDS
    assert all(sorted(each) == sorted(waited_for) for each in seen), "each of them once, in every round"
    assert compared == [], "all with all it takes longer than the pause between two rounds"
