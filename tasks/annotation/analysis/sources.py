"""What is analysed, and what is known of it from elsewhere: tables, published files, catalogues, prices."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tasks.annotation.analysis.costs import turn_costs
from tasks.annotation.analysis.turns import Searched, searched_of
from tasks.annotation.imports import read_queries
from tasks.annotation.inputs import load_inputs
from tasks.annotation.published import read_published
from tasks.errors import ConfigurationError, FactoryError
from tasks.llm.ledger import NANO
from tasks.llm.pricing import Prices, price_of
from tasks.llm.protocol import Usage
from tasks.records import Api, Call, Instruction, Trajectory
from tasks.storage.addresses import TABLE_KEY, is_s3
from tasks.storage.table import Table

_LISTED = "https://list.price"
"""A server that is not on loopback: its prices are those of the list."""


@dataclass(slots=True)
class Material:
    """Searches of one or more places, with what is known of them."""

    places: dict[str, list[Searched]] = field(default_factory=dict)
    """By the place they were read from."""
    categories: dict[str, str] = field(default_factory=dict)
    """api_id to category."""
    instructions: dict[str, str] = field(default_factory=dict)
    """Place to where its instructions stand, for tables."""
    notes: list[str] = field(default_factory=list)

    @property
    def searches(self) -> list[Searched]:
        """Of all places, in their order."""
        return [searched for found in self.places.values() for searched in found]


def is_table(place: str) -> bool:
    """Whether a place is an address with a table, rather than files of somebody else's."""
    return is_s3(place) or Path(place, TABLE_KEY).is_file()


def read_searches(place: str, partial: bool = False) -> list[Searched]:
    """The searches of a table, or of ToolBench's files.

    Raises:
        ConfigurationError: nothing is there, it is of another kind, or not finished.
    """
    if is_table(place):
        return searched_of(_table(place).records(Trajectory, "trajectories", partial))
    return searched_of(read_published(Path(place)))


def gather(
    places: Iterable[str],
    *,
    catalog: str = "",
    queries: Iterable[Path] = (),
    price_as: str = "",
    partial: bool = False,
) -> Material:
    """Read places, and what can be known about their APIs and instructions.

    Args:
        places: addresses of trajectories, files or folders of ToolBench's.
        catalog: address that crawl has written, for the categories of published searches.
        queries: ToolBench's query files, for the relevant APIs of published searches.
        price_as: model at whose prices tokens are counted; empty: what was paid.
        partial: also of tables that are not finished.

    Raises:
        ConfigurationError: nothing is there, it is of another kind, or the model's price is not known.
    """
    prices = price_of(price_as, _LISTED) if price_as else None
    material = Material()
    for place in places:
        found = material.places[place] = read_searches(place, partial)
        usage: Mapping[str, Usage] = {}
        if is_table(place):
            table = _table(place)
            usage = _know_calls(table, found, partial)
            _know_inputs(material, table, place, found)
        if prices is not None:
            _price(found, usage, prices)
    if catalog:
        _know_apis(material, Table.open(catalog).records(Api, "apis"))
    for path in queries:
        known = read_queries(path)
        _know_apis(material, known.apis)
        _know_queries(material, known.instructions)
    return material


def _table(address: str) -> Table:
    table = Table.open(address)
    if table.manifest.stage != "annotate":
        raise ConfigurationError(f"{address} holds the output of '{table.manifest.stage}', not trajectories")
    return table


def _know_calls(table: Table, searches: Iterable[Searched], partial: bool) -> dict[str, Usage]:
    """What was paid, written down with each search; returns instruction_id to its billed tokens."""
    usage: dict[str, Usage] = defaultdict(Usage)
    paid: dict[str, int] = defaultdict(int)
    for call in table.records(Call, "calls", partial):
        if call.kind == "model":
            before = usage[call.subject_id]
            usage[call.subject_id] = Usage(
                before.uncached + call.uncached_tokens,
                before.cached + call.cached_tokens,
                before.cache_write + call.cache_write_tokens,
                before.output + call.output_tokens,
            )
            paid[call.subject_id] += call.cost_nano_usd
    if any(paid.values()):
        for searched in searches:
            searched.known.usd = paid[searched.trajectory.instruction_id] / NANO
    return usage


def _know_inputs(material: Material, table: Table, place: str, searches: Iterable[Searched]) -> None:
    try:
        material.instructions[place] = table.manifest.inputs["instructions"]
        toolenv = str(table.parameters().get("toolenv") or "")
        inputs = load_inputs(material.instructions[place], toolenv)
    except (FactoryError, KeyError) as error:
        material.notes.append(f"categories and relevant APIs of {place} are not known: {error}")
        return
    material.categories |= {api_id: api.category for api_id, api in inputs.apis.items()}
    known = {instruction.instruction_id: instruction for instruction in inputs.instructions}
    for searched in searches:
        instruction = known.get(searched.trajectory.instruction_id)
        if instruction is not None:
            searched.known.solvable = instruction.solvable
            searched.known.relevant = instruction.relevant_api_ids or None


def _price(searches: Iterable[Searched], usage: Mapping[str, Usage], prices: Prices) -> None:
    for searched in searches:
        billed = usage.get(searched.trajectory.instruction_id)
        if billed is None and searched.tokens:
            costs = turn_costs(searched).values()
            billed = Usage(
                uncached=round(sum(cost.prompt for cost in costs)),
                output=round(sum(cost.completion for cost in costs)),
            )
        searched.known.usd = None if billed is None else prices.cost(billed) / NANO


def _know_apis(material: Material, apis: Iterable[Api]) -> None:
    """Categories by the ids that published functions are given, where these name one API, or one tool."""
    of_api: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for api in apis:
        of_api[api.tool_standard_name, api.standard_name].add(api.category)
        of_api[(api.tool_standard_name,)].add(api.category)
    offered = {api_id for searched in material.searches for api_id in searched.trajectory.api_ids}
    for api_id in offered - material.categories.keys():
        names = tuple(api_id.split("/")[1:])
        for key in (names, names[:1]):
            if len(found := of_api.get(key, set())) == 1:
                material.categories[api_id] = next(iter(found))
                break


def _know_queries(material: Material, instructions: Iterable[Instruction]) -> None:
    by_text = {each.text.strip(): each.relevant_api_ids for each in instructions}
    for searched in material.searches:
        found = by_text.get(searched.trajectory.text.strip())
        if found and searched.known.relevant is None:
            searched.known.relevant = found
