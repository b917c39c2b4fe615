"""Serves a search its model and environment, one instruction at a time.

What a search yields is looked up in the call log, else asked for; every answer is logged before the search
sees it. The search is deterministic in its outcomes, so a resumed instruction grows the same tree from the
log up to the first call that was never answered.
"""

import asyncio
from dataclasses import asdict, dataclass

from tasks.environment.observation import observe
from tasks.environment.protocol import ApiAnswer, Environment
from tasks.errors import RecordError
from tasks.llm.metered import MeteredModel
from tasks.llm.protocol import ChatRequest
from tasks.records import Call
from tasks.search.arguments import arguments_of, documented
from tasks.search.effects import Act, Ask, Effects, FunctionCall, Observation, Outcomes, Reply, Search
from tasks.search.forms import CallingForm, read, said
from tasks.search.functions import Offer
from tasks.search.tree import DecisionTree
from tasks.storage.canonical import digest, seed_of


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


async def roll(search: Search, offer: Offer, rollout: Rollout, session: str = "") -> DecisionTree:
    """Drive one search to its end.

    Args:
        search: a fresh generator of `tasks.search.methods`.
        offer: the functions it offers, and the API behind each.
        rollout: model, environment and seeds.
        session: name under which the environment keeps what the search writes.

    Raises:
        BudgetExceeded, ModelOverloaded, ConfigurationError: as the model; nothing of the log is lost.
    """
    try:
        effects = next(search)
        while True:
            effects = search.send(await _serve_all(effects, offer, rollout, session))
    except StopIteration as finished:
        tree: DecisionTree = finished.value
        return tree


async def _serve_all(effects: Effects, offer: Offer, rollout: Rollout, session: str) -> Outcomes:
    """Outcomes of effects that go out together, in their order.

    After the first error the others are waited for: a reply in the air is paid for, and must reach the log.
    """
    served = (_serve(effect, offer, rollout, session) for effect in effects)
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


async def _serve(effect: Ask | Act, offer: Offer, rollout: Rollout, session: str) -> Reply | Observation:
    return await (_ask(effect, rollout) if isinstance(effect, Ask) else _act(effect, offer, rollout, session))


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


async def _act(act: Act, offer: Offer, rollout: Rollout, session: str) -> Observation:
    api = offer.api(act.function)
    arguments = documented(api, arguments_of(act.arguments))
    key = digest({"api": api.api_id, "arguments": arguments}, size=16)
    logged = rollout.model.log.get(act.instruction_id, "api", key, act.ordinal)
    if logged is None:
        answer = await rollout.environment.call(api, arguments, session)
        rollout.model.log.put(act.instruction_id, "api", key, act.ordinal, asdict(answer))
    else:
        answer = ApiAnswer(**logged)
    rollout.model.record_api_call(
        Call(
            stage=rollout.stage,
            shard=rollout.shard,
            subject_id=act.instruction_id,
            kind="api",
            target=api.api_id,
            ordinal=act.ordinal,
            request_key=key,
            status=answer.error or "ok",
            latency_s=answer.latency_s,
            uncached_tokens=0,
            cached_tokens=0,
            cache_write_tokens=0,
            output_tokens=0,
            cost_nano_usd=0,
            replayed=logged is not None,
        )
    )
    return observe(answer)
