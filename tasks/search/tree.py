"""A decision tree while it grows, and what is left of it when it is done.

One reply of the model makes a chain of up to three nodes: Thought (what it said), Action (the function it
called), Action Input (the arguments, with the observation). Depth counts nodes, as in ToolBench.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.records import FinishType, Node, NodeKind
from tasks.search.arguments import arguments_of, documented
from tasks.search.codes import FAILED_REPLY, GAVE_UP
from tasks.search.effects import Act, Ask, FunctionCall, Message, Observation, Reply
from tasks.search.finish import read_finish
from tasks.search.messages import turn_messages
from tasks.search.problem import Problem
from tasks.search.prompts import opening
from tasks.search.worlds import Written, not_repeated, up_to, world_of

REPLY_CHARS = 32_768
"""Kept of one thought or argument text; a preset's 1,024 tokens never reach it, a broken model may."""
NAME_CHARS = 256
CALLS_DROPPED = "calls_dropped"
"""Repair of a reply with several calls: the first is followed, as in ToolBench."""


@dataclass(slots=True, eq=False)
class TreeNode:
    """A node that may still change; `DecisionTree.records` freezes it."""

    node_id: int
    parent: "TreeNode | None"
    kind: NodeKind
    description: str
    ask: int
    depth: int
    observation: str = ""
    observation_code: int = 0
    pruned: bool = False
    terminal: bool = False
    children: list["TreeNode"] = field(default_factory=list)
    turn: int = 0
    """Turns between the root and this node, its own included."""
    said: tuple[Message, ...] = ()
    """What the turn that ends here added to the history; empty inside a turn."""
    state: bytes = b""
    """Digest of the history up to the turn that ends here: equal states have equal histories."""
    answer: str | None = None
    """Text of the final answer; None but at a terminal node."""
    chosen: bool = False
    score: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0
    wrote: bytes = b""
    """Digest of the call that was made here and writes, with its arguments; empty for any other."""
    made_before: bool = False
    """The path to here has made this very call, which writes, before: it was not sent again."""
    repeats: int = -1
    """Id of the node that made the same call in the same world before; -1 where it is the first."""

    @property
    def written(self) -> Written:
        """Writing calls on the path to here, its own included."""
        return tuple(node.wrote for node in self.path() if node.wrote)

    @property
    def world(self) -> str:
        """What the path to here has made of the world (`worlds`)."""
        return world_of(self.written)

    def path(self) -> list["TreeNode"]:
        """The nodes from the root to this one, both included."""
        node: TreeNode | None = self
        path: list[TreeNode] = []
        while node is not None:
            path.append(node)
            node = node.parent
        return path[::-1]

    def first_call(self) -> "TreeNode | None":
        """The first Action Input at or below this node, along first children; None without one."""
        node = self
        while node.kind != "action_input" and node.children:
            node = node.children[0]
        return node if node.kind == "action_input" else None


