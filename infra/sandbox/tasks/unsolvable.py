"""Tasks that cannot be solved, made so on purpose: what is broken in them, and why nothing offered mends it.

why                 what is done
no_fitting_api      the APIs offered come from another tool, category or collection
missing_api         one wish of several has lost its API
dead_api            one wish needs an API that never answers
invalid_parameter   one value lies outside the documented range or is no date or time; the API refuses it
missing_parameter   one value is not said, and only the person who asks knows it
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from infra.sandbox.tasks.asks import slots
from infra.sandbox.tasks.calling import DEAD
from infra.sandbox.tasks.documents import Arguments, Json, ParameterDocument
from infra.sandbox.tasks.market import Askable, Market, Scope
from infra.sandbox.tasks.natural import Manner
from infra.sandbox.tasks.plans import Call, DeadEnd, Plan, Planner, spoken
from infra.sandbox.tasks.reach import Reach, does_tell
from infra.sandbox.tasks.solving import Outcome, Solver

WHYS = ("no_fitting_api", "missing_api", "dead_api", "invalid_parameter", "missing_parameter")

_IMPOSSIBLE_DAYS = ("02-30", "04-31", "06-31", "09-31", "11-31", "02-31")
_SOMEWHERE = (
    "in my notes",
    "from my last message",
    "I told you about yesterday",
    "we agreed on",
    "I always use",
)
_NEVER_NEGATIVE = re.compile(
    "length|width|height|depth|radius|distance|weight|mass|(^|_)(km|kg|cm|mm|m|grams|litres|kmh|wh|kwh)$"
    "|minutes|hours|speed|(^|_)age$|servings|people|volts|watts|ohms|shutter|capacity|focal"
)
_LABELS: Mapping[str, str] = {"iata": "airport", "country": "country", "currency": "currency"}


@dataclass(frozen=True)
class Broken:
    """An unsolvable task in the making."""

    sentences: tuple[str, ...]
    relevant: tuple[Askable, ...]
    """APIs that would serve a part of it and are offered."""
    calls: tuple[Call, ...]
    """The wishes, of whatever was asked for."""
    scope: Scope
    """Where the other APIs that are offered come from."""
    forbids: Callable[[Askable], bool]
    """Tells which APIs must not be offered, or it might be solvable."""


class Breaker:
    """Makes unsolvable tasks."""

    def __init__(self, market: Market, planner: Planner, solver: Solver) -> None:
        self._market = market
        self._planner = planner
        self._solver = solver
        self._reach = Reach(market.askables)
        self._makers = {
            "no_fitting_api": self._no_fitting_api,
            "missing_api": self._missing_api,
            "dead_api": self._dead_api,
            "invalid_parameter": self._invalid_parameter,
            "missing_parameter": self._missing_parameter,
        }

    def make(self, why: str, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        """Make an unsolvable task of a kind within a scope.

        Raises:
            DeadEnd: chance led nowhere, or this scope has nothing for it.
            Unusable: a call failed that should not have.
        """
        return self._makers[why](scope, rng, manner, session)

    def _no_fitting_api(self, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        plan, outcome = self._wishes(scope, 1 if scope.group == "I1" else 2, rng, manner, session)
        if any(call.askable.is_reckoned for call in plan.calls):
            raise DeadEnd
        elsewhere = [
            other
            for other in self._market.scopes[scope.group]
            if not {m.tool.slug for m in other.members} & {c.askable.tool.slug for c in plan.calls}
        ]
        if not elsewhere:
            raise DeadEnd
        forbids = self._stand_ins(plan.calls, plan, outcome)
        return Broken(tuple(plan.sentences()), (), tuple(plan.calls), rng.choice(elsewhere), forbids)

    def _missing_api(self, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        plan, outcome = self._wishes(scope, rng.choice((2, 2, 3)), rng, manner, session)
        gone = rng.choice(plan.calls)
        if gone.askable.is_reckoned:
            raise DeadEnd
        forbids = self._stand_ins([gone], plan, outcome)
        rest = tuple(call.askable for call in plan.calls if call is not gone)
        if any(forbids(askable) for askable in rest):
            raise DeadEnd
        return Broken(tuple(plan.sentences()), rest, tuple(plan.calls), scope, forbids)

    def _dead_api(self, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        dead = [
            m
            for m in scope.members
            if m.verdict == DEAD and m.asks.asks and m.asks.facts and not m.is_reckoned
        ]
        if not dead:
            raise DeadEnd
        needed = rng.choice(sorted(dead, key=lambda m: self._planner.uses[m.id])[:4])
        wish = self._planner.draw_wish(needed, scope, rng, manner)
        calls = [wish]
        if scope.group != "I1" or rng.random() < 0.3:
            plan, _ = self._wishes(scope, 1, rng, manner, session)
            calls = rng.sample([wish, *plan.calls], 2)
        rest = [call.askable for call in calls if call is not wish]
        if any(self._reach.might_tell(askable, needed) for askable in rest):
            raise DeadEnd
        return Broken(
            tuple(call.sentence for call in calls),
            tuple(call.askable for call in calls),
            tuple(calls),
            scope,
            lambda other: other.id != needed.id and self._reach.might_tell(other, needed),
        )

    def _invalid_parameter(self, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        plan, _ = self._wishes(scope, 1 if scope.group == "I1" else 2, rng, manner, session)
        call = rng.choice(plan.calls)
        vague = re.search("month|year|week", call.template)
        wrong = {
            p.name: impossible(p, call.arguments[p.name], rng)
            for p in _said(call)
            if not (vague and p.kind == "DATE")  # the month of 31 November is clear enough
        }
        able = [name for name, value in wrong.items() if value is not None]
        if not able:
            raise DeadEnd
        name = rng.choice(able)
        call.arguments = {**call.arguments, name: wrong[name]}
        askable = call.askable
        if not self._solver.answers.is_refused(askable.tool, askable.api, call.arguments):
            raise DeadEnd
        call.sentence = spoken(call, call.template, manner)
        return self._with_all(
            plan,
            lambda other: other.tool.slug != askable.tool.slug and self._reach.might_tell(other, askable),
        )

    def _missing_parameter(self, scope: Scope, rng: Random, manner: Manner, session: str) -> Broken:
        plan, _ = self._wishes(scope, 1 if scope.group == "I1" else 2, rng, manner, session)
        call = rng.choice(plan.calls)
        able = {
            p.name: phrase
            for p in _said(call)
            if p.name in call.askable.api.required and (phrase := unsaid(p, call.template, rng))
        }
        if not able:
            raise DeadEnd
        name = rng.choice(sorted(able))
        call.sentence = spoken(call, call.template, manner, {name: able[name]})
        value = str(call.arguments[name]).casefold()
        if any(value in text.casefold() for text in plan.sentences()):
            raise DeadEnd
        return self._with_all(plan, lambda other: False)

    def _wishes(
        self, scope: Scope, calls: int, rng: Random, manner: Manner, session: str
    ) -> tuple[Plan, Outcome]:
        """Draw wishes that could all be met, none fed by another."""
        plan = self._planner.draw(scope, calls, 0, rng, manner)
        return plan, self._solver.solve(plan, session)

    def _stand_ins(self, needed: Sequence[Call], plan: Plan, outcome: Outcome) -> Callable[[Askable], bool]:
        """Return what tells whether an API might stand in for one of the needed calls, or is one of them."""
        wanted: list[Json] = []
        for index, call in enumerate(plan.calls):
            if call in needed:
                wanted += self._solver.values(index, call, outcome)
        known: list[Arguments] = list(outcome.arguments)

        def might(other: Askable) -> bool:
            return any(self._reach.might_tell(other, call.askable) for call in needed) or does_tell(
                self._solver.answers, other, known, wanted
            )

        return might

    def _with_all(self, plan: Plan, forbids: Callable[[Askable], bool]) -> Broken:
        relevant = tuple(call.askable for call in plan.calls)
        return Broken(tuple(plan.sentences()), relevant, tuple(plan.calls), plan.scope, forbids)


def _said(call: Call) -> list[ParameterDocument]:
    return [p for p in call.askable.api.parameters if p.name in slots(call.template)]


def impossible(parameter: ParameterDocument, value: Json, rng: Random) -> Json:
    """Return a value near another that nothing accepts; None where one cannot be sure of that."""
    if parameter.kind == "DATE" and isinstance(value, str):
        return f"{value[:4]}-{rng.choice(_IMPOSSIBLE_DAYS)}"
    if parameter.kind == "TIME" and isinstance(value, str):
        return f"{rng.randint(24, 29)}:{5 * rng.randint(1, 11):02d}"
    if parameter.kind not in ("NUMBER", "INTEGER"):
        return None
    name, low, high = parameter.name, parameter.minimum, parameter.maximum
    if high == 90 and low == -90:
        return rng.choice((-1, 1)) * round(rng.uniform(95, 170), 1)
    if high is not None and (high == 100 and re.search("humidity|percent|share", name)):
        return rng.randint(110, 190)
    if high == 12 and "month" in name:
        return rng.randint(13, 19)
    is_amount = _NEVER_NEGATIVE.search(name) and not re.search("price|cost|rate", name)
    if low is not None and low >= 0 and value > 0 and is_amount:
        return -value
    return None


def unsaid(parameter: ParameterDocument, sentence: str, rng: Random) -> str:
    """Return words for a value that only the person knows; "" where they would not fit the sentence."""
    quoted = re.search(rf"[\"'“‘]\s*\{{{parameter.name}\}}", sentence)
    where = rng.choice(_SOMEWHERE)
    nameless = parameter.name in ("first", "second", "third", "left", "right", "from", "to")
    if quoted or nameless or parameter.kind not in ("DATE", "TIME", "STRING"):
        return ""
    if parameter.kind == "DATE":
        return f"the day {where}"
    if parameter.kind == "TIME":
        return f"the time {where}"
    label = next((word for key, word in _LABELS.items() if key in parameter.name), "")
    return f"the {label or parameter.name.split('_')[-1]} {where}"
