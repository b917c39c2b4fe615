"""Plans: which APIs a task calls, which answers feed which arguments, and the sentences that ask for it.

A plan is made of *wishes*, one sentence each. A wish is a call whose answer holds facts; a chained wish is
fed by *sources*, calls made before it that the text only paraphrases ("the city of Porto").
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from infra.sandbox.tasks.asks import Give, Take, slots
from infra.sandbox.tasks.documents import Arguments
from infra.sandbox.tasks.market import Askable, Scope
from infra.sandbox.tasks.natural import Manner, wants_quotes, written
from infra.sandbox.tasks.values import draw_arguments
from infra.sandbox.tasks.wording import begun, filled

MAX_CALLS = 5
BARE_WEIGHT = 0.15
"""Weight of an API without an asks file beside one that has it."""
REUSE = 0.6
"""Chance that a wish is fed by a source that is there already, where one fits."""
SOURCE_ASKED = 0.3
"""Chance that a source's own facts are asked for as well."""


@dataclass(frozen=True)
class Feed:
    """Where an argument comes from."""

    call: int
    """Index of the earlier call."""
    path: str
    """Place in its answer."""


@dataclass
class Call:
    """One call of a plan."""

    askable: Askable
    arguments: Arguments
    """What the text says."""
    feeds: dict[str, Feed] = field(default_factory=dict)
    """What earlier answers say, by parameter."""
    phrases: dict[str, str] = field(default_factory=dict)
    """How the text speaks of what feeds it, by slot."""
    template: str = ""
    """The sentence of the wish with its slots."""
    sentence: str = ""
    """The wish in words, "" for a source that is not asked for itself."""


@dataclass
class Plan:
    """Calls in the order in which they are made."""

    scope: Scope
    manner: Manner
    calls: list[Call] = field(default_factory=list)

    def edges(self) -> int:
        """Count the answers that feed a later call, once for each pair of calls."""
        return sum(len({feed.call for feed in call.feeds.values()}) for call in self.calls)

    def sentences(self) -> list[str]:
        """Return the wishes in words."""
        return [call.sentence for call in self.calls if call.sentence]

    def tools(self) -> set[str]:
        """Return the slugs of the tools called."""
        return {call.askable.tool.slug for call in self.calls}

    def ancestors(self, index: int) -> set[int]:
        """Return the calls that feed a call, directly or through others."""
        found: set[int] = set()
        for feed in self.calls[index].feeds.values():
            found |= {feed.call} | self.ancestors(feed.call)
        return found


class DeadEnd(Exception):
    """Chance led to where no plan goes on; another draw may."""


class Planner:
    """Draws plans, with a memory of how often each API was used."""

    def __init__(self, usable: Callable[[Askable], bool]) -> None:
        self._usable = usable
        self.uses: Counter[str] = Counter()

    def draw(self, scope: Scope, calls: int, edges: int, rng: Random, manner: Manner) -> Plan:
        """Draw a plan of about so many calls and edges within a scope; raises `DeadEnd`."""
        drawing = _Drawing(Plan(scope, manner), self._members(scope), self._weight, rng)
        while len(drawing.plan.calls) < calls:
            room = calls - len(drawing.plan.calls)
            missing = edges - drawing.plan.edges()
            if missing > 0 and drawing.chained_wish(room, missing):
                continue
            drawing.plain_wish()
        said = [(call.askable.id, repr(call.arguments), repr(call.feeds)) for call in drawing.plan.calls]
        if len(set(said)) < len(said):
            raise DeadEnd
        return drawing.plan

    def draw_wish(self, askable: Askable, scope: Scope, rng: Random, manner: Manner) -> Call:
        """Draw one wish for an API by the values that are listed for it; raises `DeadEnd`."""
        drawing = _Drawing(Plan(scope, manner), [askable], self._weight, rng, vary=False)
        drawing.plain_wish()
        return drawing.plan.calls[0]

    def note(self, plan: Plan) -> None:
        """Count the APIs of a plan that became a task."""
        self.uses.update(call.askable.id for call in plan.calls)

    def _members(self, scope: Scope) -> list[Askable]:
        return [askable for askable in scope.members if self._usable(askable)]

    def _weight(self, askable: Askable) -> float:
        return (BARE_WEIGHT if askable.is_bare else 1.0) / (1 + self.uses[askable.id]) ** 2


