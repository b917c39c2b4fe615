"""The trees of the published algorithm, on 120 real instructions against a scripted world."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.annotation.export import export_toolbench
from tasks.annotation.imports import ImportedQueries, read_queries
from tasks.environment.observation import observe
from tasks.environment.protocol import ApiAnswer, Environment
from tasks.environment.proxy import ProxyEnvironment
from tasks.records import Api, Trajectory
from tasks.rollout.trajectories import trajectory_of
from tasks.search.arguments import arguments_of, documented
from tasks.search.effects import Act, Ask, FunctionCall, Observation, Reply
from tasks.search.messages import Form, offered, render
from tasks.search.methods import method
from tasks.search.problem import Problem, problem
from tasks.search.tree import DecisionTree
from tests import worlds
from tests.tasks.annotation.published_search import PublishedSearch, functions_of

Chat = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]
SEED = 7


def test_the_published_trees_grow_over_http(shared: Path, tmp_path: Path):
    queries = queries_of(shared)

    async def annotate(base: str) -> list[Trajectory]:
        environment = ProxyEnvironment(f"{base}/rapidapi")
        async with httpx.AsyncClient(timeout=60) as client:

            async def chat(body: dict[str, Any]) -> dict[str, Any]:
                return (await client.post(f"{base}/v1/chat/completions", json=body)).json()

            try:
                return await annotated(queries, "DFS_woFilter_w2", chat, environment, "tools")
            finally:
                await environment.aclose()

    with scripted_world(shared) as base:
        rows = asyncio.run(annotate(base))
    assert agreement(shared, rows, tmp_path) == "120 of 120 trees agree"
    assert all(row.environment == "proxy" for row in rows)


@pytest.mark.parametrize(
    ("name", "form"), [("DFS_woFilter_w3", "functions"), ("CoT@1", "tools"), ("CoT@5", "functions")]
)
def test_the_published_trees_grow_in_process(shared: Path, tmp_path: Path, name: str, form: Form):
    world = world_module(shared).World(SEED)

    async def chat(body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = world.chat(body)
        return answer

    rows = asyncio.run(annotated(queries_of(shared), name, chat, Mute(), form))
    assert agreement(shared, rows, tmp_path) == "120 of 120 trees agree"


METHODS = ("DFS_woFilter_w2", "DFS_woFilter_w3", "CoT@1", "CoT@5")


def published(shared: Path, name: str, seed: int) -> list[dict[str, Any]]:
    """The trees of all queries by a second hand (`published_search`)."""
    world = world_module(shared).World(seed)
    queries = json.loads((shared / "data/conformance/queries.json").read_bytes())
    return [
        PublishedSearch(world, query["query"], functions_of(query)).row(str(query["query_id"]), name)
        for query in queries
    ]


@pytest.mark.parametrize("name", METHODS)
def test_the_second_hand_is_the_published_algorithm(shared: Path, name: str):
    expected = (shared / f"data/conformance/expected-seed{SEED}-{name}.jsonl").read_text().splitlines()
    rows = sorted(published(shared, name, SEED), key=lambda row: row["query_id"])
    assert rows == sorted(map(json.loads, expected), key=lambda row: row["query_id"])


@pytest.mark.parametrize(
    ("name", "form", "seed"),
    [("DFS_woFilter_w2", "functions", 8), ("DFS_woFilter_w3", "tools", 9), ("CoT@5", "tools", 10)],
)
def test_the_published_trees_grow_with_other_seeds(
    shared: Path, tmp_path: Path, name: str, form: Form, seed: int
):
    expected = tmp_path / "expected.jsonl"
    expected.write_text("".join(f"{json.dumps(row)}\n" for row in published(shared, name, seed)))
    world = world_module(shared).World(seed)

    async def chat(body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = world.chat(body)
        return answer

    rows = asyncio.run(annotated(queries_of(shared), name, chat, Mute(), form))
    assert agreement(shared, rows, tmp_path / "answers", expected) == "120 of 120 trees agree"


class Mute:
    """An environment whose APIs say nothing; the scripted model does not listen to them."""

    name = "mute"

    async def call(self, api: Api, arguments: object) -> ApiAnswer:
        return ApiAnswer("", "", 200, 0.0)

    async def aclose(self) -> None:
        return None


def queries_of(shared: Path) -> ImportedQueries:
    conformance = shared / "data/conformance"
    queries = read_queries(conformance / "queries.json", conformance / "tools")
    assert queries.from_entries == ()
    return queries


async def annotated(
    queries: ImportedQueries, name: str, chat: Chat, environment: Environment, form: Form
) -> list[Trajectory]:
    """Every query searched, 32 at once."""
    room = asyncio.Semaphore(32)

    async def one(position: int) -> Trajectory:
        instruction = queries.instructions[position]
        async with room:
            tree = await searched(problem(instruction, queries.apis), name, chat, environment, form)
        return trajectory_of(
            tree,
            instruction,
            method=name,
            teacher="scripted",
            teacher_kind="model",
            environment=environment.name,
        )

    return await asyncio.gather(*(one(position) for position in range(len(queries.instructions))))


async def searched(
    asked: Problem, name: str, chat: Chat, environment: Environment, form: Form
) -> DecisionTree:
    async def serve(effect: Ask | Act) -> Reply | Observation:
        if isinstance(effect, Ask):
            body = {"model": "scripted", "messages": render(effect.messages, form)}
            answer = await chat(body | offered(effect.functions, form))
            return reply_of(answer["choices"][0]["message"])
        api = asked.offer.api(effect.function)
        return observe(await environment.call(api, documented(api, arguments_of(effect.arguments))))

    search = method(name).search(asked)
    try:
        effects = next(search)
        while True:
            effects = search.send(tuple([await serve(effect) for effect in effects]))
    except StopIteration as finished:
        tree: DecisionTree = finished.value
        return tree


def reply_of(message: dict[str, Any]) -> Reply:
    calls = [call["function"] for call in message.get("tool_calls", [])] or [message.get("function_call")]
    return Reply(
        message["content"], tuple(FunctionCall(call["name"], call["arguments"]) for call in calls if call)
    )


def agreement(shared: Path, rows: list[Trajectory], folder: Path, expected: Path | None = None) -> str:
    """What the reference's own comparison prints last; without `expected` it is the reference's file."""
    export_toolbench(rows, folder)
    expected = expected or shared / f"data/conformance/expected-seed{SEED}-{rows[0].method}.jsonl"
    compare = [sys.executable, shared / "tools/canonical_tree.py", folder, "--expect", expected]
    printed = subprocess.run(compare, capture_output=True, text=True, check=False).stdout
    return printed.strip().splitlines()[-1]


def world_module(shared: Path) -> Any:
    spec = importlib.util.spec_from_file_location("scripted_world", shared / "tools/scripted_world.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def scripted_world(shared: Path) -> Iterator[str]:
    """Address of a fresh world, gone when the block ends."""
    with worlds.scripted_world(shared, seed=SEED) as world:
        yield f"http://127.0.0.1:{world.port}"
