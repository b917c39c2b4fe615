"""Which end of a finished tree is kept: one rule for tables, files, drawings and judges (pure)."""

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from tasks.records import Node
from tasks.search.codes import GAVE_UP

_SELDOM = ("chosen", "score", "prompt_tokens", "completion_tokens", "repeats")
_ALWAYS = tuple(field.name for field in dataclasses.fields(Node) if field.name not in _SELDOM)


def kept_answer(nodes: Iterable[Node]) -> Node | None:
    """The answer a tree is read for: the one its method chose, else the first; None without any."""
    answers = [node for node in nodes if node.terminal]
    return next((node for node in answers if node.chosen), answers[0] if answers else None)


def drawn_give_up(nodes: Iterable[Node], instruction_id: str) -> Node | None:
    """One of the give-ups, drawn by the instruction's id: the same on every machine; None without any."""
    give_ups = [node for node in nodes if node.observation_code == GAVE_UP]
    if not give_ups:
        return None
    draw = hashlib.blake2b(instruction_id.encode(), digest_size=8).digest()
    return give_ups[int.from_bytes(draw, "big") % len(give_ups)]


def path_to(nodes: Sequence[Node], end: Node) -> list[Node]:
    """From the root to `end`, both included; `nodes` are the whole tree, at the places their ids name."""
    path = [end]
    while path[-1].parent_id >= 0:
        path.append(nodes[path[-1].parent_id])
    return path[::-1]


def plain(node: Node) -> dict[str, Any]:
    """A node as it is stored: fields that say nothing left out, so that they cost no bytes in every tree."""
    fields = {name: getattr(node, name) for name in _ALWAYS}
    if node.chosen:
        fields["chosen"] = True
    if node.score is not None:
        fields["score"] = node.score
    if node.prompt_tokens or node.completion_tokens:
        fields |= {"prompt_tokens": node.prompt_tokens, "completion_tokens": node.completion_tokens}
    if node.repeats >= 0:
        fields["repeats"] = node.repeats
    return fields