class _Drawing:
    """One plan in the making."""

    def __init__(
        self,
        plan: Plan,
        members: Sequence[Askable],
        weight: Callable[[Askable], float],
        rng: Random,
        vary: bool = True,
    ) -> None:
        self.plan = plan
        self._members = members
        self._weight = weight
        self._rng = rng
        self._vary = vary

    def plain_wish(self) -> None:
        """Add a wish that says all its arguments; raises `DeadEnd`."""
        used = {call.askable.id for call in self.plan.calls if call.sentence}
        open_to = [m for m in self._members if m.asks.asks and _has_facts(m) and m.id not in used]
        askable = self._pick(open_to)
        sentence = self._rng.choice(askable.asks.asks)
        call = Call(askable, self._arguments(askable, {*slots(sentence), *askable.api.required}))
        call.template, call.sentence = sentence, begun(spoken(call, sentence, self.plan.manner))
        self.plan.calls.append(call)

    def chained_wish(self, room: int, edges: int) -> bool:
        """Add a wish that other answers feed, with at most `room` calls; return whether one fits."""
        used = {call.askable.id for call in self.plan.calls if call.sentence}
        takers = [
            m
            for m in self._members
            if m.id not in used
            and _has_facts(m)
            and any(self._is_fed(m, s, room, edges) for s in m.asks.chained)
        ]
        if not takers:
            return False
        taker = self._pick(takers)
        fitting = [s for s in taker.asks.chained if self._is_fed(taker, s, room, edges)]
        before = len(self.plan.calls)
        try:
            call = self._fed_call(taker, self._rng.choice(fitting), room - 1, edges)
        except DeadEnd:
            del self.plan.calls[before:]
            return False
        self.plan.calls.append(call)
        return True

    def _fed_call(self, taker: Askable, sentence: str, room: int, edges: int) -> Call:
        """Return the call that a chained sentence asks for, after adding the sources it needs."""
        takes = self._chosen_takes(taker, sentence, room, edges)
        call = Call(taker, {})
        start = len(self.plan.calls)
        for number, take in enumerate(takes):
            later = len(takes) - number - 1
            free = room - (len(self.plan.calls) - start) - later
            source, give, words = self._source(taker, take, free, edges - len(takes), call)
            call.phrases[take.name] = words
            for parameter, field_ in take.fields.items():
                call.feeds[parameter] = Feed(source, give.source[field_])
        named = {name for name in slots(sentence) if taker.api.parameter(name) is not None}
        call.arguments = self._arguments(taker, {*named, *taker.api.required} - call.feeds.keys())
        call.template, call.sentence = sentence, begun(spoken(call, sentence, self.plan.manner))
        return call

    def _source(self, taker: Askable, take: Take, room: int, edges: int, call: Call) -> tuple[int, Give, str]:
        """Return index, give and words of a call that feeds a take: one that is there, or a new one."""
        taken = {feed.call for feed in call.feeds.values()}
        ready = [
            (index, give)
            for index, earlier in enumerate(self.plan.calls)
            if index not in taken and earlier.askable.id != taker.id and not earlier.askable.writes
            for give in earlier.askable.asks.gives
            if give.meaning == take.meaning and self._words_of(earlier, give)
        ]
        if ready and (room < 1 or self._rng.random() < REUSE):
            index, give = self._rng.choice(ready)
            return index, give, self._rng.choice(self._words_of(self.plan.calls[index], give))
        givers = [m for m in self._givers(take.meaning, taker)] if room >= 1 else []
        giver = self._pick(givers)
        give = self._rng.choice([g for g in giver.asks.gives if g.meaning == take.meaning])
        return self._new_source(giver, give, room, edges)

    def _new_source(self, giver: Askable, give: Give, room: int, edges: int) -> tuple[int, Give, str]:
        deep = [w for w in give.words if set(slots(w)) & giver.asks.takes.keys() and edges > 0 and room > 1]
        flat = [w for w in give.words if not left_to_say_plainly(giver, w)]
        if deep and (not flat or self._rng.random() < 0.7):
            words = self._rng.choice(deep)
            call = self._fed_call(giver, words, room - 1, edges)
        elif flat:
            words = self._rng.choice(flat)
            call = Call(giver, self._arguments(giver, {*slots(words), *giver.api.required}))
        else:
            raise DeadEnd
        phrase = spoken(call, words, self.plan.manner)
        call.sentence = self._own_sentence(call) if not call.feeds else ""
        self.plan.calls.append(call)
        return len(self.plan.calls) - 1, give, phrase

    def _own_sentence(self, call: Call) -> str:
        """Return a wish for a source's own facts that says exactly its arguments, now and then."""
        used = {other.askable.id for other in self.plan.calls if other.sentence}
        if self._rng.random() > SOURCE_ASKED or not _has_facts(call.askable) or call.askable.id in used:
            return ""
        known = call.arguments.keys()
        exact = [s for s in call.askable.asks.asks if {*slots(s), *call.askable.api.required} == known]
        if exact:
            call.template = self._rng.choice(exact)
        return begun(spoken(call, call.template, self.plan.manner)) if exact else ""

    def _words_of(self, call: Call, give: Give) -> list[str]:
        """Return how the text can name what a call gives, by the arguments that the call has."""
        known = {*call.arguments, *call.phrases}
        return [spoken(call, words, self.plan.manner) for words in give.words if set(slots(words)) <= known]

    def _is_fed(self, taker: Askable, sentence: str, room: int, edges: int) -> bool:
        """Tell whether a chained sentence has a source for each take that it cannot do without."""
        forced, free = self._takes_in(taker, sentence)
        takes = forced or free[:1]
        fits = len(takes) <= edges and (room > len(takes) or (room >= 1 and bool(self.plan.calls)))
        return fits and bool(takes) and all(self._givers(take.meaning, taker) for take in takes)

    def _chosen_takes(self, taker: Askable, sentence: str, room: int, edges: int) -> list[Take]:
        """Return the takes that shall be fed: those that are no parameter, and now and then others."""
        forced, free = self._takes_in(taker, sentence)
        chosen = list(forced)
        for take in self._rng.sample(free, len(free)):
            wanted = not chosen or (len(chosen) < min(room, edges) and self._rng.random() < 0.3)
            if wanted and self._givers(take.meaning, taker):
                chosen.append(take)
        return chosen

    def _takes_in(self, taker: Askable, sentence: str) -> tuple[list[Take], list[Take]]:
        """Return the takes in a sentence; apart, those named like a parameter, for which a value does too."""
        named = [taker.asks.takes[name] for name in slots(sentence) if name in taker.asks.takes]
        free = [take for take in named if taker.api.parameter(take.name) is not None]
        return [take for take in named if take not in free], free

    def _givers(self, meaning: str, taker: Askable) -> list[Askable]:
        return [
            m
            for m in self._members
            if m.id != taker.id and not m.writes and any(give.meaning == meaning for give in m.asks.gives)
        ]

    def _pick(self, askables: Sequence[Askable]) -> Askable:
        """Draw an API; in a category or collection, rather one of a tool that is not called yet."""
        if not askables:
            raise DeadEnd
        tools = self.plan.tools()
        weights = [
            self._weight(a) * (0.2 if self.plan.scope.group != "I1" and a.tool.slug in tools else 1.0)
            for a in askables
        ]
        return self._rng.choices(askables, weights)[0]

    def _arguments(self, askable: Askable, names: Iterable[str]) -> Arguments:
        wanted = {name for name in names if askable.api.parameter(name) is not None}
        vary = self._vary and self._rng.random() < 0.7
        arguments = draw_arguments(askable.api, askable.asks, wanted, self._rng, vary)
        if wanted - arguments.keys():
            raise DeadEnd
        return arguments


def spoken(call: Call, sentence: str, manner: Manner, instead: Mapping[str, str] | None = None) -> str:
    """Return a sentence with the values of a call; `instead` has other words for some slots."""
    phrases = dict(call.phrases)
    quoted = set()
    for name, value in call.arguments.items():
        parameter = call.askable.api.parameter(name)
        if parameter is not None and name not in phrases:
            phrases[name] = written(parameter, value, manner)
            quoted |= {name} if wants_quotes(parameter, phrases[name]) else set()
    others = dict(instead or {})
    return filled(sentence, phrases | others, frozenset(quoted - others.keys()))


def left_to_say_plainly(askable: Askable, sentence: str) -> list[str]:
    """Return what a sentence lacks if nothing feeds it, and the slots that only a feed could fill."""
    named = slots(sentence)
    strange = [name for name in named if askable.api.parameter(name) is None]
    return strange + [name for name in askable.api.required if name not in named]


def _has_facts(askable: Askable) -> bool:
    return bool(askable.asks.facts) or askable.writes
