"""Looks at a run's caps, in USD and in tokens, while it works, and tells of each alert once a channel.

What was said is written down below the root, one object an alert and channel: what a shell has read reaches
the server all the same, and a process that comes later, on whatever host, repeats neither. It is written
after it was said: a process that is killed in between has it said again, never not at all, and so have two
that see a threshold passed at the same moment (the server drops an event whose id it has seen).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

import orjson

from tasks.errors import FactoryError
from tasks.llm.accounts import NANO, UNITS, Account
from tasks.llm.booking import scopes_of
from tasks.llm.ledger import open_ledger
from tasks.llm.payment import refused_by
from tasks.llm.spending.alerts import Alert, Spending, due
from tasks.storage.addresses import join, root
from tasks.storage.store import store_of

FOLDER = ".alerts"
"""Below the root."""
_MOST_OF_THE_TIME = 20
"""At most one part in so many of the time of whoever works goes into looking."""


class Watch:
    """One run's stage, watched by one process."""

    def __init__(
        self,
        run: str,
        stage: str,
        say: Callable[[Alert], None],
        channel: str,
        projected_usd: Callable[[], float | None] = lambda: None,
        every_s: float = 5.0,
    ):
        """Watch a stage.

        Args:
            run: its run id.
            stage: its name.
            say: tells of an alert that is new.
            channel: whom `say` reaches, a word; what was said there is said there once.
            projected_usd: what the stage will come to; asked for at most every `every_s`.
            every_s: shortest time between two looks [s].
        """
        self._run, self._stage, self._say, self._channel = run, stage, say, channel
        self._projected_usd, self._every_s, self._wait_s = projected_usd, every_s, every_s
        self._looked = -every_s
        self._said: set[str] = set()

    def look(self) -> None:
        """Say what is due and new; at most every so many seconds, quick in between.

        Whoever works waits for it: the more commits there are to read, the more seldom it looks.
        """
        if time.monotonic() - self._looked >= self._wait_s:
            self.look_now()
            took_s = time.monotonic() - self._looked
            self._wait_s = max(self._every_s, _MOST_OF_THE_TIME * took_s)

    def look_now(self, refusals: Iterable[str] = ()) -> None:
        """The same at once; `refusals` say why work ended, those that name a cap among them.

        A ledger or store that fails just now is not a run's end: the next look tells.
        """
        self._looked = time.monotonic()
        try:
            self.tell(self._due(tuple(refusals)))
        except FactoryError:
            return

    def tell(self, alerts: Iterable[Alert]) -> None:
        """Say those that nobody has said on this channel.

        Raises:
            FactoryError: the store below the root cannot be used now; what was said is not said again here.
        """
        for alert in alerts:
            key = f"{alert.identity}.{self._channel}.json"
            if key in self._said:
                continue
            store = store_of(join(root(), FOLDER))
            if store.read(key) is not None:
                self._said.add(key)
                continue
            self._say(alert)
            self._said.add(key)
            store.create(key, orjson.dumps(alert.to_plain()))

    def _due(self, refusals: tuple[str, ...]) -> list[Alert]:
        ledger = open_ledger()
        scopes = scopes_of(f"{datetime.now(UTC):%Y-%m-%d}", self._run, self._stage)
        booked = {scope: ledger.account(scope) for scope in scopes}
        projected = self._projected(booked)
        found = []
        for scope, (settled, reserved, *caps) in booked.items():
            for place, unit in enumerate(UNITS):
                spending = Spending(
                    scope,
                    settled[place],
                    reserved[place],
                    caps[place],
                    projected.get(scope) if unit == "USD" else None,
                    any(refused_by(each, scope, unit) for each in refusals),
                    unit,
                )
                found += due(self._run, spending)
        return found

    def _projected(self, booked: Mapping[str, Account]) -> dict[str, int]:
        """What the stage, and by that its run, will come to [nano-USD]; other stages at what is settled.

        Days are left out: nobody knows which day the rest falls on.
        """
        *_, run, own = booked
        if booked[run].cap_nano_usd is None and booked[own].cap_nano_usd is None:
            return {}
        projected_usd = self._projected_usd()
        if projected_usd is None:
            return {}
        stage = round(projected_usd * NANO)
        others = booked[run].settled.nano_usd - booked[own].settled.nano_usd
        return {own: stage, run: others + stage}
