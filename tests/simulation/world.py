"""A world of one table that can be copied and broken at every step: store, clock, log, ledger, provider.

It performs the effects that the factory's own machines yield (`tasks.storage.effects`,
`tasks.llm.payment`), each in one of several ways: as it should, refused, done and not heard, done later, or
with the death of who asked. After every effect the promises are checked on what has changed.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from tasks.errors import ModelOverloaded, StorageUnavailable
from tasks.llm import booking, payment
from tasks.llm.accounts import CallKey, Process, Sum
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatReply, Usage
from tasks.storage import commits, effects
from tasks.storage.addresses import TABLE_KEY, commit_key, parse_commit_key
from tasks.storage.folder import Stamp
from tests.simulation.books import NOW, Books
from tests.tasks.storage.tables_made import a_manifest

HOUR = 3600.0
ADDRESS = "/simulated/v1"
MANIFEST = a_manifest()
IDENTITY = MANIFEST.identity
PRICE = Price(1000, 1000, 1000, 1000, "simulated")
REQUEST_BYTES, MAX_TOKENS = 60, 40
WORST = PRICE.worst(REQUEST_BYTES, MAX_TOKENS)
REPLY = ChatReply("an answer", (), Usage(uncached=20, output=10))
COST = PRICE.cost(REPLY.usage)
TOKENS = REQUEST_BYTES + MAX_TOKENS
"""Most a call can have; as many as `WORST` has nano-USD, by `PRICE`."""
TENFOLD = ChatReply("an answer", (), Usage(uncached=REQUEST_BYTES, output=10 * TOKENS - REQUEST_BYTES))
"""Of a server that keeps no limit; it bills ten times the worst case, never more."""
SILENT = ChatReply("an answer", (), Usage(), usage_known=False)
ROOMY = 1000
"""More calls than any simulation makes."""
RUN = "run:r"
LONGEST_FLIGHT_S = HOUR
"""No request arrives later than this after it was sent: clients and servers give up in minutes."""
_TABLE = MANIFEST.to_json()

READS = (effects.Keys, effects.Read, effects.Dated, effects.StoreTime)
BOOKS = (payment.Reserve, payment.Log, payment.Settle, payment.SettleLogged)
WAYS: dict[type[Any], tuple[str, ...]] = {
    **dict.fromkeys(READS, ("fail", "kill")),
    **dict.fromkeys(BOOKS, ("fail", "kill", "kill after")),
    effects.Upload: ("fail", "unheard", "late", "kill", "kill after", "kill late"),
    effects.Create: ("fail", "unheard", "told no", "late", "kill", "kill after", "kill late"),
    effects.Delete: ("fail", "unheard", "kill", "kill after"),
    effects.Unfinished: (),
    effects.Elapsed: (),
    payment.Recall: ("kill",),
    payment.Wait: ("kill",),
    payment.Complete: ("refused", "lost", "tenfold", "silent", "kill", "kill after"),
}
"""How an effect can go wrong."""


class Broken(AssertionError):
    """A promise was broken."""


class Killed(Exception):
    """Who asked is dead."""


class Flight(NamedTuple):
    """A write that its sender has given up, and that may still arrive."""

    key: str
    content: bytes
    only_if_absent: bool
    sent: float


@dataclass(slots=True)
class World:
    """Everything but the workers."""

    cap: int
    """nano-USD."""
    cap_tokens: int = ROOMY * TOKENS
    time: float = 100 * HOUR
    objects: dict[str, tuple[bytes, float]] = field(default_factory=lambda: {TABLE_KEY: (_TABLE, 0.0)})
    flying: tuple[Flight, ...] = ()
    books: dict[str, Books] = field(default_factory=dict)
    """Host to its ledger."""
    logs: dict[tuple[str, int, int], dict[str, Any]] = field(default_factory=dict)
    """Host, shard and how often its log was removed, to subject and answer."""
    removals: dict[tuple[str, int], int] = field(default_factory=dict)
    billed: dict[str, int] = field(default_factory=dict)
    """Host to what the provider has billed to it [nano-USD; as many tokens, by `PRICE`]."""
    beyond: dict[str, int] = field(default_factory=dict)
    """Host to what of that was above the reservation of its call."""
    alive: frozenset[Process] = frozenset()
    owed: tuple[tuple[Process, payment.Settle], ...] = ()
    """What processes could not book, and will before they reserve again."""
    used: frozenset[tuple[str, int, int, str]] = frozenset()
    """Logs and subjects whose reply somebody has used."""
    newest: dict[int, commits.Commit] = field(default_factory=dict)
    """Shard to its newest commit, as last checked."""
    rows: dict[int, frozenset[str]] = field(default_factory=dict)
    """Shard to the rows it has published, as last checked."""
    plan: tuple[tuple[str, ...], ...] = ()
    """Units of each shard."""

    def copy(self) -> "World":
        return World(
            self.cap,
            self.cap_tokens,
            self.time,
            dict(self.objects),
            self.flying,
            {host: each.copy() for host, each in self.books.items()},
            {name: dict(each) for name, each in self.logs.items()},
            dict(self.removals),
            dict(self.billed),
            dict(self.beyond),
            self.alive,
            self.owed,
            self.used,
            dict(self.newest),
            dict(self.rows),
            self.plan,
        )

    def key(self) -> Any:
        """What tells this state from others."""
        return (
            tuple(sorted(self.objects.items())),
            self.flying,
            self.time,
            tuple(
                (host, tuple(sorted(each.scopes.items())), tuple(each.calls), tuple(each.factors.items()))
                for host, each in self.books.items()
            ),
            tuple((name, tuple(sorted(each))) for name, each in sorted(self.logs.items())),
            tuple(sorted(self.removals.items())),
            tuple(sorted(self.billed.items())),
            tuple(sorted(self.beyond.items())),
            self.alive,
            self.owed,
            self.used,
        )

    def books_of(self, host: str) -> Books:
        if host not in self.books:
            self.books[host] = Books()
            self.books[host].set_caps(RUN, self.cap, self.cap_tokens)
        return self.books[host]

    def perform(
        self, effect: Any, who: Process, call: CallKey | None, log: tuple[str, int, int], way: str
    ) -> Any:
        """Do one thing in one way; the outcome, or what is raised for it.

        Args:
            effect: of a machine.
            who: asks.
            call: what is paid for, where it is about that.
            log: the call log that is open.
            way: `ok` or one of `WAYS`.

        Raises:
            Killed: who asked is dead, before or after.
            FactoryError: what the real thing would raise.
            Broken: a promise was broken.
        """
        if way == "kill":
            raise Killed
        if way == "fail":
            if isinstance(effect, payment.Settle):  # as `Ledger.settle` does
                self.owed = (*self.owed, (who, effect))
            raise StorageUnavailable("simulated")
        if way in ("late", "kill late"):
            self._send(effect)
        outcome = None if way in ("late", "kill late", "refused") else self._do(effect, who, call, log, way)
        if way.startswith("kill"):
            raise Killed
        if way in ("unheard", "late"):
            raise StorageUnavailable("simulated")
        if way in ("refused", "lost"):
            raise ModelOverloaded("simulated", maybe_billed=way == "lost")
        return False if way == "told no" else outcome

    def land(self, place: int) -> None:
        """A write that is still flying arrives."""
        flight = self.flying[place]
        self.flying = (*self.flying[:place], *self.flying[place + 1 :])
        if not flight.only_if_absent or flight.key not in self.objects:
            self._put(flight.key, flight.content)

    def pass_time(self, seconds: float) -> None:
        self.time += seconds
        self.flying = tuple(each for each in self.flying if self.time - each.sent <= LONGEST_FLIGHT_S)

    def raise_caps(self) -> None:
        """What a user does who is told that the budget is spent."""
        self.cap += 4 * WORST
        self.cap_tokens += 4 * TOKENS
        for each in self.books.values():
            each.set_caps(RUN, self.cap, self.cap_tokens)

    def _send(self, effect: Any) -> None:
        content = effect.content
        key = effect.key if isinstance(effect, effects.Create) else effect.part.key
        self.flying = (*self.flying, Flight(key, content, isinstance(effect, effects.Create), self.time))

    def _do(
        self, effect: Any, who: Process, call: CallKey | None, log: tuple[str, int, int], way: str
    ) -> Any:
        kind = type(effect)
        if kind is effects.Read:
            return self.objects.get(effect.key, (None, 0.0))[0]
        if kind is effects.Keys:
            return sorted(key for key in self.objects if key.startswith(effect.prefix + "/"))
        if kind is effects.Elapsed or kind is effects.StoreTime:
            return self.time
        if kind is effects.Upload:
            return self._put(effect.part.key, effect.content)
        if kind is effects.Create:
            absent = effect.key not in self.objects
            if absent:
                self._put(effect.key, effect.content)
            return absent
        if kind is effects.Dated:
            found = self.objects.items()
            return sorted(
                Stamp(key, at, len(content)) for key, (content, at) in found if key.startswith(effect.prefix)
            )
        if kind is effects.Delete:
            if self.objects.pop(effect.key, None):
                self._check_store(effect.key)
            return None
        if kind is effects.Unfinished:
            return 0
        assert call is not None
        return self._pay(effect, who, call, log, way)

    def _pay(self, effect: Any, who: Process, call: CallKey, log: tuple[str, int, int], way: str) -> Any:
        books, kind, outcome = self.books_of(who.host), type(effect), None
        if kind is payment.Recall:
            logged = self.logs.get(log, {}).get(call.subject)
            if logged is None and (*log, call.subject) in self.used:
                raise Broken(f"the reply about {call.subject} was used on this host and is asked for again")
            return logged
        if kind is payment.Wait:
            return None
        if kind is payment.Complete:
            outcome = {"tenfold": TENFOLD, "silent": SILENT}.get(way, REPLY)
            self._bill(who.host, books, call, PRICE.cost(TENFOLD.usage) if way == "tenfold" else COST)
        elif kind is payment.Log:
            self.logs.setdefault(log, {}).setdefault(call.subject, effect.answer)
        elif kind is payment.Reserve:
            for debtor, owed in self.owed:
                if debtor == who:
                    self._settle(books, owed)
            self.owed = tuple(each for each in self.owed if each[0] != who)
            worst = Sum(effect.worst, effect.tokens)
            outcome = booking.reserve(
                books, call, worst, "simulated", NOW, who, lambda each: each not in self.alive
            )
        elif kind is payment.Settle:
            self._settle(books, effect)
        elif kind is payment.SettleLogged:
            answer = effect.answer
            usage = Usage(**answer["usage"])
            booking.settle_logged(
                books, answer["call_id"], call, usage, answer["cost"], 0.0, not answer["usage_known"]
            )
        self._check_books(who.host, books)
        return outcome

    @staticmethod
    def _settle(books: Books, effect: payment.Settle) -> None:
        booking.settle(
            books, effect.call_id, effect.usage, effect.cost, effect.latency_s, effect.status, effect.at_worst
        )

    def _bill(self, host: str, books: Books, call: CallKey, cost: int) -> None:
        """The provider has answered, and bills."""
        self.billed[host] = self.billed.get(host, 0) + cost
        reserved = [entry for entry, _ in books.calls if entry.asked == call.asked]
        if not reserved:
            raise Broken("a call was made that is not in the ledger")
        held = reserved[-1].reserved
        if cost > held.nano_usd:
            self.beyond[host] = self.beyond.get(host, 0) + cost - held.nano_usd
            if reserved[-1].factor >= 10 * booking.WHOLE:
                raise Broken("a server that was known to bill tenfold was trusted again")

    def use(self, log: tuple[str, int, int], subject: str) -> None:
        """Somebody goes on with a reply."""
        self.used = self.used | {(*log, subject)}

    def _put(self, key: str, content: bytes) -> None:
        self.objects[key] = (content, self.time)
        self._check_store(key)

    def _check_books(self, host: str, books: Books) -> None:
        found, beyond = books.account(RUN), self.beyond.get(host, 0)
        for spent, held, cap in zip(found.settled, found.reserved, found[2:], strict=True):
            if cap is not None and spent + held > cap + beyond:
                raise Broken(f"{spent} settled and {held} reserved are above the cap of {cap} by > {beyond}")
            if self.billed.get(host, 0) - beyond > spent + held:
                raise Broken(f"{self.billed[host]} are billed, {spent + held} are in the ledger")

    def _check_store(self, key: str) -> None:
        """Every row once, and nothing that was published is gone: checked for shards that have changed."""
        found = parse_commit_key(key)
        if found is not None:
            content = self.objects.get(key)
            if content is None:
                raise Broken(f"{key} is gone")
            commit = commits.parse(content[0], key)
            before = self.newest.get(found[0])
            if before is not None and commit.generation != before.generation + 1:
                raise Broken(f"{key} does not follow generation {before.generation}")
            self.newest[found[0]] = commit
            self._check_shard(found[0], commit)
        else:
            for shard, commit in self.newest.items():
                if any(part.key == key for parts in commit.members.values() for part in parts):
                    self._check_shard(shard, commit)

    def _check_shard(self, shard: int, commit: commits.Commit) -> None:
        rows: list[str] = []
        for part in commit.members.get("rows", ()):
            content = self.objects.get(part.key)
            if content is None:
                raise Broken(f"{part.key} is committed and not there")
            if digest_of(content[0]) != part.sha256:
                raise Broken(f"{part.key} is not what was committed")
            rows += orjson.loads(content[0])
        once = frozenset(rows)
        if len(once) != len(rows):
            raise Broken(f"shard {shard} has rows twice: {sorted(rows)}")
        if not once <= set(self.plan[shard]):
            raise Broken(f"shard {shard} has rows of others: {sorted(rows)}")
        if not once >= self.rows.get(shard, frozenset()):
            raise Broken(f"shard {shard} has lost {sorted(self.rows[shard] - once)}")
        if commit.finished and once != set(self.plan[shard]):
            raise Broken(f"shard {shard} says it is finished with {sorted(rows)}")
        self.rows[shard] = once

    def check_belief(self, commit: commits.Commit) -> None:
        """What a worker was told is published is what stands."""
        key = commit_key(commit.shard, commit.generation)
        if self.objects.get(key, (b"", 0.0))[0] != commit.to_json():
            raise Broken(f"a worker was told that it has published {key}, and somebody else has")

    def check_end(self) -> None:
        """When all workers have ended: every row of every shard once, sums of the ledger as its calls."""
        for shard, units in enumerate(self.plan):
            commit = self.newest.get(shard)
            if commit is None or not commit.finished:
                raise Broken(f"shard {shard} is not finished")
            self._check_shard(shard, commit)
            if commit_key(shard, commit.generation) not in self.objects or self.rows[shard] != set(units):
                raise Broken(f"shard {shard} is not whole")
        for host, books in self.books.items():
            self._check_books(host, books)
            held = [entry.reserved for entry, _ in books.calls if entry.state == "reserved"]
            if books.account(RUN).reserved != (sum(each[0] for each in held), sum(each[1] for each in held)):
                raise Broken("what is reserved is not the sum of open calls")


def digest_of(content: bytes) -> str:
    """Stands for sha256 here: the content itself, in hex, is as good and faster."""
    return content.hex()
