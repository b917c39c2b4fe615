"""Serves a search its model and environment, one instruction at a time.

What a search yields is looked up in the call log, else asked for; every answer is logged before the search
sees it. The search is deterministic in its outcomes, so a resumed instruction grows the same tree from the
log up to the first call that was never answered.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.environment.observation import observe
from tasks.environment.protocol import ApiAnswer, Environment
from tasks.errors import RecordError
from tasks.llm.fees import Fee
from tasks.llm.metered import MeteredModel
from tasks.llm.protocol import ChatRequest
from tasks.records import Api, Call
from tasks.rollout.branches import UNKNOWN_OUTCOME, Branches
from tasks.search.arguments import arguments_of, documented
from tasks.search.effects import Act, Ask, Effects, FunctionCall, Observation, Outcomes, Reply, Search
from tasks.search.forms import CallingForm, read, said
from tasks.search.functions import Offer
from tasks.search.tree import DecisionTree
from tasks.storage.canonical import digest, seed_of

INTERRUPTED = "interrupted"
"""Status of a call that was on its way when an earlier run was stopped, and was made again."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """What all instructions of a shard share."""

    model: MeteredModel
    environment: Environment
    stage: str
    shard: int
    seed: int
    """The run's; requests carry one drawn from it, the instruction and the ordinal."""
    form: CallingForm = "tools"
    temperature: float | None = None
    max_tokens: int = 1024
    """Longest reply [tokens]; a preset may ask for less."""
    address: str = ""
    """Of the table that is written; sets what is written by its calls apart from other tables'."""
    fees: Mapping[str, Fee] = field(default_factory=dict)
    """api_id to what a call costs; calls of others cost nothing."""


async def roll(
    search: Search, offer: Offer, rollout: Rollout, branches: Branches | None = None
) -> DecisionTree:
    """Drive one search to its end.

    Args:
        search: a fresh generator of `tasks.search.methods`.
        offer: the functions it offers, and the API behind each.
        rollout: model, environment and seeds.
        branches: sessions for what the search writes; None: the environment's default one.

    Raises:
        BudgetExceeded, ModelOverloaded, ConfigurationError: as the model; nothing of the log is lost.
        ApiUnreachable: as the environment; run again, the search goes on from its log.
    """
    branches = branches or Branches(rollout.environment, offer)
    try:
        effects = next(search)
        while True:
            effects = search.send(await _serve_all(effects, offer, rollout, branches))
    except StopIteration as finished:
        tree: DecisionTree = finished.value
        return tree


async def _serve_all(effects: Effects, offer: Offer, rollout: Rollout, branches: Branches) -> Outcomes:
    """Outcomes of effects that go out together, in their order.

    After the first error the others are waited for: a reply in the air is paid for, and must reach the log.
    """
    served = (_serve(effect, offer, rollout, branches) for effect in effects)
    outcomes: list[Reply | Observation] = []
    errors: list[BaseException] = []
    for outcome in await asyncio.gather(*served, return_exceptions=True):
        if isinstance(outcome, BaseException):
            errors.append(outcome)
        else:
            outcomes.append(outcome)
    if errors:
        raise errors[0]
    return tuple(outcomes)


async def _serve(
    effect: Ask | Act, offer: Offer, rollout: Rollout, branches: Branches
) -> Reply | Observation:
    if isinstance(effect, Ask):
        return await _ask(effect, rollout)
    if not branches.writes:
        return observe(await _answered(effect, offer, rollout, branches))
    async with branches.in_turn:
        # A world is made once: what makes it again is not sent, whatever searcher asks for it.
        known = branches.answers.get(effect.makes)
        return observe(known or await _answered(effect, offer, rollout, branches))


