"""Two hundred trees on the tools of a real hub that write: no branch sees what another wrote.

A model that draws its calls grows trees with several children a node, by every kind of searcher. Then each
path of each tree is walked again, alone, in a fresh session: every observation must be the one in the tree,
and the end state that was kept must be the whole state of the kept path's session.
"""

import asyncio
import http.client
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.catalog.arguments import values_of
from tasks.environment.classification import error_label
from tasks.environment.hub_pages import read_page
from tasks.environment.live import LiveEnvironment
from tasks.environment.observation import observe
from tasks.environment.protocol import ApiAnswer
from tasks.environment.requests import request_of
from tasks.llm.call_log import CallLog
from tasks.llm.protocol import ChatReply, ChatRequest
from tasks.llm.scripted import calls, says
from tasks.records import Api, Call, ExpectedFact, Instruction, Parameter
from tasks.rollout.driver import Rollout
from tasks.rollout.offers import offered
from tasks.rollout.sessions import roll_apart
from tasks.search.arguments import arguments_of, documented, json_type
from tasks.search.functions import FINISH
from tasks.search.methods import method
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree, TreeNode
from tasks.search.worlds import not_repeated
from tasks.storage.canonical import canonical_json
from tests.tasks.catalog.sandbox import RunningHub, running_hub

TREES, AT_ONCE = 200, 4
TOOLS = ("household-ledger", "shopping-cart", "task-board", "team-calendar")
METHODS = (
    *("DFS_woFilter_w2", "DFS_woFilter_w3", "DFS_w2", "CoT@3", "CoT-SC@3", "Reflect@2", "ToT-BFS", "ToT-DFS"),
)
ANSWER = calls(FINISH, '{"return_type": "give_answer", "final_answer": "Done."}')
GIVE_UP = calls(FINISH, '{"return_type": "give_up_and_restart"}')
FACT = ExpectedFact("state.task-board", "{}", "state")


class Watched(LiveEnvironment):
    """Counts calls that write."""

    def __init__(self, key: str) -> None:
        super().__init__({"FOUNDRY_HUB_KEY": key})
        self.writes = 0

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        self.writes += bool(api.writes)
        return await super().call(api, arguments, session)


@dataclass(frozen=True)
class Grown:
    """A tree, the end state that was kept of it, and the instruction's own session."""

    tree: DecisionTree
    end_state: str
    name: str


@pytest.fixture(scope="module")
def hub() -> Iterator[RunningHub]:
    with running_hub("--plants", "0") as running:
        yield running


@pytest.fixture(scope="module")
def shelves(hub: RunningHub) -> dict[str, tuple[Api, ...]]:
    """APIs of each tool that writes."""
    with httpx.Client(base_url=hub.location, headers={"X-Hub-Key": hub.key}, timeout=60) as client:
        pages = {slug: client.get(f"/hub/tools/{slug}").json() for slug in TOOLS}
    return {slug: read_page(page, f"hub/{slug}", hub.location).apis for slug, page in pages.items()}


def some_value(parameter: Parameter, rng: random.Random) -> Any:
    """Mostly one that is there: small numbers, for whatever is numbered."""
    if json_type(parameter.type) == "integer":
        return rng.randint(1, 7) if (parameter.minimum or 0) <= 1 else int(parameter.minimum or 1)
    return rng.choice(values_of(parameter)[:3])


class Drawn:
    """A model that draws its calls from what it was asked, of few different ones, so that some are equal.

    It stands in the place of a metered one: nothing is paid, and nothing but API answers is logged.
    """

    name = "drawn"

    def __init__(self, seed: int, apis: Sequence[Api], names: Sequence[str], log: CallLog) -> None:
        self.log = log
        self._seed = seed
        rng = random.Random(seed)
        self._pool = [
            _drawn_call(api, name, rng)
            for api, name in rng.choices(
                list(zip(apis, names, strict=True)), [1 + 2 * api.writes for api in apis], k=8
            )
        ]

    async def ask(self, request: ChatRequest, subject: str, ordinal: int = 0) -> ChatReply:
        rng = random.Random(f"{self._seed} {ordinal} {canonical_json(request.messages).decode()}")
        if not request.functions:
            return says(rng.choice(["A", "B", "1", "2", "7"]))
        made = sum(message["role"] == "tool" for message in request.messages)
        if made >= 2 and rng.random() < 0.7:
            return rng.choice([ANSWER, GIVE_UP])
        return rng.choice(self._pool)

    def record_api_call(self, call: Call) -> None:
        """Nobody counts."""


def _drawn_call(api: Api, name: str, rng: random.Random) -> ChatReply:
    required = [each for each in api.parameters if each.required]
    return calls(name, json.dumps({each.name: some_value(each, rng) for each in required}))


