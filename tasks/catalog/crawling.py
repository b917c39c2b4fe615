"""One shard of a crawl: its tools read and, at a hub, their APIs called; published as they come."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tasks.catalog.paying import PaidCalls
from tasks.catalog.probing import Calls, Thresholds, Trial, probe, together
from tasks.catalog.quality import OK, Decision
from tasks.catalog.retired import Retired
from tasks.catalog.sources import toolbench
from tasks.catalog.sources.hub import Hub
from tasks.environment.hub_pages import Documented, read_page
from tasks.environment.live import LiveEnvironment
from tasks.errors import RecordError
from tasks.llm.fees import PriceUnknown, fee_of
from tasks.records import Api, Collection, Probe, Reject, Tool
from tasks.rollout.pool import work_through
from tasks.storage.rejects import reject
from tasks.storage.stage import Progress
from tasks.storage.table import Shard, Table

NAME = "crawl"
NO_API_LEFT = "no_api_left"
KEPT_OK = Decision(True, OK, flaky=False)


@dataclass(slots=True)
class CrawledTool:
    """What became of one tool of the hub."""

    tools: list[Tool] = field(default_factory=list)
    """Itself, or nothing when no API is left."""
    apis: list[Api] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def crawl_slice(table: Table, number: int) -> None:
    """Write one slice of ToolBench's documents."""
    shard = table.shard(number)
    if shard.finished:
        return
    documents = toolbench.read(table.parameters()["location"])
    found = toolbench.slice_of(documents, shard.work["first"], shard.work["count"])
    out = Retired.told_by(table.manifest)
    shard.publish(
        {
            "tools": (Tool, [row for row in found.tools if not out.holds(row.tool_id)]),
            "apis": (Api, [row for row in found.apis if not out.holds(row.tool_id)]),
            "rejects": (Reject, [row for row in found.rejects if not out.holds(_tool_of(row.subject_id))]),
            **({"collections": (Collection, [])} if number == 0 else {}),
        },
        finished=True,
    )


async def crawl_tools(table: Table, number: int, progress: Progress) -> None:
    """Read and call every tool of a hub's shard that is not published yet.

    Raises:
        ApiUnreachable: the hub went away; what was decided before is published.
        BudgetExceeded: a trial call fits under no cap; the same.
    """
    shard = table.shard(number)
    if shard.finished:
        return
    parameters = table.parameters()
    work: list[tuple[str, str]] = [(hub_slug, tool_id) for hub_slug, tool_id in shard.work["tools"]]
    done = _published_tools(shard)
    left = [each for each in work if each[1] not in done]
    hub = Hub(parameters["location"])
    environment = LiveEnvironment(timeout_s=parameters["timeout_s"], connections=parameters["concurrency"])
    crawler = _Crawler(
        hub, environment, parameters, asyncio.Semaphore(parameters["concurrency"]), table, number
    )
    what = f"shard {number}: tools"
    progress.show(what, len(done), len(work))
    try:
        shelves = (
            await hub.collections() if number == 0 and "collections" not in shard.newest.members else None
        )
        out = Retired.told_by(table.manifest)
        shelves = [out.without(each) for each in shelves] if shelves is not None else None
        publish = _publisher(shard, [tool_id for _, tool_id in work], shelves)
        await work_through(
            left,
            crawler.crawl,
            publish,
            concurrency=parameters["concurrency"],
            shown=lambda count: progress.show(what, len(done) + count, len(work)),
        )
    finally:
        await environment.aclose()
        await hub.aclose()


@dataclass(frozen=True, slots=True)
class _Crawler:
    hub: Hub
    environment: LiveEnvironment
    parameters: dict[str, Any]
    calls: asyncio.Semaphore
    table: Table
    shard: int

    async def crawl(self, listed: tuple[str, str]) -> CrawledTool:
        hub_slug, tool_id = listed
        try:
            async with self.calls:
                page = await self.hub.page(hub_slug)
            found = read_page(page, tool_id, self.hub.location)
        except RecordError as error:
            return CrawledTool(rejects=[reject(NAME, tool_id, error.reason, error.evidence)])
        trials = await self._trials(found)
        if any(trial.decision.reason == "unreachable" for trial in trials):
            await self.hub.health()  # a hub that went away must reject nothing: this raises
        return crawled(found, trials)

    async def _trials(self, found: Documented) -> Sequence[Trial]:
        if not self.parameters["probe"]:
            return [Trial(api, (), KEPT_OK, "") for api in found.apis]
        thresholds = Thresholds(
            probes=self.parameters["probes"],
            slow_s=self.parameters["slow_s"],
            least_ok=self.parameters["least_ok"],
            timeout_s=self.parameters["timeout_s"],
        )
        calling = (self._trial(api, found.tool.pricing, thresholds) for api in found.apis)
        return await together(calling)

    async def _trial(self, api: Api, pricing: str, thresholds: Thresholds) -> Trial:
        calls: Calls = self.environment
        try:
            fee = fee_of(api, pricing)
        except PriceUnknown as error:
            return await probe(api, calls, thresholds, self.calls, unpriced=str(error))
        if not fee.is_nothing:
            calls = PaidCalls(self.environment, fee, self.table, self.shard)
        return await probe(api, calls, thresholds, self.calls)


def crawled(found: Documented, trials: Sequence[Trial]) -> CrawledTool:
    """Rows of one tool: its good APIs, and why the others are gone."""
    apis = [trial.api for trial in trials if trial.decision.keep]
    rejects = [reject(NAME, api_id, "bad_page", wrong) for api_id, wrong in found.unreadable]
    rejects += [
        reject(NAME, trial.api.api_id, trial.decision.reason, trial.evidence)
        for trial in trials
        if not trial.decision.keep
    ]
    if not apis:
        told = f"none of the {found.tool.api_count} APIs of '{found.tool.name}' is kept"
        rejects.append(reject(NAME, found.tool.tool_id, NO_API_LEFT, told))
    probes = [each for trial in trials for each in trial.probes]
    return CrawledTool([found.tool] if apis else [], apis, probes, rejects)


def _tool_of(subject_id: str) -> str:
    """Id of the tool that a tool's or an API's id begins with."""
    return "/".join(subject_id.split("/")[:2])


def _published_tools(shard: Shard) -> set[str]:
    """Ids of the tools that an earlier run of the shard has decided."""
    kept = {row.tool_id for row in shard.published(Tool, "tools")}
    gone = {row.subject_id for row in shard.published(Reject, "rejects") if row.subject_id.count("/") == 1}
    return kept | gone


def _publisher(
    shard: Shard, order: list[str], shelves: list[Collection] | None
) -> Callable[[list[tuple[tuple[str, str], CrawledTool]], bool], None]:
    places = {tool_id: place for place, tool_id in enumerate(order)}

    def publish(batch: list[tuple[tuple[str, str], CrawledTool]], last: bool) -> None:
        nonlocal shelves
        found = [each for _, each in sorted(batch, key=lambda unit: places[unit[0][1]])]
        shard.publish(
            {
                "tools": (Tool, [row for each in found for row in each.tools]),
                "apis": (Api, [row for each in found for row in each.apis]),
                "probes": (Probe, [row for each in found for row in each.probes]),
                "rejects": (Reject, [row for each in found for row in each.rejects]),
                **({"collections": (Collection, shelves)} if shelves is not None else {}),
            },
            finished=last,
        )
        shelves = None

    return publish
