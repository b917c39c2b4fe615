"""What all stages share: parameters, progress, the report, and the run of every open shard in this process.

A stage is a module with `NAME`, `Parameters`, `plan(parameters)`, `run_shard(address, shard, progress)`,
`finish(address)` and `run(parameters, progress)`. It knows no Prefect: `steps.py` beside it wraps the same
functions for deployments, `foundry <stage>` calls `run`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tasks import records
from tasks.errors import ShardsFailed
from tasks.storage.keys import refuse_keys
from tasks.storage.table import Table


class StageParameters(BaseModel):
    """Fields every stage has; a stage's own model adds to them and stays flat."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    LIMITS: ClassVar[frozenset[str]] = frozenset({"run_id", "as_new_version"})
    """Fields that do not decide the rows; a stage adds its own."""

    PATHS: ClassVar[frozenset[str]] = frozenset()
    """Fields that name local files or folders and are no inputs: kept absolute, as inputs are."""

    seed: int = Field(
        1, ge=0, le=2_147_483_647, description="Seed of everything random; the same seed gives the same rows"
    )
    run_id: str = Field("", description="Budget and ledger go by it; empty: a new one for a new address")
    as_new_version: bool = Field(
        False, description="Where the address holds other work, write the next version instead of refusing"
    )

    def model_post_init(self, context: Any) -> None:
        """Refuse keys before anything is stored or said; pydantic's own errors would show the value."""
        refuse_keys(self.model_dump())

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
