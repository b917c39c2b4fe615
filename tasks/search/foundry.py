"""`foundry`: a chain that asks twice where it has doubts, and begins again once.

DFSDT follows every reply, pays for the bad ones again in each request below them, and searches on below them
when they fail. Most of what goes wrong shows at once and for nothing, though: a call that this very path has
made, a value that nobody gave, a name that is not offered, a give-up, an answer that tells nothing of what
was found. So:

1. A reply that nothing speaks against is followed. All its calls are made, side by side.
2. A doubtful one is not: the model is asked once more from the same state, by a fresh draw of the same
   request, which servers hold in their prompt cache. A reply without doubts is followed instead; of two
   doubtful ones the less doubtful is believed. The other stays in the tree as a pruned sibling, for
   preference pairs and for who reads the tree; what it proposed was never sent.
3. A chain that ends without an answer is begun again once, unless the model has given up twice in one state.
4. Requests are lean, and a call that has succeeded in the tree is not sent again (`levers`).

It is a tree of width two that looks before it branches. Nothing is read but the messages of the search.

Sources of the levers, each changed: linear first and tree on failure, call memo, errors by kind (ToolChain*,
arXiv:2310.13227; Tool-Planner, 2406.03807; AnyTool, 2402.04253), several calls in a step (DTA-Llama,
2501.12432), checks before and after execution (ToolTree, 2603.12740).
"""

import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tasks.search.arguments import ArgumentError, arguments_of, documented
from tasks.search.codes import ERROR_MESSAGE, GAVE_UP, NORMAL, NOT_SUBSCRIBED, UNAUTHORIZED
from tasks.search.effects import Act, Effects, FunctionCall, Observation, Outcomes, Reply, Search
from tasks.search.functions import FINISH
from tasks.search.grounds import Told, excuses_itself, leftovers, results, tells_results
from tasks.search.lean import lean_offer, lean_opening
from tasks.search.levers import TAKEN
from tasks.search.problem import Problem
from tasks.search.prompts import diversity
from tasks.search.tree import DecisionTree, TreeNode, called_name
from tasks.search.turn import is_observation, is_reply, refused

VERSION = "1"

MOST_CALLS = 16
"""Calls of one reply that are made; a model may write thousands."""

DOUBTS = {
    "no reply": 9,
    "gave up": 8,
    "repeated": 7,
    "no call": 6,
    "not offered": 5,
    "unusable": 5,
    "made up": 3,
    "tells nothing": 2,
    "excuse": 2,
    "leftovers": 1,
}
"""What speaks against a reply, and how much: of two doubtful ones the lighter is believed."""


@dataclass(frozen=True, slots=True)
class FoundryLimits:
    """Size of the search, and its levers."""

    levers: tuple[str, ...] = tuple(sorted(TAKEN))
    chains: int = 2
    """Chains at most; without the lever `restart` one."""
    asks: int = 2
    """Replies asked of one state in a row at most; with the lever `third` one more."""
    max_depth: int = 12
    """Nodes on a path after which it is not continued; of a reply's calls the first counts."""
    max_queries: int = 200
    """Model replies for one instruction."""
    max_tokens: int = 1024
    """Longest reply [tokens]."""


@dataclass(slots=True)
class Turn:
    """One reply in the tree."""

    end: TreeNode
    """Its deepest node."""
    doubts: tuple[str, ...] = ()
    held: bool = False
    """Its call waits: it is sent only if the reply is believed."""
    agreed: bool = False
    """It gives up, and so did the model when it was asked once more."""

    @property
    def weight(self) -> int:
        """How much speaks against it."""
        return sum(DOUBTS[doubt] for doubt in self.doubts)


Took: TypeAlias = Generator[Effects, Outcomes, Turn]
Served: TypeAlias = Generator[Effects, Outcomes, None]


def foundry(problem: Problem, limits: FoundryLimits | None = None) -> Search:
    """Search until an answer is believed, the model has given up, or the limits are spent."""
    limits = limits or FoundryLimits()
    lean = "lean" in limits.levers
    if lean:
        problem = replace(problem, offer=lean_offer(problem.offer))
    opening = lean_opening(problem.text) if lean else None
    tree = DecisionTree(problem, max_tokens=limits.max_tokens, opening_messages=opening)
    yield from _Foundry(tree, limits).run()
    if tree.answers:
        tree.choose(max(tree.answers, key=lambda node: node.score or 0.0))  # the first of the best
    return tree


