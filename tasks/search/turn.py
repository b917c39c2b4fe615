"""One turn of a search: ask the model, grow its reply, get the observation of its call."""

from collections.abc import Generator, Sequence
from typing import TypeAlias

from tasks.search.arguments import ArgumentError
from tasks.search.codes import HALLUCINATED, INPUT_ERROR
from tasks.search.effects import Act, Ask, Effects, Message, Observation, Outcomes, Reply
from tasks.search.functions import FINISH
from tasks.search.tree import DecisionTree, TreeNode, refusal

Turn: TypeAlias = Generator[Effects, Outcomes, TreeNode | None]
Step: TypeAlias = Generator[Effects, Outcomes, TreeNode]
Answers: TypeAlias = Generator[Effects, Outcomes, list[Reply]]


def turn(
    tree: DecisionTree,
    node: TreeNode,
    passing: Message | None = None,
    max_queries: int | None = None,
    keep_last: bool = False,
) -> Turn:
    """Take one turn from `node`, one effect at a time.

    Args:
        tree: grows by up to three nodes.
        node: end of an earlier turn, or the root.
        passing: user message that only this request sees, last.
        max_queries: the reply that reaches this many is paid for and thrown away, as in ToolBench.
        keep_last: follow that reply all the same.

    Returns:
        The deepest new node; None where the reply was thrown away.
    """
    reply = yield from _ask(tree.ask(node, passing))
    ask = tree.count(reply)
    if max_queries is not None and tree.query_count >= max_queries and not keep_last:
        return None
    grown = tree.grow(node, reply, ask)
    if grown.kind == "action_input":
        yield from _observe(tree, grown)
    tree.close_turn(node, grown)
    return grown


def step(tree: DecisionTree, node: TreeNode, passing: Message | None = None) -> Step:
    """A turn whose reply is always followed: the limits are the caller's."""
    grown = yield from turn(tree, node, passing)
    assert grown is not None, "a turn without a limit throws nothing away"
    return grown


def questions(tree: DecisionTree, asked: Sequence[Sequence[Message]]) -> Answers:
    """Put questions about the tree, all at once; returns the replies in their order, each one counted."""
    if not asked:
        return []
    outcomes = yield tuple(tree.question(messages) for messages in asked)
    replies = [_is_reply(outcome) for outcome in outcomes]
    for reply in replies:
        tree.count(reply)
    return replies


def _observe(tree: DecisionTree, node: TreeNode) -> Generator[Effects, Outcomes, None]:
    assert node.parent is not None
    said = node.parent.description
    function = tree.problem.offer.match(said)
    if function == FINISH:
        tree.finish(node)
        return
    if function is None:
        tree.observe(node, refusal(f"No such function name: {said}", HALLUCINATED))
        return
    try:
        act = tree.act(node, function)
    except ArgumentError as error:
        tree.observe(node, refusal(str(error), INPUT_ERROR))
    else:
        tree.observe(node, (yield from _act(act)))


def _ask(ask: Ask) -> Generator[Effects, Outcomes, Reply]:
    (outcome,) = yield (ask,)
    return _is_reply(outcome)


def _is_reply(outcome: Reply | Observation) -> Reply:
    if not isinstance(outcome, Reply):
        raise TypeError(f"an Ask is answered by a Reply, not by {type(outcome).__name__}")
    return outcome


def _act(act: Act) -> Generator[Effects, Outcomes, Observation]:
    (observation,) = yield (act,)
    if not isinstance(observation, Observation):
        raise TypeError(f"an Act is answered by an Observation, not by {type(observation).__name__}")
    return observation
