"""Why DFSDT is not always better than ReACT: paired outcomes, split by what made them differ (pure).

DFSDT's first chain, down to where it first turns back, is ReACT: with replies replayed by state and ordinal
the two are equal node for node. So whatever a tree and a chain of one instruction end with, the tree's own
first chain stands between them. Between it and the tree lies what the tree did (rescued, harmed), between it
and the chain lies sampling, and between equal answers with unequal verdicts lies the judge.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.annotation.analysis.costs import turn_costs
from tasks.annotation.analysis.sheets import Cell, Share, Sheet, sheet
from tasks.annotation.analysis.turns import Searched, Turn

Split = Literal[
    "same path, right",
    "same path, wrong",
    "no answer from either",
    "rescued by the tree",
    "harmed by the tree",
    "changed only by sampling, for the better",
    "changed only by sampling, for the worse",
    "changed only by the judge",
    "other path, both right",
    "other path, both wrong",
]
MEANINGS: dict[Split, str] = {
    "same path, right": "the tree answered on its first chain, as ReACT did, rightly",
    "same path, wrong": "the same, wrongly: a tree ends at its first answer and never looks at it again",
    "no answer from either": "the tree grew on and found nothing",
    "rescued by the tree": "the first chain failed, a later branch is right",
    "harmed by the tree": "the first chain was right to end where it did, a later branch answers wrongly",
    "changed only by sampling, for the better": "right, as its own first chain is; another chain was wrong",
    "changed only by sampling, for the worse": "wrong, as its own first chain is; another chain was right",
    "changed only by the judge": "one answer, two verdicts",
    "other path, both right": "different paths, both right",
    "other path, both wrong": "different paths, both wrong",
}
"""What may come of a pair, in the order of tables."""


@dataclass(frozen=True, slots=True)
class Paired:
    """One instruction, searched by a tree and by a chain."""

    instruction_id: str
    split: Split
    tree_right: bool
    chain_right: bool
    first_chain_right: bool
    same_first_chain: bool
    """The chain is the tree's first chain, call for call."""


def first_chain(searched: Searched) -> list[Turn]:
    """The turns of a search before it first turned back: what ReACT would have done with these replies."""
    chain: list[Turn] = []
    turns = searched.first
    while turns:
        chain.append(turns[0])
        turns = turns[0].after
    return chain


def ends_at_first_chain(searched: Searched) -> bool:
    """Whether the answer that counts, or the lack of one, is the first chain's."""
    chain = first_chain(searched)
    return len(chain) == len(searched.turns) or (bool(chain) and chain[-1].answers)


def beyond(searches: Sequence[Searched]) -> Sheet:
    """What searchers find on their first chain, what beyond it, and what they pay there."""
    grouped: dict[str, list[Searched]] = {}
    for searched in searches:
        grouped.setdefault(searched.trajectory.method, []).append(searched)
    rows: list[list[Cell]] = []
    for method, members in sorted(grouped.items()):
        at_once = sum(each.trajectory.win and ends_at_first_chain(each) for each in members)
        later = sum(each.trajectory.win for each in members) - at_once
        billed = {id(each): turn_costs(each) for each in members}
        whole = sum(cost.tokens for costs in billed.values() for cost in costs.values())
        first = sum(billed[id(each)][turn.ask].tokens for each in members for turn in first_chain(each))
        counted = any(each.tokens for each in members)
        rows.append(
            [
                method,
                len(members),
                Share(at_once, len(members)),
                Share(later, len(members)),
                Share(len(members) - at_once - later, len(members)),
                Share(whole - first, whole) if counted else None,
                round((whole - first) / later) if counted and later else None,
            ]
        )
    columns = ["searcher", "searches", "answered on the first chain", "answered later", "not answered"]
    columns += ["tokens beyond the first chain", "tokens a later answer"]
    return sheet("beyond_the_first_chain", "The first chain, and what lies beyond it", columns, rows)


def is_right(searched: Searched) -> bool:
    """Whether a search solved its instruction; where nobody has checked, whether it answered."""
    return searched.trajectory.win if searched.known.correct is None else searched.known.correct


