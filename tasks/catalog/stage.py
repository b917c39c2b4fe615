"""Crawl: a marketplace in, the APIs worth offering out (ToolLLM §2.1 and appendix A.1).

A hub's APIs are kept or rejected by calling them, with the evidence in `probes` and `rejects`; ToolBench's
files are taken as documented. Run again with the same parameters it does what is not published yet.
"""

import asyncio
from typing import Any, ClassVar, Literal

from pydantic import Field

from tasks.catalog.crawling import NAME, crawl_slice, crawl_tools
from tasks.catalog.quality import NEUTRAL, OK
from tasks.catalog.retired import Retired
from tasks.catalog.sources import toolbench
from tasks.catalog.sources.hub import Hub, hub_location
from tasks.errors import ConfigurationError
from tasks.llm import draining
from tasks.llm.ledger import NANO, caps_of, open_ledger
from tasks.llm.store_requests import requests_booked
from tasks.records import Api, Collection, Probe, Reject, Tool
from tasks.storage.addresses import normalise
from tasks.storage.planning import TableSpec, plan_table
from tasks.storage.stage import Progress, Report, StageParameters, report_of, run_here
from tasks.storage.table import Table

CODE_VERSION = "1"


class Parameters(StageParameters):
    """Collect the APIs of a marketplace and keep those that answer well."""

    LIMITS: ClassVar[frozenset[str]] = StageParameters.LIMITS | {
        "location", "concurrency", "shard_size", "edition", "since", "budget_usd",
    }  # fmt: skip  # an edition decides where one is given
    PATHS: ClassVar[frozenset[str]] = frozenset({"location"})

    source: Literal["hub", "toolbench"] = Field(
        "hub",
        description="Kind of marketplace: an API hub over HTTP, or ToolBench's tool files",
        json_schema_extra={"position": 0},
    )
    location: str = Field(
        description="Address of the hub, or a file or folder of tool documents",
        json_schema_extra={"position": 1},
    )
    catalog: str = Field(
        description="Address to write; what is finished there is kept", json_schema_extra={"position": 2}
    )
    probe: bool = Field(
        True, description="Call every API of a hub before it is kept; tool files are never called"
    )
    probes: int = Field(3, ge=1, le=20, description="Calls per API; as many again where they disagree")
    slow_s: float = Field(3.0, gt=0, le=60, description="An answer later than this is slow [s]")
    least_ok: float = Field(0.5, gt=0, le=1, description="Share of good calls that keeps an API")
    timeout_s: float = Field(4.0, gt=0, le=120, description="Longest wait for one answer [s]; above slow_s")
    budget_usd: float | None = Field(
        None, ge=0, description="Cap of what trial calls of paid APIs cost in its run [USD]"
    )
    concurrency: int = Field(16, ge=1, le=256, description="Calls in the air, per shard")
    shard_size: int = Field(2500, ge=1, le=100_000, description="Tools per shard")
    edition: str = Field(
        "",
        max_length=100,
        description="Name of this crawl, a day for example: another name crawls a marketplace anew whose "
        "documentation is as it was, and finds APIs that have died since; a scheduled run takes the time it "
        "was due and the next version",
    )
    since: str = Field(
        "",
        description="Address of an earlier catalogue: tools that were retired from it stay out; empty: those "
        "retired from the newest version of the catalogue",
    )


def plan(parameters: Parameters) -> str:
    """Look at the marketplace, make the table, give its address; nothing is written for a bad location."""
    normalise(parameters.catalog)
    return _plan_hub(parameters) if parameters.source == "hub" else _plan_toolbench(parameters)


def run_shard(address: str, shard: int, progress: Progress) -> None:
    """Read, and at a hub call, what a shard has not published yet."""
    table = Table.open(address)
    with requests_booked(table.manifest.run_id, NAME, shard, table.address):
        if table.manifest.parameters["source"] == "toolbench":
            crawl_slice(table, shard)
        else:
            draining.run(crawl_tools(table, shard, progress))


