"""Roles: a request goes to the writer, the judge or the planner by what it carries, and to nobody else."""

import random

import orjson

from infra.sandbox.teacher.conversation import read_situation
from infra.sandbox.teacher.documents import read_offer
from infra.sandbox.teacher.draws import generator, mind_of
from infra.sandbox.teacher.judge import RULES, judge
from infra.sandbox.teacher.mistakes import MALFORMED, MUTE, broken, slipped, together
from infra.sandbox.teacher.plan import plan_for
from infra.sandbox.teacher.planner import Decision, decide
from infra.sandbox.teacher.protocol import ChatRequest, Refusal, Reply, read_request, write_reply
from infra.sandbox.teacher.skills import MODELS, THOUGHTS, Skill, read_skill
from infra.sandbox.teacher.stock import Situation, take_stock
from infra.sandbox.teacher.usage import count_usage, shortened
from infra.sandbox.teacher.writer import SCHEMA as WRITER_SCHEMA
from infra.sandbox.teacher.writer import write

INTRODUCTION = (
    "I am a rule-based stand-in for a teacher model, not a language model. I plan calls when functions are "
    "offered, write instructions and judge answers when response_format names their schema, and nothing else."
)


def _thinks(situation: Situation, decision: Decision, rng: random.Random) -> bool:
    """Say whether a thought stands beside the call."""
    if situation.refused:
        place = "further_attempt"
    elif situation.has_thought:
        place = "after_thought"
    elif decision.ends:
        place = "ending"
    else:
        place = "between" if situation.calls else "beginning"
    return rng.random() < THOUGHTS[place]


def _plan(request: ChatRequest, skill: Skill, server_seed: int, rng: random.Random) -> Reply:
    situation = read_situation(request)
    offer = read_offer(request.functions_json)
    if request.forced is not None and request.forced != offer.finish and request.forced not in offer.by_name:
        raise Refusal(400, f"tool_choice names {request.forced!r}, which is not among the offered functions.")
    mind = mind_of(skill, server_seed, situation.instruction, request.digest)
    stock = take_stock(situation, plan_for(situation.instruction, situation.functions_json), mind)
    decision = decide(stock, mind, request.forced)
    slip = ""
    if request.forced is None:
        decision, slip = slipped(decision, stock, mind, rng)
    if slip == MUTE or not decision.name:  # without Finish the end is plain text
        return Reply(decision.thought if slip else str(decision.arguments.get("final_answer", "")))
    arguments = orjson.dumps(decision.arguments).decode()
    if slip == MALFORMED:
        arguments = broken(arguments, rng)
    thought = decision.thought if _thinks(situation, decision, rng) else None
    more = together(decision, stock, mind, rng) if request.parallel and not slip else []
    beside = ((each.name, orjson.dumps(each.arguments).decode()) for each in more)
    return Reply(thought, ((decision.name, arguments), *beside))


def _answer(request: ChatRequest, skill: Skill, server_seed: int) -> Reply:
    rng = generator(request.digest)
    if request.schema_name is not None:
        prompt = next(
            (message.content for message in reversed(request.messages) if message.role == "user"), ""
        )
        if request.schema_name == WRITER_SCHEMA:
            return Reply(write(prompt, skill, rng))
        if request.schema_name in RULES:
            return Reply(judge(request.schema_name, prompt, skill, rng))
        known = ", ".join([WRITER_SCHEMA, *RULES])
        raise Refusal(
            400, f"The schema {request.schema_name!r} names no role of this stand-in; it knows {known}."
        )
    if request.functions_json:
        return _plan(request, skill, server_seed, rng)
    return Reply(INTRODUCTION)


def respond(raw: bytes, server_seed: int) -> bytes:
    """Answer the body of a chat completion request; the same body and seed give the same bytes.

    Raises:
        Refusal: the request cannot be answered; its body says why.
    """
    request = read_request(raw, server_seed)
    skill = read_skill(request.model)
    if skill is None:
        known = ", ".join(MODELS)
        raise Refusal(
            404,
            f"The model {request.model!r} does not exist; choose one of {known}, or another stubbornness "
            "from 0 to 1.",
            "model_not_found",
        )
    reply, cut = shortened(_answer(request, skill, server_seed), request.max_tokens)
    return write_reply(request, reply, count_usage(request, reply), server_seed, cut)
