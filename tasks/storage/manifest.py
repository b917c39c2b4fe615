"""`table.json`: what an address was made from, so that the next run knows whether it may continue (pure).

The fingerprint covers what decides the rows (inputs, stage parameters, prompts, model and sampling,
searcher, the stage's code version) and nothing that does not (limits, concurrency, caps).
"""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from tasks.errors import AddressError, FingerprintMismatch
from tasks.storage.canonical import digest

FORMAT = 2
"""The newest that is understood. 2: commits may name parts of other versions; 1: they never do."""

SINCE = "since"
"""In `decides`: identity of the version from which rows were carried over."""
RETIRED = "retired"
"""In `decides`: the tools that were retired, with reasons."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `table.json`."""

    stage: str
    run_id: str
    """Budget and ledger go by it; retries share it."""
    parameters: dict[str, Any]
    """All parameters of the first run, limits included; read by shard runs."""
    decides: dict[str, Any]
    """What the fingerprint covers, in readable form."""
    inputs: dict[str, str]
    """Name of an input to its address or file."""
    seed: int
    code_version: str
    plan: tuple[Any, ...]
    """One JSON value a shard: what that shard is to do."""
    schema_versions: dict[str, int]
    """Record name to schema version, for every member of the table."""
    created: str = ""
    format: int = 1
    notes: tuple[str, ...] = field(default=())
    """What planning wants the reader of the report to know."""

    @property
    def identity(self) -> str:
        """What this one table is, wherever it was moved: two made alike by a live model hold other rows."""
        return digest([self.fingerprint, self.run_id, self.created], size=16)

    @property
    def fingerprint(self) -> str:
        """32 hex digits over what decides the rows."""
        return digest({"stage": self.stage, **self.decides}, size=16)

    def to_json(self) -> bytes:
        """Readable JSON, fingerprint included."""
        return orjson.dumps({**asdict(self), "fingerprint": self.fingerprint}, option=orjson.OPT_INDENT_2)


def parse(content: bytes, address: str) -> Manifest:
    """Read `table.json`.

    Raises:
        AddressError: it is damaged or of a later format.
    """
    try:
        found = orjson.loads(content)
        later = found["format"] > FORMAT
        fingerprint = found.pop("fingerprint", None)
        manifest = (
            None
            if later
            else Manifest(**{**found, "plan": tuple(found["plan"]), "notes": tuple(found["notes"])})
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AddressError(
            f"{address}/table.json is damaged ({error}); restore it, or write to another address"
        ) from error
    if manifest is None:
        raise AddressError(f"{address} was written by a later version of ToolFoundry; update this one")
    if manifest.fingerprint != fingerprint:
        raise AddressError(
            f"{address}/table.json was changed by hand (its fingerprint does not fit); restore it, or write "
            "to another address"
        )
    return manifest


def made_alike(found: Manifest, wanted: Manifest) -> bool:
    """Whether a table was made from what is wanted, in whichever way.

    At once, carried over, or by leaving a tool out of the version before, where its inputs say that.
    """
    ways = {SINCE, RETIRED} if wanted.inputs else {SINCE}
    deciding = [
        {name: value for name, value in each.decides.items() if name not in ways} for each in (found, wanted)
    ]
    return found.stage == wanted.stage and deciding[0] == deciding[1]


def require_same(found: Manifest, wanted: Manifest, address: str) -> None:
    """Refuse to continue a table made from something else, naming the first differences.

    Raises:
        FingerprintMismatch: stage or anything that decides the rows differs.
    """
    if found.stage != wanted.stage:
        raise FingerprintMismatch(f"{address} holds the output of '{found.stage}', not of '{wanted.stage}'")
    if found.fingerprint == wanted.fingerprint:
        return
    names = sorted(set(found.decides) | set(wanted.decides))
    different = [name for name in names if found.decides.get(name) != wanted.decides.get(name)]
    shown = "; ".join(
        f"{name} was {_short(found.decides.get(name))}, now {_short(wanted.decides.get(name))}"
        for name in different[:3]
    )
    raise FingerprintMismatch(
        f"{address} was made with other parameters ({shown}); use the old ones to continue it, "
        "another address, or --as-new-version"
    )


def new_run_id(stage: str) -> str:
    """A name for one run that sorts by time, e.g. `annotate-20261121-101500-3f9a`."""
    return f"{stage}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:4]}"


def now_text() -> str:
    """This moment, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 60 else text[:57] + "..."
