"""What all stages share: parameters, progress, the report, and the run of every open shard in this process.

A stage is a module with `NAME`, `Parameters`, `plan(parameters)`, `run_shard(address, shard, progress)`,
`finish(address)` and `run(parameters, progress)`. It knows no Prefect: `steps.py` beside it wraps the same
functions for deployments, `foundry <stage>` calls `run`.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tasks import records, tables
from tasks.errors import ConfigurationError, FingerprintMismatch, ShardsFailed
from tasks.storage.addresses import is_s3, next_version, normalise
from tasks.storage.canonical import digest
from tasks.storage.manifest import Manifest, new_run_id, now_text
from tasks.storage.table import Table


class StageParameters(BaseModel):
    """Fields every stage has; a stage's own model adds to them and stays flat."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    LIMITS: ClassVar[frozenset[str]] = frozenset({"run_id", "as_new_version"})
    """Fields that do not decide the rows; a stage adds its own."""

    PATHS: ClassVar[frozenset[str]] = frozenset()
    """Fields that name local files or folders and are no inputs: kept absolute, as inputs are."""

    seed: int = Field(1, description="Seed of everything random; the same seed gives the same rows")
    run_id: str = Field("", description="Budget and ledger go by it; empty: a new one for a new address")
    as_new_version: bool = Field(
        False, description="Where the address holds other work, write the next version instead of refusing"
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **settings: Any) -> None:
        """Put a stage's own fields first: forms and help begin with what only this stage wants to know."""
        fields = cls.__pydantic_fields__
        own = [name for name in fields if name not in StageParameters.__pydantic_fields__]
        order = [*own, *StageParameters.__pydantic_fields__]
        if list(fields) != order:
            cls.__pydantic_fields__ = {name: fields[name] for name in order}
            cls.model_rebuild(force=True)