class DecisionTree:
    """The tree of one problem: nodes, what they cost, and where answers and give-ups are."""

    def __init__(
        self,
        problem: Problem,
        temperature: float | None = None,
        max_tokens: int | None = None,
        opening_messages: tuple[Message, Message] | None = None,
    ):
        self.problem = problem
        self.opening = opening_messages or opening(problem.text, problem.offer.apis)
        self.root = TreeNode(0, None, "root", "", ask=-1, depth=0, state=_digest(b"", self.opening))
        self.nodes: list[TreeNode] = [self.root]
        self.answers: list[TreeNode] = []
        self.give_ups: list[TreeNode] = []
        self.query_count = 0
        """Model replies, unusable and discarded ones included."""
        self.api_calls = 0
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.repairs: Counter[str] = Counter()
        """What was mended in replies before they were followed: calls beyond the first left out, and what a
        form of calling had to guess (`text_form`)."""
        self._sampling = (temperature, max_tokens)
        self._asked: Counter[bytes] = Counter()
        self._acted: Counter[bytes] = Counter()
        self._makers: dict[str, int] = {}
        """World to the node whose call has made it."""

    @property
    def win(self) -> bool:
        """A final answer was given; whether it is right is for evaluation."""
        return bool(self.answers)

    @property
    def kept(self) -> TreeNode | None:
        """The answer that is kept: the chosen one, else the first; None without any."""
        return next((node for node in self.answers if node.chosen), self.answers[0] if self.answers else None)

    @property
    def final_answer(self) -> str:
        """Text of the answer that is kept; empty without any."""
        return (self.kept.answer or "") if self.kept else ""

    @property
    def tokens(self) -> int:
        """Billed so far: prompt, cached or not, and completion [tokens]."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def finish_type(self) -> FinishType | None:
        """How the search ended; None when neither answer nor give-up came inside the limits."""
        return "give_answer" if self.answers else "give_up" if self.give_ups else None

    def ask(self, node: TreeNode, passing: Message | None = None) -> Ask:
        """Ask for the next reply after `node`, with a message that only this request sees."""
        said = [message for step in node.path() for message in step.said]
        ordinal = self._asked[node.state]
        self._asked[node.state] += 1
        return Ask(
            (*self.opening, *said, *([passing] if passing else [])),
            self.problem.offer.schemas,
            self.problem.instruction_id,
            ordinal,
            *self._sampling,
        )

    def question(self, messages: Sequence[Message]) -> Ask:
        """Ask something about the tree, apart from every path; nothing of it enters a history."""
        state = _digest(b"", messages)
        ordinal = self._asked[state]
        self._asked[state] += 1
        return Ask(tuple(messages), (), self.problem.instruction_id, ordinal, *self._sampling)

    def act(self, node: TreeNode, function: str) -> Act:
        """Call an offered API with the arguments at `node`, which then stands in the world after the call.

        Raises:
            ArgumentError: the arguments cannot be used; no call is booked.
        """
        values = documented(self.problem.offer.api(function), arguments_of(node.description))
        call = _digest(function.encode(), values)
        ordinal = self._acted[call]
        self._acted[call] += 1
        world = node.world if self.problem.offer.writing else ""
        makes = self._write(node, call) if function in self.problem.offer.writing else ""
        if node.repeats < 0:
            self.api_calls += 1
        return Act(function, node.description, self.problem.instruction_id, ordinal, world, makes)

    def _write(self, node: TreeNode, call: bytes) -> str:
        """Note a call that writes; returns the world it makes."""
        written = node.written
        made = up_to(written, call)
        node.made_before = call in written
        if not node.made_before:
            node.wrote = call
        first = self._makers.setdefault(world_of(made), node.node_id)
        node.repeats = first if first != node.node_id else -1
        return world_of(made)

    def count(self, reply: Reply, followed: int = 1) -> int:
        """Book a reply of which the first `followed` calls are made; returns its ordinal in the tree."""
        self.query_count += 1
        self.prompt_tokens += reply.prompt_tokens
        self.completion_tokens += reply.completion_tokens
        self.repairs.update(reply.repairs)
        if len(reply.calls) > followed:
            self.repairs[CALLS_DROPPED] += len(reply.calls) - followed
        return self.query_count - 1

    def grow(self, parent: TreeNode, reply: Reply, ask: int) -> TreeNode:
        """Add the nodes of a reply below `parent`; returns the deepest, its observation still to come.

        A reply without text and call still makes a Thought, an empty one: every reply costs depth, so that no
        model can keep a tree from ending.
        """
        node, first = parent, len(self.nodes)
        content = None if reply.content is None else _clean(reply.content, REPLY_CHARS)
        call = None if reply.failed or not reply.calls else reply.calls[0]
        if content is not None or call is None:
            node = self._add(node, "thought", content or "", ask)
        if reply.failed:
            node.observation_code = FAILED_REPLY
            node.pruned = True
        elif call is not None:
            node = self.grow_call(node, call, ask)
        node.turn = parent.turn + 1
        self.nodes[first].prompt_tokens = reply.prompt_tokens
        self.nodes[first].completion_tokens = reply.completion_tokens
        return node

    def grow_call(self, node: TreeNode, call: FunctionCall, ask: int) -> TreeNode:
        """Add the nodes of one more call below `node`, in the same turn; returns the deeper."""
        action = self._add(node, "action", called_name(call), ask)
        return self._add(action, "action_input", _clean(call.arguments, REPLY_CHARS), ask, node.turn)

    def observe(self, node: TreeNode, observation: Observation) -> None:
        """Write an observation into the node of its call; marked where the path has made that call before."""
        if node.made_before:
            observation = not_repeated(observation)
        node.observation = _clean(observation.text)
        node.observation_code = observation.code

    def finish(self, node: TreeNode) -> None:
        """Read the call of `Finish` at `node`: an answer ends the path there, a give-up prunes it."""
        finish = read_finish(node.description)
        self.observe(node, finish.observation)
        if finish.answer is not None:
            node.terminal = True
            node.answer = finish.answer
            self.answers.append(node)
        elif node.observation_code == GAVE_UP:
            node.pruned = True
            self.give_ups.append(node)

    def withdraw(self, node: TreeNode) -> None:
        """Take an answer for none: it stays in the tree as a pruned node."""
        self.answers.remove(node)
        node.terminal, node.answer = False, None
        node.pruned = True

    def choose(self, node: TreeNode) -> None:
        """Keep this answer rather than the first."""
        node.chosen = True

    def close_turn(self, parent: TreeNode, node: TreeNode) -> None:
        """Fix what the turn from below `parent` to `node` added to the history."""
        path = node.path()
        node.said = tuple(turn_messages(path[path.index(parent) + 1 :], parent.turn))
        node.state = _digest(parent.state, node.said)

    def siblings_calls(self, node: TreeNode) -> Iterator[tuple[str, str, str]]:
        """Function, arguments and observation of the first call below each child of `node`."""
        for child in node.children:
            call = child.first_call()
            if call is not None and call.parent is not None:
                yield call.parent.description, call.description, call.observation

    def records(self) -> tuple[Node, ...]:
        """The tree as records, in the order the nodes were made."""
        return tuple(
            Node(
                node.node_id,
                -1 if node.parent is None else node.parent.node_id,
                node.kind,
                node.depth,
                node.description,
                node.observation,
                node.observation_code,
                node.pruned,
                node.terminal,
                node.ask,
                node.chosen,
                node.score,
                node.prompt_tokens,
                node.completion_tokens,
                node.repeats,
            )
            for node in self.nodes
        )

    def _add(self, parent: TreeNode, kind: NodeKind, description: str, ask: int, turn: int = 0) -> TreeNode:
        node = TreeNode(len(self.nodes), parent, kind, description, ask, parent.depth + 1, turn=turn)
        parent.children.append(node)
        self.nodes.append(node)
        return node


def refusal(error: str, code: int) -> Observation:
    """What the model is shown when its call is never made, in the envelope of an API's answer."""
    return Observation(json.dumps({"error": error, "response": ""}, ensure_ascii=False), code)


def called_name(call: FunctionCall) -> str:
    """ToolBench keeps the last segment of a dotted name (`functions.Finish`)."""
    return _clean(call.name, NAME_CHARS).rsplit(".", 1)[-1]


def _clean(text: str, limit_chars: int | None = None) -> str:
    """Text that can be stored and sent: lone surrogates replaced, cut where a limit is given."""
    return text[:limit_chars].encode("utf-8", "replace").decode()


def _digest(before: bytes, said: Any) -> bytes:
    return hashlib.blake2b(before + json.dumps(said, sort_keys=True).encode(), digest_size=16).digest()
