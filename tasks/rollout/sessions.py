"""An instruction searched in sessions of its own, so that what its calls write is its own too."""

from tasks.environment.sessions import session_name
from tasks.records import Api, Instruction
from tasks.rollout.branches import Branches
from tasks.rollout.driver import Rollout, roll
from tasks.search.codes import INPUT_ERROR, NORMAL
from tasks.search.effects import Search
from tasks.search.functions import FINISH, Offer
from tasks.search.tree import DecisionTree, TreeNode


async def roll_apart(
    search: Search, instruction: Instruction, offer: Offer, rollout: Rollout
) -> tuple[DecisionTree, str]:
    """Drive one search in the instruction's sessions; see `roll`.

    What an earlier run left there is dropped first, unless this search goes on from a call log: the calls
    that are replayed are not made again, so what they wrote must stay. In the end the session that bears the
    instruction's name holds what the kept path wrote, and nothing else; where no path is kept, it is fresh.

    Returns:
        the tree, and where a fact of the instruction is about it the end state: what the tools called on the
        kept path hold in that path's own session. Else "".

    Raises:
        ApiUnreachable: the hub that keeps the sessions is gone; and all that `roll` raises.
    """
    log, subject = rollout.model.log, instruction.instruction_id
    branches = Branches(rollout.environment, offer, session_name(instruction), rollout.address)
    if not (log.knows(subject, "api") or log.knows(subject, "begun")):
        await branches.begin()
    tree = await roll(search, offer, rollout, branches)
    # Once written down, the branches may be gone: a search that is replayed after that has nothing to ask.
    end_state: str | None = log.get(subject, "end", "", 0)
    if end_state is None:
        world = tree.kept.world if tree.kept else ""
        end_state = ""
        if any(fact.kind == "state" for fact in instruction.expected_facts):
            called = _called(tree.kept, offer) if tree.kept else []
            end_state = await rollout.environment.end_state(called, branches.session(world))
        await branches.keep(world)
        log.put(subject, "end", "", 0, end_state)
    await branches.drop()
    return tree, end_state


def _called(end: TreeNode, offer: Offer) -> list[Api]:
    """APIs that the path to a node has used: those that answered, and those that may have written."""
    found: dict[str, Api] = {}
    for node in end.path():
        if node.kind != "action_input" or node.parent is None:
            continue
        function = offer.match(node.parent.description)
        if function in (None, FINISH) or node.observation_code == INPUT_ERROR:  # never sent
            continue
        if node.observation_code == NORMAL or function in offer.writing:
            found[function] = offer.api(function)
    return list(found.values())