class Progress(Protocol):
    """Shows how far long work is; a terminal bar, a Prefect artifact, or nothing."""

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` units of `what` are finished."""


class Silent:
    """Progress nobody watches."""

    def show(self, what: str, done: int, total: int) -> None:
        """Show nothing."""


@dataclass(slots=True)
class Report:
    """What a stage has made, for people, artifacts and `--json`."""

    stage: str
    address: str
    run_id: str
    shards: int
    rows: dict[str, int]
    """Member to rows."""
    rejected: dict[str, int]
    """Reason to rows."""
    cost_usd: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)
    """What this stage measures: rates, losses, scores."""
    notes: list[str] = field(default_factory=list)
    """Sentences the reader must not miss."""
    working_s: float = 0.0

    def to_json(self) -> str:
        """One line."""
        return orjson.dumps(asdict(self)).decode()


def plan_table(
    *,
    stage: str,
    address: str,
    parameters: StageParameters,
    code_version: str,
    inputs: dict[str, str],
    members: Iterable[type[Any]],
    make_plan: Callable[[], tuple[list[Any], list[str]]],
    decides: dict[str, Any] | None = None,
) -> Table:
    """Create the table of a stage's run, or continue the one that is there.

    Args:
        stage: its name.
        address: where to write.
        parameters: the stage's; all fields but `LIMITS` decide the rows.
        code_version: raise it when the stage's code makes other rows of the same parameters.
        inputs: name to address, file or folder; what it holds decides, not where it lies. Local ones (and
            fields in `PATHS`) are kept absolute, so that shards find them from any working directory; empty
            ones are left out.
        members: record classes the table will hold.
        make_plan: gives one JSON value a shard, and notes; called only for a new table.
        decides: further values that decide the rows (prompts, searcher).

    Raises:
        FingerprintMismatch: the address holds other work, and `as_new_version` is not given.
        ConfigurationError: an input cannot be read, or is the output.
    """
    given = parameters.model_dump(mode="json")
    output = _output_field(parameters, given, address)
    address = normalise(address)
    places = {name: _absolute(place) for name, place in inputs.items() if place}
    both = next((name for name, place in places.items() if place == address), None)
    if both is not None:
        raise ConfigurationError(
            f"{address} cannot be read as '{both}' and written at once; name another address"
        )
    given.update({name: place for name, place in places.items() if given.get(name) == inputs[name]})
    given.update({name: _absolute(given[name]) for name in parameters.PATHS if given.get(name)})
    elsewhere = {*parameters.LIMITS, *inputs, output}
    deciding = {
        **{name: given[name] for name in given if name not in elsewhere},
        **{f"input {name}": _identity(place) for name, place in places.items()},
        **(decides or {}),
        "code": code_version,
    }

    def manifest(plan: list[Any], notes: list[str]) -> Manifest:
        return Manifest(
            stage=stage,
            run_id=parameters.run_id or new_run_id(stage),
            parameters={**given, **({output: address} if output else {})},
            decides=deciding,
            inputs=places,
            seed=parameters.seed,
            code_version=code_version,
            plan=tuple(plan),
            schema_versions={member.__name__: tables.VERSIONS[member] for member in members},
            created=now_text(),
            notes=tuple(notes),
        )

    while True:
        try:
            if Table.exists(address):
                table = Table.continued(address, manifest([], []))
            else:
                table = Table.create_or_continue(address, manifest(*make_plan()))
            break
        except FingerprintMismatch:
            if not parameters.as_new_version:
                raise
            address = next_version(address)
    once = StageParameters.LIMITS
    table.set_limits({name: given[name] for name in parameters.LIMITS - once if name in given})
    return table


def _output_field(parameters: StageParameters, given: dict[str, Any], address: str) -> str:
    """The field that says where to write: it holds the address, and has no default; empty when none does."""
    named = [name for name, value in given.items() if value == address]
    fields = type(parameters).model_fields
    return min(named, key=lambda name: not fields[name].is_required(), default="")


def _absolute(place: str) -> str:
    """A place that every working directory finds: an address, an existing path, else the text itself."""
    if is_s3(place) or place.startswith("file://"):
        return normalise(place)
    return normalise(place) if "://" not in place and Path(place).expanduser().exists() else place


def _identity(place: str) -> str:
    """What an input is, wherever it lies: which table, a file's or folder's content, else the text itself."""
    if "://" in place and not is_s3(place):
        return place
    if Table.exists(place):
        return Table.open(place).manifest.identity
    if is_s3(place) or not Path(place).exists():
        return place
    try:
        return _content_of(Path(place))
    except OSError as error:
        raise ConfigurationError(f"{place} cannot be read: {error.strerror}") from error


def _content_of(place: Path) -> str:
    if place.is_file():
        with place.open("rb") as content:
            return hashlib.file_digest(content, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    files = sorted(each for each in place.rglob("*") if each.is_file())
    return digest([[file.relative_to(place).as_posix(), _content_of(file)] for file in files], size=16)


_Parameters = TypeVar("_Parameters", bound=StageParameters)


def run_here(
    parameters: _Parameters,
    progress: Progress,
    plan: Callable[[_Parameters], str],
    run_shard: Callable[[str, int, Progress], None],
    finish: Callable[[str], Report],
) -> Report:
    """Run every open shard of a stage in this process, one after the other, then finish.

    Raises:
        FactoryError: what stopped it; what was published before stands.
    """
    started = time.monotonic()
    address = plan(parameters)
    for shard in Table.open(address).unfinished():
        run_shard(address, shard, progress)
    report = finish(address)
    report.working_s = round(time.monotonic() - started, 3)
    return report


def report_of(address: str, figures: dict[str, Any] | None = None, notes: Iterable[str] = ()) -> Report:
    """The report every stage begins with: rows by member, rejects by reason, cost from the `spend` member.

    Raises:
        ShardsFailed: a planned shard is not finished.
    """
    table = Table.open(address)
    newest = table.newest()
    unfinished = [shard for shard in table.shards if shard not in newest or not newest[shard].finished]
    if unfinished:
        raise ShardsFailed(
            f"{len(unfinished)} of {len(table.shards)} shards of {address} are not finished; run "
            f"'{table.manifest.stage}' again with the same parameters to do only those"
        )
    rows = {
        name: sum(commit.rows(name) for commit in newest.values())
        for name in sorted({name for commit in newest.values() for name in commit.members})
    }
    reasons = Counter(row.reason for row in table.records(records.Reject, "rejects"))
    cost = sum(row.cost_nano_usd for row in table.records(records.Spend, "spend"))
    return Report(
        stage=table.manifest.stage,
        address=table.address,
        run_id=table.manifest.run_id,
        shards=len(table.shards),
        rows=rows,
        rejected=dict(reasons.most_common()),
        cost_usd=cost / 1e9,
        figures=figures or {},
        notes=[*table.manifest.notes, *notes],
    )
