"""Trial calls of one API: asked, judged, written down."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

import orjson

from tasks.catalog.arguments import calls_of
from tasks.catalog.quality import OK, Answer, Decision, decide, undecided, verdict
from tasks.environment.observation import API_TIMEOUT
from tasks.environment.protocol import Environment
from tasks.environment.wire import MAX_ANSWER_BYTES
from tasks.errors import RecordError
from tasks.records import Api, Probe

SAFE_METHODS = frozenset({"GET", "HEAD", "POST"})
"""PUT, PATCH and DELETE change what belongs to somebody: such APIs are not called."""
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


async def probe(
    api: Api, environment: Environment, thresholds: Thresholds, calls: asyncio.Semaphore
) -> Trial:
    """Call an API and decide.

    The first call goes alone, since it may have to wake the API up; where the calls disagree and the API
    would be dropped, the same calls are made once more.

    Args:
        api: what to call.
        environment: calls it.
        thresholds: how often, how late, how reliable.
        calls: bounds the calls in the air.

    Raises:
        ApiUnreachable: the hub itself does not answer; nothing is decided.
    """
    if api.method not in SAFE_METHODS:
        return _uncalled(api, "unsafe_method", f"{api.method} {api.url} is not called for a trial")
    try:
        arguments = calls_of(api, thresholds.probes)
    except RecordError as error:
        return _uncalled(api, error.reason, error.evidence)

    async def ask(number: int) -> Probe:
        return await _ask(api, number, arguments[number % thresholds.probes], environment, thresholds, calls)

    async def ask_all(numbers: range) -> list[Probe]:
        return list(await asyncio.gather(*(ask(number) for number in numbers)))

    probes = [await ask(0), *await ask_all(range(1, thresholds.probes))]
    if undecided([each.verdict for each in probes], thresholds.least_ok):
        probes += await ask_all(range(thresholds.probes, thresholds.probes * 2))
    verdicts = [each.verdict for each in probes]
    decision = decide(verdicts, thresholds.least_ok)
    return Trial(api, tuple(probes), decision, "" if decision.keep else _told(api, probes, decision))


def _uncalled(api: Api, reason: str, evidence: str) -> Trial:
    return Trial(api, (), Decision(False, reason, flaky=False), evidence)


async def _ask(
    api: Api,
    number: int,
    arguments: dict[str, Any],
    environment: Environment,
    thresholds: Thresholds,
    calls: asyncio.Semaphore,
) -> Probe:
    for pause_s in (*BACK_OFF_S, None):
        async with calls:
            found = await environment.call(api, arguments)
        timed_out = found.error == API_TIMEOUT and found.status is None
        cut = len(found.response.encode(errors="replace")) >= MAX_ANSWER_BYTES
        answer = Answer(found.status, found.response, found.latency_s, timed_out, cut)
        judged = verdict(answer, thresholds.slow_s, api.example_response)
        if judged != "rate_limited" or pause_s is None:
            break
        await asyncio.sleep(pause_s)
    said = f"no answer within {thresholds.timeout_s:g} s" if timed_out else found.response or found.error
    return Probe(
        api_id=api.api_id,
        attempt=number,
        arguments=scrubbed(orjson.dumps(arguments).decode()),
        status_code=found.status,
        latency_s=round(found.latency_s, 4),
        verdict=judged,
        evidence=scrubbed(said)[:EVIDENCE_CHARS],
    )


def scrubbed(text: str) -> str:
    """The text without anything that looks like somebody's key."""
    return _KEYS.sub("[key]", text)


def _told(api: Api, probes: list[Probe], decision: Decision) -> str:
    bad = [each for each in probes if each.verdict == decision.reason]
    good = sum(each.verdict == OK for each in probes)
    first = bad[0]
    return (
        f"{len(bad)} of {len(probes)} calls {decision.reason}, {good} good; {api.method} {api.url} with "
        f"{first.arguments}: status {first.status_code}, {first.latency_s:.2f} s, {first.evidence}"
    )
