"""Which facts can be checked: those that no constant answer tells (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tasks.facts.judging import judge
from tasks.facts.wanted import wanted
from tasks.records import ExpectedFact

TOO_FREQUENT = 0.05
"""Share of the other calls of an API that give the same value."""
GUESSABLE = (0, 1, -1)


@dataclass(slots=True)
class Frequencies:
    """How often each value is the fact of a task, by API and place in its answer."""

    seen: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    """Place to value to the calls that gave it."""

    def note(self, place: str, value: str, call: str) -> None:
        """Count a fact.

        Args:
            place: API and path in its answer.
            value: JSON text.
            call: names the call; the same call in two tasks counts once.
        """
        self.seen.setdefault(place, {}).setdefault(value, Counter())[call] += 1

    def share_of_others(self, place: str, value: str, call: str) -> float:
        """Share of the other calls of a place that give this value; 0 without others."""
        values = self.seen.get(place, {})
        others = sum(len(calls) for calls in values.values()) - 1
        same = len(values.get(value, Counter()).keys() - {call})
        return same / others if others > 0 else 0.0

    def commonest(self, place: str, but: str = "") -> str | None:
        """The value that most calls of a place give, leaving out one call; the least by text of equals."""
        counts = {value: len(calls.keys() - {but}) for value, calls in self.seen.get(place, {}).items()}
        best = max(counts.values(), default=0)
        return min(value for value, count in counts.items() if count == best) if best else None


def unchecked(fact: ExpectedFact, instruction: str, share: float = 0.0) -> str:
    """Why a fact cannot be checked; empty where it can.

    Args:
        fact: of the task.
        instruction: the user's text.
        share: of the other calls of its API that give the same value (`Frequencies.share_of_others`).
    """
    want = wanted(fact)
    if want.kind == "state":
        return ""
    if want.kind == "boolean" or isinstance(want.value, bool):
        return "true or false can be guessed"
    if want.value is None or want.value in ("", [], {}):
        return "there is nothing to tell"
    if want.kind == "number" and want.value in GUESSABLE:
        return f"{want.value} can be guessed"
    if share >= TOO_FREQUENT:
        return f"{share:.0%} of the other calls give the same"
    if judge(instruction.replace("?", "."), [fact], instruction).correct:
        return "the instruction says it"
    return ""


def loose_paths(
    facts: Iterable[ExpectedFact], instruction: str, shares: Mapping[str, float]
) -> dict[str, str]:
    """Paths of the facts that cannot be checked, and why.

    Args:
        facts: of one task.
        instruction: its text.
        shares: by path, see `unchecked`.
    """
    reasons = {fact.path: unchecked(fact, instruction, shares.get(fact.path, 0.0)) for fact in facts}
    return {path: reason for path, reason in reasons.items() if reason}