async def _ask(ask: Ask, rollout: Rollout) -> Reply:
    words = said(ask.messages, ask.functions, rollout.form)
    request = ChatRequest(
        model=rollout.model.name,
        messages=words.messages,
        functions=words.functions,
        form="functions" if rollout.form == "functions" else "tools",
        prompt=words.prompt,
        stop=words.stop,
        seed=seed_of(rollout.seed, rollout.stage, ask.instruction_id, ask.ordinal),
        temperature=rollout.temperature if ask.temperature is None else ask.temperature,
        max_tokens=min(ask.max_tokens or rollout.max_tokens, rollout.max_tokens),
        parallel=ask.parallel,
    )
    try:
        reply = await rollout.model.ask(request, ask.instruction_id, ask.ordinal)
    except RecordError as error:
        return Reply(content=str(error), failed=True)
    calls = [FunctionCall(each.name, each.arguments) for each in reply.calls]
    meant = read(reply.content, calls, rollout.form, asks=not ask.functions)
    return Reply(
        content=meant.content,
        calls=meant.calls,
        prompt_tokens=reply.usage.prompt,
        completion_tokens=reply.usage.output,
        repairs=meant.repairs,
    )


async def _answered(act: Act, offer: Offer, rollout: Rollout, branches: Branches) -> ApiAnswer:
    """What an API answered, from the log when it reached this host before, else asked for; counted."""
    api = offer.api(act.function)
    arguments = documented(api, arguments_of(act.arguments))
    key = digest({"api": api.api_id, "arguments": arguments}, size=16)
    log = rollout.model.log
    logged = log.get(act.instruction_id, "api", key, act.ordinal)
    if logged is None:
        answer, cost = await _sent(act, api, arguments, key, rollout, branches)
        log.put(
            act.instruction_id, "api", key, act.ordinal, asdict(answer) | ({"cost": cost} if cost else {})
        )
    else:
        cost = logged.pop("cost", 0)
        answer = ApiAnswer(**logged)
    branches.made(act, answer, replayed=logged is not None)
    if log.get(act.instruction_id, "begun", _again(key), act.ordinal) is not None:
        _count(act, api, key, rollout, INTERRUPTED, 0.0, 0, replayed=True)
    _count(act, api, key, rollout, answer.error or "ok", answer.latency_s, cost, replayed=logged is not None)
    return answer


async def _sent(
    act: Act, api: Api, arguments: Mapping[str, Any], key: str, rollout: Rollout, branches: Branches
) -> tuple[ApiAnswer, int]:
    """Send a call; its answer and cost [nano-USD].

    Of one that writes it is written down before that it is on its way.

    Found on its way after a kill, it is made again only where the world before it still stands apart: what
    the first try may have written is dropped with its session. Elsewhere its outcome stays unknown.
    """
    log, subject = rollout.model.log, act.instruction_id
    if act.makes:
        begun = log.get(subject, "begun", key, act.ordinal) is not None
        if begun and not branches.forks:
            return UNKNOWN_OUTCOME, 0
        session = await branches.enter(act)
        lasting = not branches.forks
        log.put(subject, "begun", _again(key) if begun else key, act.ordinal, True, durable=lasting)
    else:
        session = await branches.enter(act)
    fee = rollout.fees.get(api.api_id)
    if fee is None:
        return await rollout.environment.call(api, arguments, session), 0
    return await rollout.model.pay_for_api(
        api.api_id, subject, key, act.ordinal, fee, lambda: rollout.environment.call(api, arguments, session)
    )


def _again(key: str) -> str:
    return f"{key} again"


def _count(
    act: Act, api: Api, key: str, rollout: Rollout, status: str, latency_s: float, cost: int, replayed: bool
) -> None:
    rollout.model.record_api_call(
        Call(
            stage=rollout.stage,
            shard=rollout.shard,
            subject_id=act.instruction_id,
            kind="api",
            target=api.api_id,
            ordinal=act.ordinal,
            request_key=key,
            status=status,
            latency_s=latency_s,
            uncached_tokens=0,
            cached_tokens=0,
            cache_write_tokens=0,
            output_tokens=0,
            cost_nano_usd=cost,
            replayed=replayed,
        )
    )
