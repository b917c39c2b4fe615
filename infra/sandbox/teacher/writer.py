"""Writer: instructions for the tools of a prompt, each read back by the planner before it counts."""

import random
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from infra.sandbox.teacher.chaining import Link, chained_clause, links
from infra.sandbox.teacher.documents import Function, Offer, build_function, build_offer, build_parameter
from infra.sandbox.teacher.draws import weighted
from infra.sandbox.teacher.inventing import invent_arguments, is_usable
from infra.sandbox.teacher.mistakes import broken
from infra.sandbox.teacher.phrasing import clause, instruction
from infra.sandbox.teacher.plan import Plan, make_plan
from infra.sandbox.teacher.protocol import Refusal
from infra.sandbox.teacher.skills import WRITER_MISTAKES, Skill

SCHEMA = "write_instructions"
OPTIONAL_SHARE = 0.3
"""Share of documented optional parameters that an instruction gives a value for."""
CHAIN_SHARE = 0.35
"""Share of chains where one API of the prompt may bring what another one asks for."""
MOST_INSTRUCTIONS = 50
_FORMS = ("natural", "natural", "natural", "labelled", "labelled", "plain")
_TYPES = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "list": "array",
}


@dataclass(frozen=True, slots=True, eq=False)
class WritableApi:
    """One API of the prompt."""

    tool: str
    name: str
    function: Function
    """The API as the planner would be offered it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a prompt asks for."""

    count: int
    apis: tuple[WritableApi, ...]
    several_tools: bool
    offer: Offer


@dataclass(frozen=True, slots=True)
class Draft:
    """An instruction as meant."""

    text: str
    calls: tuple[tuple[WritableApi, dict[str, Any]], ...]
    """The APIs it needs, with the values it gives, in the order of the text."""


def _schema(parameter: dict[str, Any]) -> dict[str, Any]:
    """A documented parameter as JSON schema; the documentation's type names come in many spellings."""
    word = str(parameter.get("type", "string")).lower().split("(")[0].split()
    kind = word[0] if word else "string"
    kind = _TYPES.get(kind, kind)
    schema = {
        **parameter,
        "type": kind if kind in {"string", "integer", "number", "boolean", "array"} else "string",
    }
    for bound in ("minimum", "maximum"):
        if isinstance(schema.get(bound), str):
            try:
                schema[bound] = float(schema[bound])
            except ValueError:
                del schema[bound]
    return schema


def _function(tool: str, api: dict[str, Any], order: int) -> Function:
    parameters = tuple(
        build_parameter(str(parameter.get("name", "")), _schema(parameter), required)
        for key, required in (("required_parameters", True), ("optional_parameters", False))
        for parameter in api.get(key) or []
        if isinstance(parameter, dict)
    )
    name = "_for_".join(
        re.sub(r"\W+", "_", part).strip("_").lower() for part in (str(api.get("name", "")), tool)
    )
    return build_function(name[-64:], str(api.get("description") or ""), parameters, tool, order)


@lru_cache(maxsize=64)
def read_order(prompt: str) -> Order:
    """Read the tool documents, the number of instructions and the rule about several tools from a prompt.

    Raises:
        Refusal: there are no tool documents after a line `APIs:`, or no `Write N instructions`.
    """
    count = re.search(r"\bWrite (\d+) instructions?\b", prompt)
    listed = re.search(r"^APIs:\s*", prompt, re.MULTILINE)
    tools = _first_json_list(prompt[listed.end() :]) if listed else None
    if count is None or not tools:
        raise Refusal(
            400,
            "The prompt must say `Write N instructions.` and list tool documents, as JSON, after `APIs:`",
        )
    apis: list[WritableApi] = []
    for tool in tools:
        name = str(tool.get("tool_name", "")) if isinstance(tool, dict) else ""
        for api in (tool.get("api_list") or []) if isinstance(tool, dict) else []:
            if isinstance(api, dict):
                apis.append(WritableApi(name, str(api.get("name", "")), _function(name, api, len(apis))))
    offer = build_offer(tuple(api.function for api in apis), "Finish", 0)
    several = bool(re.search(r"at least two of the tools", prompt))
    return Order(min(int(count[1]), MOST_INSTRUCTIONS), tuple(apis), several, offer)


def _first_json_list(text: str) -> list[Any] | None:
    start, end = text.find("["), text.rfind("]")
    while 0 <= start < end:
        try:
            value = orjson.loads(text[start : end + 1])
        except orjson.JSONDecodeError:
            end = text.rfind("]", start, end)
            continue
        return value if isinstance(value, list) else None
    return None


def usable_apis(order: Order) -> list[WritableApi]:
    """The APIs whose documentation gives values to go by; none where too few tools have any."""
    usable = [api for api in order.apis if is_usable(api.function)]
    return [] if order.several_tools and len({api.tool for api in usable}) < 2 else usable


