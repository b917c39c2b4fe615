"""Self-consistency of chains: `CoT-SC@<N>`.

N independent ReACT chains, side by side and all to their ends; the answer that most of them give is kept, of
equally frequent ones the one whose chain began first. Costs N chains, whether the first was right or not.

Source: Wang et al., 2022, arXiv:2203.11171, over ReAct (Yao et al., 2022, arXiv:2210.03629). Ours: answers
are free text, so two count as equal when they are after `normalised`; a chain without an answer has no vote.
Diversity comes from sampling alone: with a server that draws nothing, N equal chains are paid for.
"""

import re
import unicodedata
from collections import Counter

from tasks.search.abreast import abreast
from tasks.search.effects import Search
from tasks.search.problem import Problem
from tasks.search.react import ChainLimits, chain
from tasks.search.tree import DecisionTree

_GROUPED = re.compile(r"(?<=\d)[,\u00a0\u202f'](?=\d{3}(?!\d))")
_NO_WORD = re.compile(r"[^\w.+-]+")


def self_consistency(problem: Problem, limits: ChainLimits | None = None) -> Search:
    """Run all chains at once and keep the majority's answer."""
    limits = limits or ChainLimits(attempts=3)
    tree = DecisionTree(problem, max_tokens=limits.max_tokens)
    ends = yield from abreast(chain(tree, limits.max_depth) for _ in range(limits.attempts))
    answers = [end for end in ends if end.terminal]
    if answers:
        votes = Counter(normalised(end.answer or "") for end in answers)
        for end in answers:
            end.score = float(votes[normalised(end.answer or "")])
        tree.choose(max(answers, key=lambda end: end.score or 0.0))  # the first of the best
    return tree


def normalised(answer: str) -> str:
    """An answer as it is compared: case, width, spaces, punctuation and ways to write a number left out.

    >>> normalised("The total is  1,250.00 EUR."), normalised("the total is 1250 eur")
    ('the total is 1250 eur', 'the total is 1250 eur')
    """
    text = _GROUPED.sub("", unicodedata.normalize("NFKC", answer).casefold())
    return " ".join(word for each in _NO_WORD.split(text) if (word := _word(each)))


def _word(text: str) -> str:
    sign = "-" if text[:1] == "-" and text[1:2].isdigit() else ""
    text = text.strip(".+-")
    if "." in text and text.replace(".", "", 1).isdigit():
        text = text.rstrip("0").rstrip(".")
    return sign + text if text else ""