async def grown(number: int, shelves: dict[str, tuple[Api, ...]], live: Watched, log: CallLog) -> Grown:
    rng = random.Random(number)
    apis = [api for slug in rng.sample(TOOLS, rng.choice([1, 2])) for api in shelves[slug]]
    offer = offered(apis, "live", "all")
    names = [schema["name"] for schema in offer.schemas[:-1]]
    model: Any = Drawn(number, apis, names, log)
    rollout = Rollout(model=model, environment=live, stage="annotate", shard=0, seed=1, address="a")
    ids = tuple(api.api_id for api in apis)
    asked = Instruction(
        f"i{number}", "I1", "Do it.", ids, (), "", "test", "t", "rehearsal", (FACT,), source_id=f"t{number}"
    )
    name = METHODS[number % len(METHODS)]
    search = method(name).search(Problem(asked.instruction_id, asked.text, offer))
    tree, end_state = await roll_apart(search, asked, offer, rollout)
    return Grown(tree, end_state, asked.source_id)


class Walker:
    """Calls APIs one after the other, without anything of the environment but its requests and its labels."""

    def __init__(self, hub: RunningHub) -> None:
        self._hub = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        self._key = {"X-Hub-Key": hub.key}
        self._requests = httpx.AsyncClient()  # never sends

    def close(self) -> None:
        self._hub.close()

    def walk(self, path: Sequence[TreeNode], tree: DecisionTree, session: str) -> None:
        """Make the calls of a path in a fresh session; each must be answered as in the tree."""
        written: dict[str, str] = {}
        for node in path:
            if node.kind != "action_input" or node.parent is None or node.parent.description == FINISH:
                continue
            api = tree.problem.offer.api(node.parent.description)
            arguments = documented(api, arguments_of(node.description))
            call = f"{api.api_id} {canonical_json(arguments).decode()}"
            if call in written:
                assert node.observation == written[call], "a repeat on a path is the first one's, marked"
                continue
            observation = observe(self._call(request_of(self._requests, api, arguments), session))
            assert node.observation == observation.text, (session, call)
            if api.writes:
                written[call] = not_repeated(observation).text

    def state(self, session: str) -> dict[str, Any]:
        """All that the hub keeps in a session."""
        shown = self._call(httpx.Request("GET", f"http://hub/hub/sessions/{session}"), "")
        state: dict[str, Any] = json.loads(shown.response)["state"]
        return state

    def _call(self, request: httpx.Request, session: str) -> ApiAnswer:
        headers = {**self._key, "X-Hub-Session": session} if session else self._key
        target = request.url.raw_path.decode()
        self._hub.request(request.method, target, body=request.content, headers=headers)
        answer = self._hub.getresponse()
        text = answer.read().decode()
        return ApiAnswer(error_label(answer.status, text), text, answer.status, 0.0)


def judge(found: Grown, walker: Walker, seen: Counter[str]) -> None:
    """Walk every path of a tree alone, and compare."""
    tree = found.tree
    leaves = [node for node in tree.nodes if not node.children]
    for number, leaf in enumerate(leaves):
        session = f"again-{found.name}-{number}"
        walker.walk(leaf.path(), tree, session)
        if leaf is tree.kept:
            alone, own = walker.state(session), walker.state(found.name)
            assert json.loads(found.end_state) == alone, found.name
            assert all(own.get(tool, kept) == kept for tool, kept in alone.items()), found.name
    if tree.kept is None:
        assert found.end_state == "{}"
    seen["answered"] += tree.kept is not None
    seen["paths"] += len(leaves)
    seen["repeats"] += sum(node.repeats >= 0 for node in tree.nodes)
    for node in tree.nodes:
        first_calls = [call for child in node.children if (call := child.first_call())]
        seen["siblings that wrote"] += len({call.wrote for call in first_calls} - {b""}) > 1


def test_no_branch_of_two_hundred_trees_sees_what_another_wrote(
    hub: RunningHub, shelves: dict[str, tuple[Api, ...]], tmp_path: Path
) -> None:
    async def all_trees() -> list[Grown]:
        live, turns = Watched(hub.key), asyncio.Semaphore(AT_ONCE)
        log = CallLog(tmp_path / "log.sqlite")

        async def one(number: int) -> Grown:
            async with turns:
                return await grown(number, shelves, live, log)

        trees = await asyncio.gather(*(one(number) for number in range(TREES)))
        await live.aclose()
        log.close()
        assert live.writes == sum(len({n.world for n in each.tree.nodes} - {""}) for each in trees)
        return trees

    seen: Counter[str] = Counter()
    with closing(Walker(hub)) as walker:
        for found in asyncio.run(all_trees()):
            judge(found, walker, seen)
    assert seen["answered"] > TREES / 2 and seen["paths"] > 2 * TREES, seen
    assert seen["siblings that wrote"] > TREES / 2 and seen["repeats"] > TREES / 2, seen
