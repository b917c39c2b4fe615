"""What a search is given: an instruction, and the functions that may be used for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tasks.records import Api, Instruction
from tasks.search.functions import Offer, SchemaStyle, offer


@dataclass(frozen=True, slots=True)
class Problem:
    """One instruction with its functions; all that a searcher needs to know."""

    instruction_id: str
    text: str
    offer: Offer
    token_budget: int | None = None
    """What methods at equal cost may spend: tokens billed, prompt and completion; None: nobody has said."""


def problem(instruction: Instruction, apis: Iterable[Api], style: SchemaStyle | None = None) -> Problem:
    """The problem of an instruction, its functions in the order of `instruction.api_ids`.

    Args:
        instruction: what is asked.
        apis: those offered, in any order; more than those do no harm.
        style: of the schemas; None chooses by each API's source.

    Raises:
        KeyError: an offered API is not among `apis`.
    """
    by_id = {api.api_id: api for api in apis}
    return Problem(
        instruction.instruction_id,
        instruction.text,
        offer([by_id[api_id] for api_id in instruction.api_ids], style),
    )