@dataclass(slots=True)
class _Foundry:
    tree: DecisionTree
    limits: FoundryLimits
    memory: dict[str, TreeNode] = field(default_factory=dict)
    """Call, in the world it was made in, to the node where it first succeeded."""
    made: dict[int, str] = field(default_factory=dict)
    """Node to its call, of those that have an observation."""
    depths: dict[int, int] = field(default_factory=lambda: {0: 0})
    """Node at the end of a turn to its depth, counted as if every reply had one call."""

    def has(self, lever: str) -> bool:
        return lever in self.limits.levers

    def may_ask(self) -> bool:
        return self.tree.query_count < self.limits.max_queries

    def run(self) -> Served:
        """Chains, until one ends in an answer or there shall be no further one."""
        left = self.limits.chains if self.has("restart") else 1
        node: TreeNode | None = self.tree.root
        while node is not None and self.may_ask():
            turn = yield from self.step(node)
            end = turn.end
            if end.terminal:
                return
            if not end.pruned and self.depths[end.node_id] < self.limits.max_depth:
                node = end
                continue
            end.pruned = True
            left -= 1
            node = None if (turn.agreed and self.has("agreed")) or not left else self.frontier()

    def frontier(self) -> TreeNode:
        """Where a further chain begins: the root, or with its lever where most calls have succeeded."""
        if not self.has("frontier"):
            return self.tree.root
        ends = [self.tree.nodes[number] for number in self.depths]
        free = (end for end in ends if not (end.pruned or end.terminal))
        free = (end for end in free if len(end.children) < 2 * self.limits.asks)
        open_ = [end for end in free if self.depths[end.node_id] < self.limits.max_depth]
        return max(open_ or [self.tree.root], key=lambda end: len(_succeeded(end)))

    def step(self, node: TreeNode) -> Took:
        """The turn after `node` that is believed, asked for again while there are doubts."""
        turns: list[Turn] = []
        asks = self.limits.asks + self.has("third")
        while len(turns) < asks and self.may_ask():
            turns.append((yield from self.take(node)))
            if not turns[-1].doubts or turns[-1].doubts == ("no reply",):
                break
        believed = min(turns, key=lambda turn: turn.weight)  # the first of the lightest
        for turn in turns:
            turn.end.pruned |= turn is not believed and not turn.end.terminal
        if believed.held:
            yield from self.send(node, [believed.end])
        give_ups = sum(turn.end.observation_code == GAVE_UP for turn in turns)
        believed.agreed = believed.end.observation_code == GAVE_UP and give_ups >= min(2, len(turns))
        # Said twice or not, a call that brings nothing new leads nowhere.
        believed.end.pruned |= "repeated" in believed.doubts
        return believed

    def take(self, node: TreeNode) -> Took:
        """One reply, grown; its calls are sent unless there are doubts."""
        told = diversity(self.tree.siblings_calls(node), node.observation) if self.has("told") else None
        ask = replace(self.tree.ask(node, told), parallel=self.has("parallel"))
        (outcome,) = yield (ask,)
        reply = is_reply(outcome)
        followed, doubt = self.followed(node, reply)
        number = self.tree.count(reply, max(len(followed), 1))
        end = self.tree.grow(node, replace(reply, calls=followed), number)
        ends = [end]
        for call in followed[1:]:
            ends.append(self.tree.grow_call(ends[-1], call, number))
        self.depths[ends[-1].node_id] = self.depths[node.node_id] + end.depth - node.depth
        if reply.failed or not followed:
            doubts = ("no reply",) if reply.failed else ("no call",) if self.has("errors") else ()
            self.tree.close_turn(node, end)
            return Turn(end, doubts)
        if self.match(followed[0]) == FINISH:
            self.tree.finish(end)
            self.tree.close_turn(node, end)
            return Turn(end, self.doubts_of_end(end))
        turn = Turn(ends[-1], (doubt,) if doubt else (), held=doubt == "made up")
        if turn.held:
            self.tree.observe(end, NOT_SENT)
        elif doubt == "repeated" and (known := self.made_before(node, self.key(followed[0], node.world))):
            self.recall(end, known)
            self.tree.close_turn(node, end)
        else:
            yield from self.send(node, ends)
        return turn

    def followed(self, node: TreeNode, reply: Reply) -> tuple[tuple[FunctionCall, ...], str]:
        """The calls of a reply that are made, and what speaks against them.

        Those that nothing speaks against, each once; where there is none the first, with its doubt. `Finish`
        beside such calls is left out: it was written before their results were seen.
        """
        if reply.failed or not reply.calls:
            return (), ""
        calls = reply.calls[:MOST_CALLS] if self.has("parallel") else reply.calls[:1]
        clean: dict[str, FunctionCall] = {}
        written = 0
        for call in calls:
            function = self.match(call)
            if function != FINISH and not self.doubt_of(node, call):
                # After a call that writes the same question has another answer.
                written += function in self.tree.problem.offer.writing
                clean.setdefault(f"{written} {self.key(call, node.world) or len(clean)}", call)
        if clean:
            return tuple(clean.values()), ""
        ending = next((call for call in calls if self.match(call) == FINISH), None)
        first = ending or calls[0]
        return (first,), "" if ending else self.doubt_of(node, first)

    def doubt_of(self, node: TreeNode, call: FunctionCall) -> str:
        """What speaks against a call from `node`; empty for nothing that a lever looks at."""
        function = self.match(call)
        if function is None:
            return "not offered" if self.has("errors") else ""
        key = self.key(call, node.world)
        if key is None:
            return "unusable" if self.has("errors") else ""
        if self.made_before(node, key) is not None:
            return "repeated"
        return "made up" if self.has("grounds") and not self.grounded(node, function, call) else ""

    def made_before(self, node: TreeNode, key: str | None) -> TreeNode | None:
        """Where the path has made a call already and would only see the same again; None if it may be made.

        What succeeded is known; what failed may pass once more, unless the API has refused it for good.
        """
        before = [each for each in node.path() if key is not None and self.made.get(each.node_id) == key]
        for each in before:
            if each.observation_code == NORMAL and self.has("memory"):
                return each
            final = len(before) > 1 or each.observation_code in _FOR_GOOD
            if each.observation_code != NORMAL and final and self.has("failures"):
                return each
        return None

    def grounded(self, node: TreeNode, function: str, call: FunctionCall) -> bool:
        """Whether instruction and results bear out every value of a call."""
        schema = next(each for each in self.tree.problem.offer.schemas if each["name"] == function)
        documented_ = schema["parameters"]["properties"]
        told = Told(self.tree.problem.text, *results(node.path()))
        for name, value in arguments_of(call.arguments).items():
            known = documented_.get(name, {})
            if not told.bears(
                value, [*known.get("enum", []), *([known["default"]] if "default" in known else [])]
            ):
                return False
        return True

    def doubts_of_end(self, end: TreeNode) -> tuple[str, ...]:
        """What speaks against a call of `Finish`; an answer is scored by it."""
        if not end.terminal:
            gave_up = end.observation_code == GAVE_UP
            lever = "resigned" if gave_up else "errors"
            return ("gave up" if gave_up else "unusable",) if self.has(lever) else ()
        text, path, answer = self.tree.problem.text, end.path()[:-1], end.answer or ""
        doubts: list[str] = []
        if self.has("untold") and not tells_results(answer, text, path):
            doubts.append("tells nothing")
        if self.has("excuses") and excuses_itself(answer):
            doubts.append("excuse")
        if self.has("leftovers") and leftovers(text, path):
            doubts.append("leftovers")
        end.score = -float(sum(DOUBTS[doubt] for doubt in doubts))
        return tuple(doubts)

    def send(self, node: TreeNode, ends: Sequence[TreeNode]) -> Served:
        """Get the observations of a turn's calls: by the rules, from memory, from the APIs, all at once."""
        waiting: list[tuple[TreeNode, Act, str]] = []
        for end in ends:
            assert end.parent is not None
            call = FunctionCall(end.parent.description, end.description)
            key = self.key(call, end.world)
            if (refusal := refused(self.tree.problem.offer, call.name, call.arguments)) is not None:
                self.tree.observe(end, refusal)
            elif key is not None and key in self.memory and self.has("memory"):
                self.recall(end, self.memory[key])
                self.made[end.node_id] = key
            else:
                function = self.match(call) or ""
                act = self.tree.act(end, function)
                if function in self.tree.problem.offer.writing:  # what follows on the path stands after it
                    yield from self.receive([*waiting, (end, act, "")])
                    waiting = []
                else:
                    waiting.append((end, act, key or ""))
        yield from self.receive(waiting)
        self.tree.close_turn(node, ends[-1])

    def receive(self, waiting: Sequence[tuple[TreeNode, Act, str]]) -> Served:
        """Send calls side by side and note their observations."""
        if not waiting:
            return
        outcomes = yield tuple(act for _, act, _ in waiting)
        for (end, _, key), outcome in zip(waiting, outcomes, strict=True):
            self.tree.observe(end, is_observation(outcome))
            if key:
                self.made[end.node_id] = key
            if key and end.observation_code == NORMAL:
                self.memory.setdefault(key, end)

    def recall(self, end: TreeNode, known: TreeNode) -> None:
        """Show what an equal call has brought before, instead of sending it."""
        self.tree.observe(end, Observation(known.observation, known.observation_code))
        end.repeats = known.node_id

    def match(self, call: FunctionCall) -> str | None:
        return self.tree.problem.offer.match(called_name(call))

    def key(self, call: FunctionCall, world: str) -> str | None:
        """A call and the world it is made in; None where it cannot be made."""
        function = self.match(call)
        if function is None or function == FINISH:
            return None
        try:
            values = documented(self.tree.problem.offer.api(function), arguments_of(call.arguments))
        except ArgumentError:
            return None
        return json.dumps([function, values, world], sort_keys=True)


_FOR_GOOD = frozenset({NOT_SUBSCRIBED, UNAUTHORIZED, ERROR_MESSAGE})
"""Failures that another try does not mend."""

NOT_SENT = Observation('{"error": "not sent: a value of this call was given by nobody", "response": ""}', 2)
"""Observation of a call that was doubted and never believed."""


def _succeeded(end: TreeNode) -> set[str]:
    """The calls on a path that brought something."""
    return {
        f"{node.parent.description} {node.description}"
        for node in end.path()
        if node.kind == "action_input" and node.parent is not None and node.observation_code == NORMAL
    }
