"""Carries a plan out over HTTP and reads the facts that a right reply must tell."""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from infra.sandbox.tasks.calling import CALL_TRIES, Answers, Failing, Unusable
from infra.sandbox.tasks.documents import Arguments, Json
from infra.sandbox.tasks.facts import Fact, Ledger, is_guessable, is_in_answers, is_said, read_fact
from infra.sandbox.tasks.hub import Hub
from infra.sandbox.tasks.limits import unfit
from infra.sandbox.tasks.market import Askable
from infra.sandbox.tasks.paths import NoSuchPlace, value_at
from infra.sandbox.tasks.plans import Call, Plan
from infra.sandbox.tasks.values import draw_arguments

DEAF_TRIES = 8
"""Other arguments that an API is tried with once it answered some as it does its example."""


@dataclass(frozen=True)
class Outcome:
    """What the calls of a plan brought."""

    arguments: tuple[Arguments, ...]
    """Of each call, with what earlier answers fed."""
    answers: tuple[Json, ...]
    states: Mapping[str, Json]
    """End state by slug of the tool, of tools that keep one."""


@dataclass(frozen=True)
class Found:
    """The facts of a task, and under which place each is to be counted."""

    facts: tuple[Fact, ...]
    places: tuple[tuple[str, Json], ...]


class Solver:
    """Makes the calls of plans."""

    def __init__(self, hub: Hub, first_states: Mapping[str, Json]) -> None:
        self._hub = hub
        self._first_states = first_states
        self._deaf: dict[str, bool] = {}
        self.answers = Answers(hub)
        self.ledger = Ledger()

    def solve(self, plan: Plan, session: str) -> Outcome:
        """Make all calls of a plan, twice, in a session that is gone afterwards.

        Raises:
            Unusable: a call failed, or the second time brought something else.
        """
        if not any(call.askable.is_stateful for call in plan.calls):
            return self._once(plan, session)
        try:
            first, second = (self._afresh(plan, session) for _ in range(2))
        finally:
            self._hub.forget(session)
        if first != second:
            raise Unusable("the session went another way the second time")
        return first

    def facts(self, plan: Plan, outcome: Outcome, instruction: str) -> Found:
        """Read the facts; raises `Unusable` where a wish has none that a reply could be held to."""
        said = [call.arguments for call in plan.calls]
        facts: list[Fact] = []
        places: list[tuple[str, Json]] = []
        changed = self._changed(plan, outcome)
        for index, call in enumerate(plan.calls):
            if not call.sentence:
                continue
            checkable, others = [], []
            before = [outcome.answers[earlier] for earlier in sorted(plan.ancestors(index))]
            for fact in self._read(index, call, outcome.answers[index]):
                place = f"{call.askable.id} {fact.path.partition('.')[2]}"
                if fact.kind == "boolean":
                    others.append(fact)
                elif (
                    not is_guessable(fact.value)
                    and not is_said(fact.value, instruction, said)
                    and not is_in_answers(fact.value, before)
                    and self.ledger.is_free(place, fact.value)
                ):
                    checkable.append(fact)
                    places.append((place, fact.value))
            writes = call.askable.writes and call.askable.tool.slug in changed
            if not checkable and not writes:
                raise Unusable(f"{call.askable.id} tells nothing that is worth checking")
            facts += checkable + others
        for tool, state in sorted(changed.items()):
            facts.append(Fact(f"state.{tool}", state, "state", 0.0, ""))
        return Found(tuple(facts), tuple(places))

    def values(self, index: int, call: Call, outcome: Outcome) -> list[Json]:
        """Return the values of a wish's facts, whatever they are worth."""
        return [fact.value for fact in self._read(index, call, outcome.answers[index])]

    def note(self, found: Found) -> None:
        """Count the facts of a plan that became a task."""
        for place, value in found.places:
            self.ledger.note(place, value)

    def _afresh(self, plan: Plan, session: str) -> Outcome:
        """Carry a plan out in a fresh session; again from the start where a call fails midway."""
        for _ in range(CALL_TRIES):
            self._hub.forget(session)
            try:
                return self._once(plan, session)
            except _Midway:
                continue
        raise Unusable("its calls failed too often")

    def _once(self, plan: Plan, session: str) -> Outcome:
        arguments: list[Arguments] = []
        answers: list[Json] = []
        for call in plan.calls:
            full = _resolved(call, answers)
            arguments.append(full)
            tool, api = call.askable.tool, call.askable.api
            if not call.askable.is_stateful:
                answers.append(self._asked(call.askable, full))
                continue
            try:
                # A write that failed may have been done: it is not repeated, the session is.
                tries = 1 if call.askable.writes else CALL_TRIES
                answers.append(self.answers.once(tool, api, full, session, tries))
            except Failing as error:
                raise _Midway from error
        stateful = {call.askable.tool.slug for call in plan.calls if call.askable.is_stateful}
        states = self._hub.state(session) if stateful else {}
        return Outcome(tuple(arguments), tuple(answers), states)

    def _asked(self, askable: Askable, arguments: Arguments) -> Json:
        """Return the answer of an API without memory; raises `Unusable`, also where it does not listen."""
        answer = self.answers.ask(askable.tool, askable.api, arguments)
        api = askable.api
        if answer == api.example_response and arguments != api.example_arguments() and self._is_deaf(askable):
            raise Unusable(f"{askable.id} gives its example answer to whatever is asked")
        return answer

    def _is_deaf(self, askable: Askable) -> bool:
        """Tell whether an API answers other arguments, too, as it does its example."""
        if askable.id not in self._deaf:
            api, heard = askable.api, False
            for number in range(DEAF_TRIES):
                rng = Random(f"{askable.id} {number}")
                arguments = draw_arguments(api, askable.asks, api.required, rng, vary=True)
                with contextlib.suppress(Unusable):
                    heard |= self.answers.ask(askable.tool, api, arguments) != api.example_response
            self._deaf[askable.id] = not heard
        return self._deaf[askable.id]

    def _changed(self, plan: Plan, outcome: Outcome) -> dict[str, Json]:
        written = {call.askable.tool.slug for call in plan.calls if call.askable.writes}
        return {
            tool: state
            for tool, state in outcome.states.items()
            if tool in written and state != self._first_states.get(tool)
        }

    def _read(self, index: int, call: Call, answer: Json) -> Iterable[Fact]:
        for asked in call.askable.asks.facts:
            fact = read_fact(index, answer, asked)
            if fact is not None:
                yield fact


class _Midway(Exception):
    """A call of a session failed; what the session holds is unsure."""


def _resolved(call: Call, answers: list[Json]) -> Arguments:
    """Return the arguments of a call, with what earlier answers feed, in the order of the documentation."""
    arguments = dict(call.arguments)
    for name, feed in call.feeds.items():
        try:
            value = value_at(answers[feed.call], feed.path)
        except NoSuchPlace as error:
            raise Unusable(f"an answer has nothing at {feed.path}") from error
        parameter = call.askable.api.parameter(name)
        if value is None or parameter is None or unfit(parameter, value):
            raise Unusable(f"{value!r} cannot feed {name}")
        arguments[name] = value
    return {p.name: arguments[p.name] for p in call.askable.api.parameters if p.name in arguments}
