"""What searching an instruction took, from calls that were made, and what another one will be offered."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from tasks.errors import RecordError
from tasks.llm.pricing import Prices
from tasks.llm.protocol import Usage
from tasks.records import Api, Call, Instruction
from tasks.rollout.instructions import apis_of
from tasks.rollout.offers import offered
from tasks.search.functions import SchemaStyle

CLASSES = ("uncached", "cached", "cache_write", "output")
"""The token classes that are billed apart."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One instruction of a pilot."""

    instruction_id: str
    group: str
    run: str
    """Which run of the pilot it is of; instructions of one run are alike in ways that another's are not."""
    opening: int
    """Characters of its text and of the functions it is offered."""
    first_prompt: int
    """Prompt tokens of its first reply, which shows how many tokens a character of the opening makes."""
    calls: int
    """Model calls."""
    uncached: int
    cached: int
    cache_write: int
    output: int
    cost: int
    """nano-USD: its tokens by the price of the model that the forecast is for, and the fees of its API calls
    as they were booked."""
    busy_s: float
    """Latency of its model and API calls, one after the other."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One instruction that is still to be searched."""

    instruction_id: str
    group: str
    opening: int
    """As `Searched.opening`; what it will be offered is known before anybody is asked."""


def searched(
    calls: Iterable[Call],
    groups: Mapping[str, str],
    openings: Mapping[str, int],
    price: Prices,
    run: str = "",
) -> list[Searched]:
    """A row for every instruction in `groups`.

    Args:
        calls: model and API calls, those of an instruction in their order.
        groups: instruction id to group, of everything that was finished.
        openings: instruction id to characters of the opening; 0 where it is not known.
        price: of the model that is forecast for.
        run: which run of the pilot.
    """
    made: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        made[call.subject_id].append(call)
    rows = []
    for instruction_id, group in groups.items():
        every = made.get(instruction_id, [])
        asked = [_usage(call) for call in every if call.kind == "model"]
        fees = sum(call.cost_nano_usd for call in every if call.kind == "api")
        rows.append(
            Searched(
                instruction_id=instruction_id,
                group=group,
                run=run,
                opening=openings.get(instruction_id, 0),
                first_prompt=asked[0].prompt if asked else 0,
                calls=len(asked),
                uncached=sum(usage.uncached for usage in asked),
                cached=sum(usage.cached for usage in asked),
                cache_write=sum(usage.cache_write for usage in asked),
                output=sum(usage.output for usage in asked),
                cost=sum(price.cost(usage) for usage in asked) + fees,
                busy_s=sum(call.latency_s for call in every),
            )
        )
    return rows


def waiting(
    instructions: Iterable[Instruction],
    apis: Mapping[str, Api],
    environment: str,
    allow_writes: str,
    style: SchemaStyle | None,
) -> tuple[list[Waiting], int]:
    """What is to be searched, and how many instructions will be rejected without a call."""
    found, refused = [], 0
    for instruction in instructions:
        try:
            documents = apis_of(instruction, apis)
        except RecordError:
            refused += 1
            continue
        offer = offered(documents, environment, allow_writes, style)
        size = opening_size(instruction.text, orjson.dumps(offer.schemas).decode())
        found.append(Waiting(instruction.instruction_id, instruction.group, size))
    return found, refused


def opening_size(text: str, functions: str) -> int:
    """Characters of an instruction and of its functions as JSON."""
    return len(text) + len(functions)


def _usage(call: Call) -> Usage:
    return Usage(call.uncached_tokens, call.cached_tokens, call.cache_write_tokens, call.output_tokens)
