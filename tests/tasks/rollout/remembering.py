"""An environment that keeps notes by session, and counts what is asked of it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tasks.environment.protocol import ApiAnswer
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.pricing import Price
from tasks.llm.scripted import Line, ScriptedModel
from tasks.records import Api, Call, ExpectedFact, Instruction
from tasks.rollout.driver import Rollout
from tasks.rollout.sessions import roll_apart
from tasks.search.effects import Search
from tasks.search.functions import offer
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree
from tests.tasks.search.played import api, parameter

ADD, LIST = "add_for_notes", "list_for_notes"
STATE = ExpectedFact("state.notes", "[]", "state")
NOTES = (api("add", "notes", parameter("text"), method="POST"), api("list", "notes"))


class Notebook:
    """Sessions of notes: `add` writes one, `list` reads all."""

    name = "notebook"

    def __init__(self, forks: bool = True) -> None:
        self.sessions: dict[str, list[str]] = {}
        self.sent: list[str] = []
        """Texts that were added, in the order sent, whatever became of them."""
        self.before_add: Callable[[str], Awaitable[None]] | None = None
        self._forks = forks

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        notes = self.sessions.setdefault(session, [])
        if api.name == "add":
            self.sent.append(arguments["text"])
            notes.append(arguments["text"])
            if self.before_add is not None:
                await self.before_add(arguments["text"])
        await asyncio.sleep(0)
        return ApiAnswer("", json.dumps(notes), 200, 0.0)

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        self.sessions.pop(session, None)

    async def end_state(self, apis: Sequence[Api], session: str) -> str:
        kept = {"notes": self.sessions[session]} if apis and session in self.sessions else {}
        return json.dumps(kept)

    def can_fork(self, apis: Sequence[Api]) -> bool:
        return self._forks

    async def fork(self, apis: Sequence[Api], session: str, to: str) -> None:
        self.sessions[to] = list(self.sessions.get(session, []))

    async def aclose(self) -> None:
        """Nothing to close."""


def instruction(*facts: ExpectedFact) -> Instruction:
    return Instruction(
        "i1", "I1", "Note it.", (), (), "", "test", "t", "rehearsal", facts, source_id="s1-000042"
    )


def searched(
    script: Sequence[Line],
    environment: Notebook,
    log: Path,
    name: str | Callable[[Problem], Search],
    **settings: Any,
) -> tuple[DecisionTree, str, list[Call]]:
    """Tree, end state and counted calls of one search, by a method's name or a searcher."""

    async def drive() -> tuple[DecisionTree, str]:
        rollout = Rollout(
            model=metered, environment=environment, stage="annotate", shard=0, seed=5, **settings
        )
        offered = offer(NOTES, writes=lambda each: each.method == "POST")
        searcher = method(name).search if isinstance(name, str) else name
        search = searcher(Problem("i1", "Note it.", offered))
        return await roll_apart(search, instruction(STATE), offered, rollout)

    calls = CallLog(log)
    metered = MeteredModel(
        ScriptedModel(script), Price(1, 1, 1, 1, "test"), open_ledger(), calls,
        run="r", stage="annotate", shard=0, address="a",
    )  # fmt: skip
    try:
        tree, end_state = asyncio.run(drive())
    finally:
        calls.close()
    return tree, end_state, [call for call in metered.take_calls(["i1"]) if call.kind == "api"]
