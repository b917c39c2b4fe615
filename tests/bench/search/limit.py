"""The limit: what the shortest right path of a task costs, by the teacher's own count of tokens.

The calls that a task was made of are put into the mouth of a model that knows them: one call a reply, or all
that are ready at once (of a task with dependent calls at least two rounds; its file does not say which call
waits for which, so this is a lower bound), then `Finish` with the expected values. Real observations of the
hub stand between. No searcher that asks a model can be cheaper with these requests.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from infra.sandbox.teacher.protocol import Reply as TeacherReply
from infra.sandbox.teacher.protocol import read_request
from infra.sandbox.teacher.usage import count_usage
from tasks.environment.hub_pages import SOURCE
from tasks.environment.live import LiveEnvironment
from tasks.environment.observation import observe
from tasks.environment.tasks_file import KnownTask, read_tasks
from tasks.llm.protocol import ChatRequest
from tasks.records import Api
from tasks.rollout.offers import offered
from tasks.search.effects import Message
from tasks.search.functions import FINISH, Offer
from tasks.search.lean import lean_offer, lean_opening
from tasks.search.prompts import opening

Calls = list[tuple[str, str]]
"""Function and argument text of each call of a reply."""
AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Limit:
    """Mean tokens of the shortest right path of the tasks that can be solved, by how requests are made."""

    tasks: int
    published: float
    """ToolBench's requests, one call a reply."""
    lean: float
    """Lean requests, one call a reply."""
    lean_parallel: float
    """Lean requests, all calls that are ready in one reply."""


def limit(files: Iterable[Path], hub_key: str) -> Limit:
    """The limit over the tasks of some files; calls their hub."""
    costs = [cost for path in files for cost in asyncio.run(_costs(path, hub_key))]
    published, lean, parallel = (sum(cost[place] for cost in costs) / len(costs) for place in range(3))
    return Limit(len(costs), published, lean, parallel)


async def _costs(path: Path, hub_key: str) -> list[tuple[int, int, int]]:
    known = read_tasks(path)
    apis = {api.api_id: api for api in known.apis}
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    environment, gate = LiveEnvironment(keys={"FOUNDRY_HUB_KEY": hub_key}), asyncio.Semaphore(AT_ONCE)

    async def cost(task: KnownTask, line: Mapping[str, Any]) -> tuple[int, int, int]:
        async with gate:
            offer = offered([apis[each] for each in task.instruction.api_ids], environment.name, "all")
            session = f"limit-{task.instruction.instruction_id}"
            try:
                calls = [await _made(call, apis, offer, environment, session) for call in line["calls"]]
            finally:
                await environment.forget(offer.apis, session)
            single = [[call] for call in calls]
            together = [calls[:-1], calls[-1:]] if task.edges else [calls]
            text, facts = task.instruction.text, line["facts"]
            plain, short = opening(text, offer.apis), lean_opening(text)
            return (
                _tokens(plain, offer, single, facts),
                _tokens(short, lean_offer(offer), single, facts),
                _tokens(short, lean_offer(offer), together, facts),
            )

    solvable = [(task, line) for task, line in zip(known.tasks, lines, strict=True) if line["solvable"]]
    try:
        return list(await asyncio.gather(*(cost(*each) for each in solvable)))
    finally:
        await environment.aclose()


async def _made(
    call: Mapping[str, Any],
    apis: Mapping[str, Api],
    offer: Offer,
    environment: LiveEnvironment,
    session: str,
) -> tuple[str, str, str]:
    """Function, arguments and observation of a call."""
    api = apis[f"{SOURCE}/{call['api']}"]
    names = {parameter.original_name: parameter.name for parameter in api.parameters}
    arguments = {names[name]: value for name, value in call["arguments"].items()}
    function = offer.schemas[offer.apis.index(api)]["name"]
    answer = await environment.call(api, arguments, session)
    return function, json.dumps(arguments, ensure_ascii=False), observe(answer).text


def _tokens(
    begun: Sequence[Message],
    offer: Offer,
    rounds: Sequence[Sequence[tuple[str, str, str]]],
    facts: Sequence[Mapping[str, Any]],
) -> int:
    """Billed tokens of a path: each reply with all that was said before it."""
    messages, total = list(begun), 0
    told = "; ".join(str(fact["value"]) for fact in facts if fact["kind"] != "state")
    ending = json.dumps({"return_type": "give_answer", "final_answer": told}, ensure_ascii=False)
    for number, made in enumerate([*(each for each in rounds if each), [(FINISH, ending, "")]]):
        request = ChatRequest("rehearsal-strong", messages, list(offer.schemas))
        reply = TeacherReply(None, tuple((name, arguments) for name, arguments, _ in made))
        total += count_usage(read_request(orjson.dumps(request.body()), 0), reply)["total_tokens"]
        ids = [f"call{number:03d}{place:02d}" for place in range(len(made))]
        asked = [
            {"id": each, "type": "function", "function": {"name": name, "arguments": arguments}}
            for each, (name, arguments, _) in zip(ids, made, strict=True)
        ]
        messages.append({"role": "assistant", "content": None, "tool_calls": asked})
        messages += [
            {"role": "tool", "tool_call_id": each, "content": observation}
            for each, (_, _, observation) in zip(ids, made, strict=True)
        ]
    return total
