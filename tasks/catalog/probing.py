"""Trial calls of one API: asked, judged, written down."""

import asyncio
import re
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import orjson

from tasks.catalog.arguments import calls_of
from tasks.catalog.quality import (
    OK,
    Answer,
    Decision,
    decide,
    ignores_input,
    is_monotonous,
    undecided,
    verdict,
)
from tasks.environment.observation import API_TIMEOUT
from tasks.environment.protocol import ApiAnswer
from tasks.environment.wire import MAX_ANSWER_BYTES
from tasks.errors import RecordError
from tasks.records import Api, Probe
from tasks.storage.canonical import digest

Found = TypeVar("Found")

READING_METHODS = frozenset({"GET", "HEAD"})
SAFE_METHODS = READING_METHODS | {"POST"}
"""PUT, PATCH and DELETE change what belongs to somebody: such APIs are not called."""
ROUNDS = 4
"""Most rounds of calls to an API that answers well and badly in turn."""
QUESTIONS = 8
"""Calls to an API that has said the same each time."""
EVIDENCE_CHARS = 500
BACK_OFF_S = (1.0, 2.0)
"""Pauses before a call that was refused for its pace is tried again [s]."""
_KEYS = re.compile(r"[0-9a-f]{10}msh[0-9a-f]{15}p[0-9a-f]{6}jsn[0-9a-f]{12}|\bsk-[A-Za-z0-9_-]{20,}")
"""Keys of RapidAPI and of model servers, whoever they belong to."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The paper publishes none; these are recorded in the table."""

    probes: int = 3
    """Calls per API, and per second round."""
    slow_s: float = 3.0
    """Latest good answer [s]."""
    least_ok: float = 0.5
    """Share of good calls that keeps an API."""
    timeout_s: float = 4.0
    """Longest wait for an answer [s]; for the words of the evidence."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What probing one API has shown."""

    api: Api
    probes: tuple[Probe, ...]
    decision: Decision
    evidence: str
    """Why it is rejected, in words; empty for one that is kept."""


class Calls(Protocol):
    """What of an environment a trial needs; the calls may cost money."""

    async def call(self, api: Api, arguments: Mapping[str, Any], session: str = "") -> ApiAnswer:
        """As `Environment.call`."""

    async def forget(self, apis: Sequence[Api], session: str) -> None:
        """As `Environment.forget`."""


async def probe(
    api: Api, environment: Calls, thresholds: Thresholds, calls: asyncio.Semaphore, unpriced: str = ""
) -> Trial:
    """Call an API and decide.

    The first call goes alone, since it may have to wake the API up. Where good and bad calls are mixed, the
    same calls are made again, `ROUNDS` times in all; where all say the same, more questions are put.

    Args:
        api: what to call.
        environment: calls it.
        thresholds: how often, how late, how reliable.
        calls: bounds the calls in the air.
        unpriced: why nobody knows what a call costs, and none is made; empty: it is free, or is booked.

    Raises:
        ApiUnreachable: the hub itself does not answer; nothing is decided.
        BudgetExceeded: a call that costs money fits under no cap; nothing is decided.
    """
    if api.method not in SAFE_METHODS:
        return _uncalled(api, "unsafe_method", f"{api.method} {api.url} is not called for a trial")
    try:
        arguments = calls_of(api, thresholds.probes)
    except RecordError as error:
        return _uncalled(api, error.reason, error.evidence)
    if unpriced:
        return _uncalled(api, "unknown_price", unpriced)

    asked: list[tuple[Probe, str]] = []

    async def ask(number: int) -> tuple[Probe, str]:
        question = arguments[number % len(arguments)]
        return await _ask(api, number, question, environment, thresholds, calls)

    async def ask_more(count: int) -> None:
        numbers = range(len(asked), len(asked) + count)
        asked.extend(await together(ask(number) for number in numbers))

    def verdicts() -> list[str]:
        return [each.verdict for each, _ in asked]

    asked.append(await ask(0))
    await ask_more(thresholds.probes - 1)
    while undecided(verdicts(), thresholds.least_ok) and len(asked) < ROUNDS * thresholds.probes:
        await ask_more(thresholds.probes)
    decision = decide(verdicts(), thresholds.least_ok)
    if decision.keep and not decision.flaky and is_monotonous([text for _, text in asked]):
        arguments = calls_of(api, QUESTIONS)
        await ask_more(QUESTIONS - len(asked))
        if ignores_input([(_required(api, each), text) for each, text in asked]):
            decision = Decision(False, "ignores_input", flaky=False)
    probes = [each for each, _ in asked]
    return Trial(api, tuple(probes), decision, "" if decision.keep else _told(api, probes, decision))