def _chosen(order: Order, usable: list[WritableApi], rng: random.Random) -> list[WritableApi]:
    """Draw the APIs of one instruction: 1 to 3 of one tool, or of several tools with at least two of them."""
    if not order.several_tools:
        tool = rng.choice(usable).tool
        pool = [api for api in usable if api.tool == tool]
        return rng.sample(pool, min(len(pool), rng.choice((1, 1, 2, 2, 3))))
    tools = sorted({api.tool for api in usable})
    picked = rng.sample(tools, min(len(tools), rng.choice((2, 2, 3))))
    apis = [rng.choice([api for api in usable if api.tool == tool]) for tool in picked]
    if len(apis) < 4 and rng.random() < 0.3:
        more = [api for api in usable if api.tool in picked and api not in apis]
        apis += rng.sample(more, min(len(more), 1))
    return apis


def read_back(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """The calls that the planner reads from an instruction, before anything has been answered."""
    return [
        (function.name, reading.arguments)
        for step in plan.steps
        for function, reading in (
            *((inner.function, inner.reading) for inner in step.inner), (step.function, step.reading)
        )
    ]  # fmt: skip


def draft_one(order: Order, usable: list[WritableApi], used: set[str], rng: random.Random) -> Draft | None:
    """Write one instruction, without mistakes.

    Args:
        order: what the prompt asks for.
        usable: the APIs to choose from.
        used: marks of the calls written before; those of the new instruction are added.
        rng: source of chance.

    Returns:
        the instruction, or None where its values are used up or the planner does not read it back exactly.
    """
    link = _link(order, rng)
    apis = _chosen(order, usable, rng) if link is None else [link[0], link[1]]
    wanted: list[tuple[WritableApi, dict[str, Any]]] = []
    for api in apis:
        for _ in range(6):
            arguments = invent_arguments(api.function, rng, OPTIONAL_SHARE)
            if _mark(api, arguments) not in used:
                break
        else:
            return None
        wanted.append((api, arguments))
    if link is not None:
        taking, arguments = wanted[1]
        left_out = link[2].left_out
        wanted[1] = (taking, {name: value for name, value in arguments.items() if name not in left_out})
    calls = [(api.function.name, arguments) for api, arguments in wanted]
    for form in _FORMS:
        if link is not None:
            (giving, first), (taking, second) = wanted
            pair = (giving.function, first), (taking.function, second)
            clauses = [chained_clause(*pair, link[2].meaning, form, rng)]
        else:
            clauses = [clause(api.function, arguments, form, rng) for api, arguments in wanted]
        text = instruction(clauses, rng, plain=form == "plain")
        if read_back(make_plan(text, order.offer)) == calls:
            used.update(_mark(api, arguments) for api, arguments in wanted)
            return Draft(text, tuple(wanted))
    return None


@lru_cache(maxsize=64)
def _linked(order: Order) -> tuple[tuple[WritableApi, WritableApi, Link], ...]:
    """The chains that the documents of a prompt allow: giving and taking API, of one or of two tools."""
    usable = usable_apis(order)
    found = (
        (usable[link.giving], usable[link.taking], link) for link in links([api.function for api in usable])
    )
    return tuple(each for each in found if (each[0].tool != each[1].tool) == order.several_tools)


def _link(order: Order, rng: random.Random) -> tuple[WritableApi, WritableApi, Link] | None:
    """A chain for the next instruction, now and then where there is one."""
    found = _linked(order)
    return rng.choice(found) if found and rng.random() < CHAIN_SHARE else None


def _mark(api: WritableApi, arguments: dict[str, Any]) -> str:
    return orjson.dumps([api.tool, api.name, arguments], option=orjson.OPT_SORT_KEYS).decode()


def _spoiled(
    text: str, cited: list[dict[str, str]], order: Order, written: list[dict[str, Any]], rng: random.Random
) -> dict[str, Any]:
    """One instruction with a mistake in it."""
    kinds = {
        kind: weight for kind, weight in WRITER_MISTAKES.items() if kind != "repeated_instruction" or written
    }
    kind = weighted(rng, kinds)
    if kind == "repeated_instruction":
        return dict(rng.choice(written))
    if kind == "omitted_value" and (values := re.findall(r'"[^"]+"|\d[\d.:T-]*', text)):
        text = " ".join(text.replace(rng.choice(values), "", 1).split())
    else:
        cited = [
            *cited,
            {
                "tool": cited[0]["tool"],
                "api": f"{rng.choice(order.apis).name} {rng.choice(('Plus', 'History', 'V2'))}",
            },
        ]
    return {"instruction": text, "relevant_apis": cited}


def write(prompt: str, skill: Skill, rng: random.Random) -> str:
    """Write instructions as the JSON text of a `write_instructions` reply.

    Fewer than asked for are written where the documentation does not give enough different values.

    Raises:
        Refusal: the prompt holds no tool documents or no number of instructions.
    """
    order = read_order(prompt)
    usable = usable_apis(order)
    written: list[dict[str, Any]] = []
    used: set[str] = set()
    for _ in range(order.count * 4 if usable else 0):
        if len(written) == order.count:
            break
        draft = draft_one(order, usable, used, rng)
        if draft is None:
            continue
        cited = [{"tool": api.tool, "api": api.name} for api, _ in draft.calls]
        entry: dict[str, Any] = {"instruction": draft.text, "relevant_apis": cited}
        written.append(
            _spoiled(draft.text, cited, order, written, rng) if rng.random() < skill.writer else entry
        )
    reply = orjson.dumps({"instructions": written}).decode()
    return broken(reply, rng) if rng.random() < skill.writer_broken_json else reply
