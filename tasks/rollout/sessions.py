"""An instruction searched in a session of its own, so that what its calls write is its own too."""

from tasks.environment.sessions import session_name
from tasks.records import Instruction
from tasks.rollout.driver import Rollout, roll
from tasks.search.effects import Search
from tasks.search.functions import Offer
from tasks.search.tree import DecisionTree


async def roll_apart(
    search: Search, instruction: Instruction, offer: Offer, rollout: Rollout
) -> tuple[DecisionTree, str]:
    """Drive one search in the instruction's session; see `roll`.

    What an earlier run left there is dropped first, unless this search goes on from a call log: the calls
    that are replayed are not made again, so what they wrote must stay. All branches of a tree share the
    session: what an abandoned branch wrote is part of the end state.

    Returns:
        the tree, and the session's end state where a fact of the instruction is about it, else "".

    Raises:
        ApiUnreachable: the hub that keeps the session is gone; and all that `roll` raises.
    """
    session = session_name(instruction)
    if not rollout.model.log.knows(instruction.instruction_id, "api"):
        await rollout.environment.forget(offer.apis, session)
    tree = await roll(search, offer, rollout, session)
    expected = any(fact.kind == "state" for fact in instruction.expected_facts)
    return tree, await rollout.environment.end_state(offer.apis, session) if expected else ""
