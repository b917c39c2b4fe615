"""Whether another API could tell what one is needed for: the question behind every unsolvable task.

Nobody can prove that no path leads to a fact, so the answer errs on one side: an API that only might tell is
not offered. It is judged by its tool (APIs of one tool often follow from each other: day length from sunrise
and sunset), by the keys of its answer, by what asks files say that it gives, by the words of documentation
and asks; and by a call with the values of the task, wherever they fill its parameters.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from infra.sandbox.tasks.calling import DEAD, SOUND, Answers, Unusable
from infra.sandbox.tasks.documents import Arguments, Json
from infra.sandbox.tasks.limits import is_number, unfit
from infra.sandbox.tasks.market import Askable
from infra.sandbox.tasks.paths import leaves

ALIKE = 0.16
"""Share of an API's words, weighed by rarity, from which on another API with them might do its work."""
ALIKE_WITH_KEY = 0.08
"""The same, where the other's answer also has a key of a wanted fact."""
COMMON_KEY = 0.05
"""A key in more than this share of all answers says nothing."""

_STOP = (
    "the and for with from that this are its has have was were what which when how who one each any "
    "all not can you need tell please give want would much many does did into out per than then there "
    "their them they our your get got two three also only more most other some such same between both "
    "first last next"
)


class Reach:
    """Compares the APIs of a marketplace."""

    def __init__(self, askables: Sequence[Askable]) -> None:
        self._bags = {askable.id: _words(askable) for askable in askables}
        self._keys = {askable.id: _answer_keys(askable) for askable in askables}
        count = len(askables)
        documents = Counter(word for bag in self._bags.values() for word in bag)
        self._rarity = {word: math.log((1 + count) / seen) for word, seen in documents.items()}
        keys = Counter(key for known in self._keys.values() for key in known)
        self._common = {key for key, seen in keys.items() if seen > max(2, COMMON_KEY * count)}

    def likeness(self, needed: Askable, other: Askable) -> float:
        """Return how many of an API's words another one has, weighed by rarity, in [0, 1]."""
        bag = self._bags[needed.id]
        whole = math.fsum(self._rarity[word] for word in bag)
        shared = math.fsum(self._rarity[word] for word in bag & self._bags[other.id])
        return shared / whole if whole else 0.0

    def might_tell(self, other: Askable, needed: Askable) -> bool:
        """Tell whether an API might stand in for the one that is needed."""
        if other.tool.slug == needed.tool.slug:
            return True
        alike = max(self.likeness(needed, other), self.likeness(other, needed))
        wanted = {_last_key(fact.path) for fact in needed.asks.facts}
        shared = wanted & self._keys[other.id]
        limit = ALIKE_WITH_KEY if shared else ALIKE
        return bool(shared - self._common) or alike >= limit or self._gives_same(other, needed)

    def _gives_same(self, other: Askable, needed: Askable) -> bool:
        wanted = {fact.path for fact in needed.asks.facts}
        told = {give.meaning for give in needed.asks.gives if wanted & set(give.source.values())}
        return bool(told & {give.meaning for give in other.asks.gives})


def does_tell(answers: Answers, other: Askable, known: Iterable[Arguments], wanted: Iterable[Json]) -> bool:
    """Call an API with the values of a task, and tell whether its answer holds a wanted fact.

    A dead API tells nothing; a doubtful one that takes these values is taken to tell, without a call.

    Args:
        answers: makes the calls.
        other: the API in question.
        known: arguments of the task's calls; the first value of a name counts.
        wanted: values of the facts.
    """
    values: dict[str, Json] = {}
    for arguments in known:
        values = {**arguments, **values}
    given: Arguments = {}
    for parameter in other.api.parameters:
        if parameter.name in values and not unfit(parameter, values[parameter.name]):
            given[parameter.name] = values[parameter.name]
        elif parameter.required:
            return False
    if other.is_stateful or other.verdict == DEAD:
        return False
    if other.verdict != SOUND:
        return True
    try:
        answer = answers.ask(other.tool, other.api, given)
    except Unusable:
        return False
    told = [leaf for _, leaf in leaves(answer)]
    return any(_is_same(value, leaf) for value in wanted for leaf in told)


def _is_same(wanted: Json, told: Json) -> bool:
    if isinstance(wanted, list):
        return any(_is_same(part, told) for part in wanted)
    if is_number(wanted) and is_number(told):
        return math.isclose(wanted, told, rel_tol=0.005)
    return str(wanted).casefold() == str(told).casefold()


def _words(askable: Askable) -> set[str]:
    keys = " ".join(_last_key(fact.path).replace("_", " ") for fact in askable.asks.facts)
    own = (askable.api.name, askable.api.description, *askable.asks.asks, keys)
    found = re.findall(r"[a-z]{3,}", re.sub(r"\{[^}]*\}", " ", " ".join(own)).lower())
    return {_stem(word) for word in found if word not in _STOP.split()}


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word.removesuffix("e") if len(word) > 4 else word


def _answer_keys(askable: Askable) -> set[str]:
    return {_last_key(path) for path, _ in leaves(askable.api.example_response)} - {""}


def _last_key(path: str) -> str:
    return next((step for step in reversed(path.split(".")) if not step.isdecimal()), "")