def _required(api: Api, probe: Probe) -> str:
    """What a call asked, without what may be left out: an API may well answer the same with and without."""
    names = {each.name for each in api.parameters if each.required}
    return str(sorted((k, str(v)) for k, v in orjson.loads(probe.arguments).items() if k in names))


def _uncalled(api: Api, reason: str, evidence: str) -> Trial:
    return Trial(api, (), Decision(False, reason, flaky=False), evidence)


async def _ask(
    api: Api,
    number: int,
    arguments: dict[str, Any],
    environment: Calls,
    thresholds: Thresholds,
    calls: asyncio.Semaphore,
) -> tuple[Probe, str]:
    # What an API writes stays in a session of this very call, so that no call meets what another has left.
    session = f"probe-{digest([api.api_id, number])}" if api.method not in READING_METHODS else ""
    for pause_s in (*BACK_OFF_S, None):
        async with calls:
            found = await environment.call(api, arguments, session)
        timed_out = found.error == API_TIMEOUT and found.status is None
        cut = len(found.response.encode(errors="replace")) >= MAX_ANSWER_BYTES
        answer = Answer(found.status, found.response, found.latency_s, timed_out, cut)
        judged = verdict(answer, thresholds.slow_s, api.example_response)
        if judged != "rate_limited" or pause_s is None:
            break
        await asyncio.sleep(pause_s)
    if session:
        await environment.forget([api], session)
    said = f"no answer within {thresholds.timeout_s:g} s" if timed_out else found.response or found.error
    probe = Probe(
        api_id=api.api_id,
        attempt=number,
        arguments=scrubbed(orjson.dumps(arguments).decode()),
        status_code=found.status,
        latency_s=round(found.latency_s, 4),
        verdict=judged,
        evidence=scrubbed(said)[:EVIDENCE_CHARS],
    )
    return probe, found.response


async def together(calling: Iterable[Awaitable[Found]]) -> list[Found]:
    """What comes of several at once, in their order.

    After the first error the others are waited for: a call in the air may be paid for, and is booked when it
    ends.
    """
    found: list[Found] = []
    errors: list[BaseException] = []
    for outcome in await asyncio.gather(*calling, return_exceptions=True):
        if isinstance(outcome, BaseException):
            errors.append(outcome)
        else:
            found.append(outcome)
    if errors:
        raise errors[0]
    return found


def scrubbed(text: str) -> str:
    """The text without anything that looks like somebody's key."""
    return _KEYS.sub("[key]", text)


def _told(api: Api, probes: list[Probe], decision: Decision) -> str:
    good = sum(each.verdict == OK for each in probes)
    if decision.reason == "ignores_input":
        return (
            f"{good} calls with different arguments, one answer; {api.method} {api.url}: {probes[0].evidence}"
        )
    bad = [each for each in probes if each.verdict == decision.reason]
    first = bad[0]
    return (
        f"{len(bad)} of {len(probes)} calls {decision.reason}, {good} good; {api.method} {api.url} with "
        f"{first.arguments}: status {first.status_code}, {first.latency_s:.2f} s, {first.evidence}"
    )
