"""Makes the calls: which APIs work is found by calling them, and no answer counts that came only once."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from infra.sandbox.tasks.documents import ApiDocument, Arguments, Json, ToolDocument
from infra.sandbox.tasks.hub import CONNECTIONS, Hub, Reply

SOUND, DEAD, SLOW, REFUSES, ODD = "sound", "dead", "slow", "refuses", "odd"
"""What calls with the documented example show of an API.

========  ====================================================================================
sound     half the calls or more bring an answer of the documented form
dead      not one of `LAST_TRIES` brings one: gone, crashing, behind a login, or about something else
slow      most calls take longer than `infra.sandbox.tasks.hub.CALL_TIMEOUT_S`
refuses   refuses its own example; whoever reads the refusal may find out what it wants
odd       works now and then, or sends broken JSON or more than `MAX_ANSWER`: the truth may be in it
========  ====================================================================================

Only sound APIs are needed by solvable tasks, and only dead ones make a task unsolvable.
"""

FIRST_TRIES, LAST_TRIES = 3, 25
CALL_TRIES = 8
"""Tries of one call, so that one that fails three times in ten still answers."""
PROBING, ASKING = "tasks-probing", "tasks-asking"
"""Sessions of calls to tools without memory: chance may count how often a session asked for the same."""
MAX_ANSWER = 40_000
"""Characters."""


class Unusable(Exception):
    """A call brought no answer to build on."""


class Failing(Unusable):
    """A call was not refused, but brought none of the answers it should."""


def probe(
    hub: Hub,
    apis: Sequence[tuple[ToolDocument, ApiDocument]],
    stateful: Collection[str],
    step: Callable[[], object],
) -> dict[str, str]:
    """Find out which APIs work.

    Args:
        hub: where they are called.
        apis: each with its tool.
        stateful: slugs of the tools that remember what was written in a session.
        step: called once an API is done, for a progress bar.

    Returns:
        verdict by id of the API.
    """
    hub.forget(PROBING)

    def tried(tool: ToolDocument, api: ApiDocument, numbers: range) -> list[Future[Reply]]:
        alone = tool.slug in stateful
        return [pool.submit(_try_example, hub, tool, api, n if alone else None) for n in numbers]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        first = [tried(tool, api, range(FIRST_TRIES)) for tool, api in apis]
        verdicts = {}
        for (tool, api), tries in zip(apis, first, strict=True):
            replies = [future.result() for future in tries]
            if all(map(is_late, replies)):
                # Late beside 60 other calls may be the machine; late beside a few others is the API.
                replies = [future.result() for future in tried(tool, api, range(FIRST_TRIES))]
            verdict = judged(api, replies)
            if verdict in (DEAD, ODD, SLOW) and not all(is_late(reply) for reply in replies):
                more = tried(tool, api, range(FIRST_TRIES, LAST_TRIES))
                replies += [future.result() for future in more]
                verdict = judged(api, replies)
                if verdict == ODD and any(map(is_late, replies)):
                    # So may one that is late now and then: the API is judged by what came instead.
                    there = [reply for reply in replies if not is_late(reply)]
                    again = tried(tool, api, range(len(there), LAST_TRIES))
                    verdict = judged(api, [*there, *(future.result() for future in again)])
            verdicts[api.id] = verdict
            step()
    hub.forget(PROBING)
    return verdicts


def judged(api: ApiDocument, replies: Sequence[Reply]) -> str:
    """Return the verdict that the replies to the documented example lead to."""
    good = sum(is_good(api, reply) for reply in replies)
    if 2 * good >= len(replies):
        return SOUND
    if 2 * sum(is_late(reply) for reply in replies) > len(replies):
        return SLOW
    if good or any(is_late(reply) for reply in replies):
        return ODD
    if any(reply.status in (400, 405, 413, 422) for reply in replies):
        return REFUSES
    return ODD if any(_may_hide_truth(reply) for reply in replies) else DEAD


def is_good(api: ApiDocument, reply: Reply) -> bool:
    """Tell whether a reply is an answer of the documented form and of a size one can read."""
    return reply.is_answer and len(reply.text) <= MAX_ANSWER and is_alike(reply.answer, api.example_response)


def is_late(reply: Reply) -> bool:
    """Tell whether nothing came back in time."""
    return reply.status == 0


def is_alike(answer: Json, example: Json) -> bool:
    """Tell whether two answers have the same outer form: lists, or objects that share a key."""
    if isinstance(answer, dict) and isinstance(example, dict):
        return not example or bool(answer.keys() & example.keys())
    return isinstance(answer, list) == isinstance(example, list)


class Answers:
    """Answers of APIs without memory, each called twice and then kept."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        hub.forget(ASKING)
        self._kept: dict[str, tuple[Json, str]] = {}
        self.calls = 0
        """Requests sent."""

    def close(self) -> None:
        """Leave nothing behind in the hub."""
        self._hub.forget(ASKING)

    def ask(self, tool: ToolDocument, api: ApiDocument, arguments: Arguments) -> Json:
        """Return the answer to a call; raises `Unusable` if it is refused, fails, or changes."""
        key = f"{api.id} {json.dumps(arguments, sort_keys=True)}"
        if key not in self._kept:
            self._kept[key] = self._asked_twice(tool, api, arguments)
        answer, complaint = self._kept[key]
        if complaint:
            raise Unusable(complaint)
        return answer

    def once(
        self,
        tool: ToolDocument,
        api: ApiDocument,
        arguments: Arguments,
        session: str,
        tries: int = CALL_TRIES,
    ) -> Json:
        """Return an answer that is not kept.

        Raises:
            Unusable: the call is refused.
            Failing: no try brought an answer.
        """
        for _ in range(tries):
            self.calls += 1
            reply = self._hub.call(tool, api, arguments, session)
            if is_good(api, reply):
                return reply.answer
            if 400 <= reply.status < 500 and reply.status not in (408, 429):
                raise Unusable(reply.complaint())
        raise Failing(f"no answer in {tries} tries")

    def is_refused(self, tool: ToolDocument, api: ApiDocument, arguments: Arguments) -> bool:
        """Tell whether a call is turned down for its arguments, twice."""
        replies = [self._hub.call(tool, api, arguments, ASKING) for _ in range(2)]
        self.calls += 2
        return all(reply.status in (400, 404, 422) for reply in replies)

    def _asked_twice(self, tool: ToolDocument, api: ApiDocument, arguments: Arguments) -> tuple[Json, str]:
        try:
            first, second = (self.once(tool, api, arguments, ASKING) for _ in range(2))
        except Unusable as error:
            return None, str(error)
        return first, "" if first == second else "it answers differently each time"


