"""A stage's table, planned: made for the shards that are wanted, or continued where the same work stands.

    table = plan_table(TableSpec(stage=NAME, address=..., parameters=..., ...), shards)

What decides the rows (parameters, inputs by their content, versions of code and prompts) is kept in the
manifest: an address is never continued with other work.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tasks import tables
from tasks.errors import ConfigurationError, FingerprintMismatch
from tasks.storage.addresses import family_of, is_s3, next_version, normalise
from tasks.storage.canonical import digest
from tasks.storage.carrying import require_alike
from tasks.storage.manifest import SINCE, Manifest, made_alike, new_run_id, now_text
from tasks.storage.stage import StageParameters
from tasks.storage.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """The table that a stage's run wants."""

    stage: str
    address: str
    """Where to write."""
    parameters: StageParameters
    """The stage's; all fields but `LIMITS` decide the rows."""
    code_version: str
    """Raise it when the stage's code makes other rows of the same parameters."""
    inputs: Mapping[str, str]
    """Name to address, file or folder; what it holds decides, not where it lies. Local ones (and fields in
    `PATHS`) are kept absolute, so that shards find them from any working directory; empty ones are left out.
    """
    members: Iterable[type[Any]]
    """Record classes the table will hold."""
    decides: Mapping[str, Any] = field(default_factory=dict)
    """Further values that decide the rows (prompts, searcher)."""
    since: Table | None = None
    """An earlier version, from which rows are carried over; the next version is looked for after it."""
    may_differ: Iterable[str] = ()
    """What of `decides` may differ from that of `since`."""


def plan_table(spec: TableSpec, make_plan: Callable[[], tuple[list[Any], list[str]]]) -> Table:
    """Create the table of a stage's run, or continue the one that is there.

    Args:
        spec: what it is to be.
        make_plan: gives one JSON value a shard, and notes; called only for a new table.

    Raises:
        FingerprintMismatch: the address holds other work, and `as_new_version` is not given.
        ConfigurationError: an input cannot be read, or is the output.
    """
    wanted, parameters = _wanted(spec), spec.parameters
    address, given = wanted.address, wanted.given

    def manifest(plan: list[Any], notes: list[str]) -> Manifest:
        return replace(wanted.at(address), plan=tuple(plan), notes=tuple(notes))

    while True:
        try:
            if Table.exists(address):
                table = _standing(address, wanted.manifest, parameters.as_new_version)
            else:
                if spec.since:
                    require_alike(spec.since, wanted.manifest, spec.may_differ)
                table = Table.create_or_continue(address, manifest(*make_plan()))
            break
        except FingerprintMismatch:
            if not parameters.as_new_version:
                raise
            address = next_version(address)
    once = StageParameters.LIMITS
    table.set_limits({name: given[name] for name in parameters.LIMITS - once if name in given})
    return table


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A table as parameters ask for it, before its shards are planned."""

    address: str
    given: dict[str, Any]
    """Parameters, places absolute."""
    output: str
    """The field that says where to write; empty when none does."""
    manifest: Manifest

    def at(self, address: str) -> Manifest:
        """The same at another address."""
        told = {**self.given, **({self.output: address} if self.output else {})}
        return replace(self.manifest, parameters=told)


def _wanted(spec: TableSpec) -> _Wanted:
    parameters, inputs, since = spec.parameters, spec.inputs, spec.since
    given = parameters.model_dump(mode="json")
    output = _output_field(parameters, given, spec.address)
    address = normalise(spec.address)
    places = {name: _absolute(place) for name, place in inputs.items() if place}
    both = next((name for name, place in places.items() if place == address), None)
    if both is not None:
        raise ConfigurationError(
            f"{address} cannot be read as '{both}' and written at once; name another address"
        )
    given.update({name: place for name, place in places.items() if given.get(name) == inputs[name]})
    given.update({name: _absolute(given[name]) for name in parameters.PATHS if given.get(name)})
    if since:
        given[SINCE] = since.address
    elsewhere = {*parameters.LIMITS, *inputs, output, SINCE}
    deciding = {
        **{name: given[name] for name in given if name not in elsewhere},
        **{f"input {name}": _identity(place) for name, place in places.items()},
        **spec.decides,
        "code": spec.code_version,
        **({SINCE: since.manifest.identity} if since else {}),
    }
    manifest = Manifest(
        stage=spec.stage,
        run_id=parameters.run_id or new_run_id(spec.stage),
        parameters=given,
        decides=deciding,
        inputs=places,
        seed=parameters.seed,
        code_version=spec.code_version,
        plan=(),
        schema_versions={member.__name__: tables.VERSIONS[member] for member in spec.members},
        created=now_text(),
        format=2 if since else 1,
    )
    if since and parameters.as_new_version and family_of(since.address)[0] == family_of(address)[0]:
        address = since.address
    return _Wanted(address, given, output, manifest)


def _standing(address: str, wanted: Manifest, as_new_version: bool) -> Table:
    """The table of an address, where it holds what is wanted, or was made alike by carrying over.

    Raises:
        FingerprintMismatch: it holds other work.
    """
    table = Table.open(address)
    if as_new_version and made_alike(table.manifest, wanted):
        return table
    return Table.continued(address, wanted)


def planned_place(spec: TableSpec) -> tuple[str, Table | None, Manifest]:
    """Where `plan_table` would write, the table that it would continue, and what it asks for; makes nothing.

    Raises:
        FingerprintMismatch, ConfigurationError: as `plan_table`.
    """
    wanted, parameters = _wanted(spec), spec.parameters
    place = wanted.address
    while Table.exists(place):
        try:
            return place, _standing(place, wanted.manifest, parameters.as_new_version), wanted.manifest
        except FingerprintMismatch:
            if not parameters.as_new_version:
                raise
            place = next_version(place)
    return place, None, wanted.manifest


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
