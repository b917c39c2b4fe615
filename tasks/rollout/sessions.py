"""An instruction searched in sessions of its own, so that what its calls write is its own too."""

import json
from collections.abc import Iterable, Sequence

from tasks.environment.sessions import session_name
from tasks.records import Api, Instruction
from tasks.rollout.branches import Branches
from tasks.rollout.driver import Rollout, roll
from tasks.search.codes import NORMAL, SENDING_FAILED, TIMEOUT
from tasks.search.effects import Search
from tasks.search.functions import FINISH, Offer
from tasks.search.tree import DecisionTree, TreeNode
from tasks.storage.canonical import canonical_json

_USED = frozenset({NORMAL, TIMEOUT, SENDING_FAILED})


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
        path = tree.kept.path() if tree.kept else [tree.root]
        end_state = ""
        if any(fact.kind == "state" for fact in instruction.expected_facts):
            end_state = await _end_state(path, branches)
        await branches.keep(path[-1].world)
        log.put(subject, "end", "", 0, end_state)
    await branches.drop()
    return tree, end_state


async def _end_state(path: Sequence[TreeNode], branches: Branches) -> str:
    """What the tools used on a path keep in its last world; in an earlier one, those it has only looked at.

    A world may have been made before this path looked at a tool: then the tool's document, unchanged, stands
    where the path has looked at it.
    """
    used = _used(path, branches.offer)
    state: dict[str, object] = {}
    for session in dict.fromkeys(branches.session(node.world) for node in path):
        said = await branches.environment.end_state(used, session)
        if not said:
            return said
        state |= json.loads(said)
    return canonical_json(state).decode()


def _used(path: Iterable[TreeNode], offer: Offer) -> list[Api]:
    """APIs that a path has used: those that answered well, and those whose answer was lost.

    What only a sibling has looked at stands in a session too, unchanged; it is no part of this path's state.
    """
    found: dict[str, Api] = {}
    for node in path:
        if node.kind != "action_input" or node.parent is None:
            continue
        function = offer.match(node.parent.description)
        if function not in (None, FINISH) and node.observation_code in _USED:
            found[function] = offer.api(function)
    return list(found.values())