def _try_example(hub: Hub, tool: ToolDocument, api: ApiDocument, number: int | None) -> Reply:
    """Call an API by its example, in a session of its own if the try has a number."""
    if number is None:
        return hub.call(tool, api, api.example_arguments(), PROBING)
    session = f"{PROBING}-{tool.slug}-{api.slug}"[:60] + f"-{number}"
    hub.forget(session)
    reply = hub.call(tool, api, api.example_arguments(), session)
    hub.forget(session)
    return reply


def _may_hide_truth(reply: Reply) -> bool:
    """Tell whether a reader might still find something: broken JSON, or more of it than one can read."""
    broken = not reply.is_json and reply.text.lstrip()[:1] in ("{", "[")
    return reply.status == 200 and (broken or len(reply.text) > MAX_ANSWER)


def stateful_tools(hub: Hub, tools: Iterable[ToolDocument]) -> dict[str, Json]:
    """Return the first document of each tool that keeps something in a session, by slug; None if unknown.

    Only tools with an API that is called by POST can write.
    """
    writing = [tool for tool in tools if any(api.method == "POST" for api in tool.apis)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        states = list(pool.map(lambda tool: _first_state(hub, tool), writing))
    return {tool.slug: found[0] for tool, found in zip(writing, states, strict=True) if found}


def _first_state(hub: Hub, tool: ToolDocument) -> list[Json]:
    """Return what a fresh session holds of a tool, None if unknown; nothing if it keeps nothing."""
    session = f"{PROBING}-{tool.slug}"[:64]
    for api in sorted(tool.apis, key=lambda api: api.method):
        hub.forget(session)
        hub.call(tool, api, api.example_arguments(), session)
        state = hub.state(session)
        hub.forget(session)
        if tool.slug in state:
            return [state[tool.slug] if api.method == "GET" else None]
    return []
