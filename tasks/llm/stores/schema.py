"""Tables of a ledger, the same in sqlite and in Postgres, and their versions."""

from collections.abc import Sequence
from typing import NamedTuple

VERSION = 2
"""1: calls of models, capped in USD. 2: everything that costs money, tokens capped too."""


class Column(NamedTuple):
    """A column of a table."""

    name: str
    kind: str
    """`text`, `int` (64 bits) or `real`."""
    rest: str = "NOT NULL"


def _text(*names: str) -> list[Column]:
    return [Column(name, "text") for name in names]


def _later(kind: str, default: str, *names: str) -> list[Column]:
    return [Column(name, kind, f"NOT NULL DEFAULT {default}") for name in names]


TABLES: dict[str, Sequence[Column]] = {
    "scopes": (
        Column("scope", "text", "PRIMARY KEY"),
        Column("cap", "int", ""),
        *_later("int", "0", "settled", "reserved"),
        Column("cap_tokens", "int", ""),
        *_later("int", "0", "settled_tokens", "reserved_tokens"),
    ),
    "calls": (
        Column("id", "id", ""),
        *_text("run", "stage"),
        Column("shard", "int"),
        *_text("address", "subject", "model", "request"),
        Column("ordinal", "int"),
        *_text("day", "created", "host"),
        Column("pid", "int"),
        Column("state", "text"),
        Column("reserved", "int"),
        *_later("int", "0", "cost", "uncached", "cached", "cache_write", "output"),
        Column("latency_s", "real", ""),
        *_later("text", "''", "status"),
        Column("price", "text"),
        Column("repeated", "int"),
        *_later("text", "''", "born", "searcher"),
        *_later("text", "'model'", "kind"),
        *_later("text", "''", "team", "project"),
        *_later("int", "0", "reserved_tokens", "tokens", "overrun", "overrun_tokens"),
        *_later("int", "100", "factor"),
    ),
    "factors": (Column("model", "text", "PRIMARY KEY"), Column("factor", "int")),
    "runs": (Column("run", "text", "PRIMARY KEY"), *_later("text", "''", "team", "project")),
}
INDEXES = (
    "CREATE INDEX IF NOT EXISTS calls_asked ON calls (address, subject, request, ordinal)",
    "CREATE INDEX IF NOT EXISTS calls_open ON calls (state) WHERE state = 'reserved'",
    "CREATE INDEX IF NOT EXISTS calls_run ON calls (run, stage)",
)


def table(name: str, kinds: dict[str, str], end: str = "") -> str:
    """Makes a table in one dialect, where it is not there."""
    columns = ", ".join(f"{each.name} {kinds[each.kind]} {each.rest}".rstrip() for each in TABLES[name])
    return f"CREATE TABLE IF NOT EXISTS {name} ({columns}){end}"


def lacking(name: str, there: set[str], kinds: dict[str, str]) -> list[str]:
    """Gives a table of an earlier version the columns that it lacks."""
    return [
        f"ALTER TABLE {name} ADD COLUMN {each.name} {kinds[each.kind]} {each.rest}".rstrip()
        for each in TABLES[name]
        if each.name not in there
    ]