def first_chain_is_right(searched: Searched) -> bool:
    """Whether the first chain of a tree alone would have solved the instruction."""
    if ends_at_first_chain(searched):
        return is_right(searched)
    # It ended without an answer: right if it said so, where there is none to give, and else a failure.
    declined = first_chain(searched)[-1].gives_up
    return declined and searched.known.correct is not None and searched.known.solvable is False


def paired(trees: Iterable[Searched], chains: Iterable[Searched]) -> list[Paired]:
    """Pairs of the instructions that both searched, in the order of the trees.

    Args:
        trees: by DFSDT.
        chains: by ReACT, with the same replies or with fresh ones.
    """
    by_instruction = {each.trajectory.instruction_id: each for each in chains}
    found: list[Paired] = []
    for tree in trees:
        chain = by_instruction.get(tree.trajectory.instruction_id)
        if chain is not None:
            found.append(
                Paired(
                    tree.trajectory.instruction_id,
                    _split(tree, chain),
                    is_right(tree),
                    is_right(chain),
                    first_chain_is_right(tree),
                    _said(first_chain(tree)) == _said(chain.turns),
                )
            )
    return found


def _split(tree: Searched, chain: Searched) -> Split:
    tree_right, chain_right = is_right(tree), is_right(chain)
    same = tree.trajectory.win and chain.trajectory.win and _said(_answered(tree)) == _said(_answered(chain))
    silent = not tree.trajectory.win and not chain.trajectory.win
    same |= silent and tree.trajectory.finish_type == chain.trajectory.finish_type
    if tree_right == chain_right:
        if silent:
            return "no answer from either"
        if same:
            return "same path, right" if tree_right else "same path, wrong"
        return "other path, both right" if tree_right else "other path, both wrong"
    if same:
        return "changed only by the judge"
    if tree_right == first_chain_is_right(tree):
        sampled: tuple[Split, Split] = (
            "changed only by sampling, for the worse",
            "changed only by sampling, for the better",
        )
        return sampled[tree_right]
    return "rescued by the tree" if tree_right else "harmed by the tree"


def _answered(searched: Searched) -> list[Turn]:
    """The path to the answer that counts."""
    answers = [turn for turn in searched.turns if turn.answers]
    chosen = [turn for turn in answers if any(node.chosen for node in turn.nodes)]
    return (chosen or answers)[0].path()


def _said(turns: Sequence[Turn]) -> list[tuple[tuple[str, str], ...]]:
    """The calls of a path, turn by turn; the answer is the last one. Thoughts decide nothing."""
    return [tuple(action.key for action in turn.actions) for turn in turns]


def why(columns: Mapping[str, Sequence[Paired]]) -> Sheet:
    """The split of pairs, one column a comparison (replayed, fresh ...)."""
    counted = {name: Counter(pair.split for pair in pairs) for name, pairs in columns.items()}
    rows: list[list[Cell]] = []
    for split, meaning in MEANINGS.items():
        if any(counts[split] for counts in counted.values()):
            shares = (Share(counted[name][split], len(pairs)) for name, pairs in columns.items())
            rows.append([split, *shares, meaning])
    rights: dict[str, Callable[[Paired], bool]] = {
        "right: DFSDT": lambda pair: pair.tree_right,
        "right: its first chain": lambda pair: pair.first_chain_right,
        "right: ReACT": lambda pair: pair.chain_right,
    }
    for title, right in rights.items():
        shares = (Share(sum(map(right, pairs)), len(pairs)) for pairs in columns.values())
        rows.append([title, *shares, ""])
    same = (Share(sum(pair.same_first_chain for pair in pairs), len(pairs)) for pairs in columns.values())
    rows.append(["ReACT is the first chain", *same, "call for call"])
    note = "Pairs: " + ", ".join(f"{name} {len(pairs)}" for name, pairs in columns.items()) + "."
    return sheet("why", "DFSDT and ReACT, pair by pair", ["a pair", *columns, "meaning"], rows, note)
