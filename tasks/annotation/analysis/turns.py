"""A tree as turns: what each reply of the model said and did, with what came back (pure).

The one form that every count, picture and pair is made from, whoever grew the tree: our searches, ToolBench's
answer files, its converted runs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson

from tasks.annotation.analysis.failures import Failure, failure_of
from tasks.annotation.published import PublishedSearch
from tasks.records import Node, Trajectory
from tasks.search.codes import FAILED_REPLY, GAVE_UP
from tasks.search.functions import FINISH

DEPTH_LIMIT = 12
"""Nodes on a path after which no searcher goes on; what is pruned above was dropped for another reason."""


@dataclass(slots=True)
class Known:
    """What is known of a search from outside of its tree; None where nobody has said."""

    usd: float | None = None
    """What it cost."""
    correct: bool | None = None
    """Whether its answer, or that it gives none, is right."""
    solvable: bool | None = None
    """Whether the instruction can be solved at all."""
    relevant: tuple[str, ...] | None = None
    """api_ids that the instruction was written for."""


@dataclass(frozen=True, slots=True)
class Action:
    """One call that a reply made, `Finish` included, with its observation."""

    node: Node
    """Its action input."""
    function: str
    """As the model wrote it."""
    failure: Failure | None
    """What went wrong; None where the answer was good, or cannot be judged."""
    known: bool = True
    """False where too little of the observation was kept to judge it; a wrong name is a failure even then."""

    @property
    def arguments(self) -> str:
        """As the model wrote them."""
        return self.node.description

    @property
    def observation(self) -> str:
        """What the model was shown."""
        return self.node.observation

    @property
    def is_finish(self) -> bool:
        """It ends a path, or means to; no API is called."""
        return self.function == FINISH

    @property
    def key(self) -> tuple[str, str]:
        """Equal for calls of one function with equal arguments, however these are spaced and ordered."""
        try:
            arguments = orjson.loads(self.arguments or "{}")
            return self.function, orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):  # hundreds of brackets cannot be written
            return self.function, self.arguments


@dataclass(eq=False)
class Turn:
    """One reply of the model."""

    ask: int
    """Ordinal of the reply in its search."""
    before: "Turn | None"
    """The turn it follows; None where it follows the instruction."""
    nodes: tuple[Node, ...]
    actions: tuple[Action, ...]
    after: list["Turn"] = field(default_factory=list)
    """Turns that follow it, in the order they were made."""

    @property
    def thought(self) -> str:
        """What it said beside its calls, or instead of them."""
        return "\n".join(node.description for node in self.nodes if node.kind == "thought")

    @property
    def end(self) -> Node:
        """Its deepest node, where the path goes on or ends."""
        return self.nodes[-1]

    @property
    def api_actions(self) -> tuple[Action, ...]:
        """Its calls but `Finish`."""
        return tuple(action for action in self.actions if not action.is_finish)

    @property
    def answers(self) -> bool:
        """It ends the path with an answer."""
        return any(node.terminal for node in self.nodes)

    @property
    def gives_up(self) -> bool:
        """It ends the path by giving up."""
        return any(node.observation_code == GAVE_UP for node in self.nodes)

    @property
    def unusable(self) -> bool:
        """The model gave no usable reply."""
        return any(node.observation_code == FAILED_REPLY for node in self.nodes)

    @property
    def closed(self) -> bool:
        """The path ends here without an answer, and was left."""
        return not self.after and self.end.pruned

    def path(self) -> list["Turn"]:
        """From the first turn to this one, both included."""
        turn: Turn | None = self
        found: list[Turn] = []
        while turn is not None:
            found.append(turn)
            turn = turn.before
        return found[::-1]

    def below(self) -> Iterator["Turn"]:
        """This turn and all that follow it, in pre-order."""
        yield self
        for turn in self.after:
            yield from turn.below()


class Searched:
    """One instruction, searched by one chain or by a tree."""

    def __init__(self, trajectory: Trajectory, cut: bool = False, coded: bool = True):
        """Read a tree.

        Args:
            trajectory: whose.
            cut: its texts were cut, so that an observation may be unknown (`PublishedSearch`).
            coded: its observations have status codes.
        """
        self.trajectory = trajectory
        self.cut = cut
        self.coded = coded
        self.known = Known()
        self.nodes = nodes_of(trajectory)
        self.turns = tuple(_turns(self.nodes, cut))
        """In the order the replies were made."""

    @cached_property
    def functions(self) -> list[dict[str, Any]]:
        """Schemas offered, `Finish` last."""
        found: list[dict[str, Any]] = orjson.loads(self.trajectory.functions)
        return found

    @cached_property
    def apis(self) -> dict[str, str]:
        """Function name to api_id, of what was offered."""
        names = [function["name"] for function in self.functions if function["name"] != FINISH]
        return dict(zip(names, self.trajectory.api_ids, strict=False))

    @property
    def first(self) -> list[Turn]:
        """Turns that follow the instruction directly."""
        return [turn for turn in self.turns if turn.before is None]

    @property
    def ends(self) -> list[Turn]:
        """Turns that nothing follows."""
        return [turn for turn in self.turns if not turn.after]

    @property
    def tokens(self) -> int:
        """Billed: prompt, cached or not, and completion; 0 where nobody counted."""
        return self.trajectory.prompt_tokens + self.trajectory.completion_tokens

    def actions(self) -> Iterator[tuple[Turn, Action]]:
        """Calls of APIs, offered or not, in the order they were made."""
        for turn in self.turns:
            for action in turn.api_actions:
                yield turn, action


def searched_of(found: Iterable[Trajectory | PublishedSearch]) -> list[Searched]:
    """Records, ours or published ones, in the form that is counted."""
    return [
        Searched(each.trajectory, each.cut, each.coded)
        if isinstance(each, PublishedSearch)
        else Searched(each)
        for each in found
    ]


def nodes_of(trajectory: Trajectory) -> list[Node]:
    """The nodes of a row, at the places their ids name."""
    return [Node(**fields) for fields in orjson.loads(trajectory.tree)]


def _turns(nodes: Sequence[Node], cut: bool) -> Iterator[Turn]:
    ends: dict[int, Turn] = {}
    """Node to the turn that made it."""
    grouped: dict[int, list[Node]] = {}
    for node in nodes:
        if node.kind != "root":
            grouped.setdefault(node.ask, []).append(node)
    for ask in sorted(grouped):
        made = grouped[ask]
        actions = [
            _action(nodes[node.parent_id].description, node, cut)
            for node in made
            if node.kind == "action_input"
        ]
        before = ends.get(made[0].parent_id)
        turn = Turn(ask, before, tuple(made), tuple(actions))
        ends |= {node.node_id: turn for node in made}
        if before is not None:
            before.after.append(turn)
        yield turn


def _action(function: str, node: Node, cut: bool) -> Action:
    known, failure = failure_of(node.observation, node.observation_code, cut)
    return Action(node, function, failure, known)