def finish(address: str) -> Report:
    """The funnel: tools and APIs that came in, and what is kept of them."""
    table = Table.open(address)
    report = report_of(address)
    gone = table.records(Reject, "rejects")
    apis = report.rows.get("apis", 0)
    apis_in = apis + sum(row.subject_id.count("/") == 2 for row in gone)
    called = table.read(Probe, "probes", columns=["api_id", "verdict"]).to_pylist()
    failed = {row["api_id"] for row in called if row["verdict"] not in NEUTRAL | {OK}}
    report.figures = {
        "tools_in": report.rows.get("tools", 0) + sum(row.subject_id.count("/") < 2 for row in gone),
        "tools_kept": report.rows.get("tools", 0),
        "apis_in": apis_in,
        "apis_kept": apis,
        "apis_kept_share": apis / apis_in if apis_in else 0.0,
        "apis_called": len({row["api_id"] for row in called}),
        "apis_kept_though_flaky": len(failed - {row.subject_id for row in gone}),
    }
    report.notes += _clashes(table)
    booked, _, _ = open_ledger().spent(f"run:{table.manifest.run_id}/{NAME}")
    if booked:
        report.notes.append(
            f"trial calls of paid APIs, and requests to a bucket, came to {booked / NANO:.4f} USD, booked in "
            "the ledger"
        )
    if not apis:
        report.notes.append("no API is kept; see the rejects for the reasons")
    return report


def _clashes(table: Table) -> list[str]:
    """What is to be said about APIs of one tool that become one name."""
    bearers: dict[tuple[str, str], list[str]] = {}
    named = table.read(Api, "apis", columns=["api_id", "tool_id", "standard_name"])
    for row in named.to_pylist():
        bearers.setdefault((row["tool_id"], row["standard_name"]), []).append(row["api_id"])
    shared = [api_ids for api_ids in bearers.values() if len(api_ids) > 1]
    if not shared:
        return []
    count, example = sum(map(len, shared)), " and ".join(sorted(shared)[0][:2])
    return [
        f"{count} APIs share their standard name with another of their tool ({example}); their ids differ"
    ]


def run(parameters: Parameters, progress: Progress) -> Report:
    """Plan, every open shard in this process, finish."""
    return run_here(parameters, progress, plan, run_shard, finish)


def _plan_hub(parameters: Parameters) -> str:
    if parameters.timeout_s <= parameters.slow_s:
        raise ConfigurationError(
            f"timeout_s ({parameters.timeout_s:g}) must be above slow_s ({parameters.slow_s:g}), or no slow "
            "answer is ever seen"
        )
    parameters = parameters.model_copy(update={"location": hub_location(parameters.location)})
    catalogue, listed = asyncio.run(_survey(parameters.location))
    out = _out_of(parameters, parameters.location)
    tools = [tool for tool in listed if not out.holds(tool[1])]
    if not tools:
        raise ConfigurationError(f"the hub at {parameters.location} lists no tools; nothing to crawl")

    def shards() -> tuple[list[Any], list[str]]:
        size = parameters.shard_size
        parts = [{"tools": tools[first : first + size]} for first in range(0, len(tools), size)]
        notes = [] if parameters.probe else ["not probed: every documented API is kept"]
        return parts, [*notes, *out.notes(len(listed) - len(tools))]

    table = _table(parameters, {"hub": parameters.location, "catalogue": catalogue, **out.decides}, shards)
    if parameters.probe:
        caps_of(open_ledger(), table.manifest.run_id, NAME, parameters.budget_usd)
    return table.address


async def _survey(location: str) -> tuple[str, list[list[str]]]:
    """Hash of the hub's catalogue, and slug and id of every tool."""
    hub = Hub(location)
    try:
        return await hub.health(), [list(each) for each in await hub.tools()]
    finally:
        await hub.aclose()


def _plan_toolbench(parameters: Parameters) -> str:
    documents = toolbench.read(parameters.location)
    out = _out_of(parameters, normalise(parameters.location))

    def shards() -> tuple[list[Any], list[str]]:
        count, size = len(documents.tools), parameters.shard_size
        parts = [{"first": first, "count": min(size, count - first)} for first in range(0, count, size)]
        return parts, [
            "not probed: tool files are taken as documented; they name no collections, so no I3",
            *out.notes(),
        ]

    return _table(
        parameters, {"documents": toolbench.content_of(parameters.location), **out.decides}, shards
    ).address


def _out_of(parameters: Parameters, location: str) -> Retired:
    """Tools that stay out, whoever crawls: retired from `since`, else from the newest version here."""
    if parameters.since:
        return Retired.of(parameters.since)
    return Retired.of_newest(parameters.catalog, parameters.source, location)


def _table(parameters: Parameters, decides: dict[str, Any], shards: Any) -> Table:
    return plan_table(
        TableSpec(
            stage=NAME,
            address=parameters.catalog,
            parameters=parameters,
            code_version=CODE_VERSION,
            inputs={},
            members=(Api, Tool, Collection, Probe, Reject),
            decides={**decides, **({"edition": parameters.edition} if parameters.edition else {})},
        ),
        shards,
    )
