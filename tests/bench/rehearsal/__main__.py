"""`make rehearsal N=10000`: instructions to samples at a hosted model's pace, measured here."""

import argparse
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import orjson

from tests.bench.rehearsal.clone import Settings, running
from tests.bench.rehearsal.journey import Journey, rehearse
from tests.bench.rehearsal.sheet import sheet
from tests.conftest import CLONE

RECORD = Path(__file__).parent / "measured.json"


def main(arguments: list[str] | None = None) -> int:
    """Rehearse once, print the sheet; `--record NAME` keeps it."""
    words = _parser().parse_args(arguments)
    chosen = Settings(**{field.name: getattr(words, field.name) for field in fields(Settings)})
    journey = Journey(**{field.name: getattr(words, field.name) for field in fields(Journey)})
    name = f"n{journey.count}-{datetime.now(UTC):%H%M%S}"
    with running(chosen) as clone:
        found = rehearse(clone, journey, name)
    title = words.record or name
    print(sheet(found, title), flush=True)
    if words.record:
        known = orjson.loads(RECORD.read_bytes()) if RECORD.exists() else {}
        setup = {
            key: str(each) if isinstance(each, Path) else each
            for key, each in _setup(chosen, journey).items()
        }
        known[title] = {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "setup": setup, **found.to_json()}
        RECORD.write_bytes(orjson.dumps(known, option=orjson.OPT_INDENT_2) + b"\n")
    return 0


def _setup(chosen: Settings, journey: Journey) -> dict[str, object]:
    told = {
        field.name: getattr(chosen, field.name)
        for field in fields(Settings)
        if field.name not in ("state", "root")
    }
    return told | {field.name: getattr(journey, field.name) for field in fields(Journey)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make rehearsal", description=__doc__)
    chosen, journey = Settings(CLONE / ".foundry" / "rehearsal"), Journey(200)
    add = parser.add_argument
    add("--count", type=int, default=journey.count, help="instructions (default %(default)s)")
    add("--method", default=journey.method)
    add(
        "--shard-size",
        type=int,
        default=journey.shard_size,
        help="instructions a shard (default %(default)s)",
    )
    add(
        "--concurrency",
        type=int,
        default=journey.concurrency,
        help="searched at once in a shard (%(default)s)",
    )
    add("--seed", type=int, default=journey.seed)
    add("--workers", type=int, default=chosen.workers, help="workers of shards (default %(default)s)")
    add("--shards-at-once", type=int, default=chosen.shards_at_once, help="limit of their pool (%(default)s)")
    add("--first-token-s", type=float, default=chosen.first_token_s, help="of a reply (default %(default)s)")
    add("--tokens-per-s", type=float, default=chosen.tokens_per_s, help="of a reply (default %(default)s)")
    add("--step-up", action="store_true", help="Prefect on PostgreSQL and Redis, started for this")
    add("--ledger-on-postgres", action="store_true", help="the ledger on a PostgreSQL started for this")
    add("--s3", action="store_true", help="tables in a bucket whose server counts requests")
    add("--state", type=Path, default=chosen.state, help="state folder (default %(default)s)")
    add("--root", type=Path, help="folder of tables (default: in the state folder)")
    add("--record", default="", metavar="NAME", help="keep the figures in measured.json under this name")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
