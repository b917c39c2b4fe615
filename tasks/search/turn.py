"""One turn of a search: ask the model, grow its reply, get the observation of its call."""

from collections.abc import Generator, Sequence
from typing import TypeAlias

from tasks.search.arguments import ArgumentError, arguments_of, documented
from tasks.search.codes import HALLUCINATED, INPUT_ERROR
from tasks.search.effects import Act, Ask, Effects, Message, Observation, Outcomes, Reply
from tasks.search.functions import FINISH, Offer
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
    replies = [is_reply(outcome) for outcome in outcomes]
    for reply in replies:
        tree.count(reply)
    return replies


def refused(offer: Offer, name: str, arguments: str) -> Observation | None:
    """What the model is shown of a call that can be made to no API; None where it can be made."""
    function = offer.match(name)
    if function is None:
        return refusal(f"No such function name: {name}", HALLUCINATED)
    try:
        documented(offer.api(function), arguments_of(arguments))
    except ArgumentError as error:
        return refusal(str(error), INPUT_ERROR)
    return None


def _observe(tree: DecisionTree, node: TreeNode) -> Generator[Effects, Outcomes, None]:
    assert node.parent is not None
    said, offer = node.parent.description, tree.problem.offer
    if offer.match(said) == FINISH:
        tree.finish(node)
        return
    refusal_ = refused(offer, said, node.description)
    if refusal_ is not None:
        tree.observe(node, refusal_)
    else:
        tree.observe(node, (yield from _act(tree.act(node, offer.match(said) or ""))))


def _ask(ask: Ask) -> Generator[Effects, Outcomes, Reply]:
    (outcome,) = yield (ask,)
    return is_reply(outcome)


def is_reply(outcome: Reply | Observation) -> Reply:
    """The outcome of an `Ask`."""
    if not isinstance(outcome, Reply):
        raise TypeError(f"an Ask is answered by a Reply, not by {type(outcome).__name__}")
    return outcome


def is_observation(outcome: Reply | Observation) -> Observation:
    """The outcome of an `Act`."""
    if not isinstance(outcome, Observation):
        raise TypeError(f"an Act is answered by an Observation, not by {type(outcome).__name__}")
    return outcome


def _act(act: Act) -> Generator[Effects, Outcomes, Observation]:
    (outcome,) = yield (act,)
    return is_observation(outcome)
