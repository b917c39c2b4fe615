"""Where a forecast's pilot comes from: what is there, what is free, what is paid for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tasks.annotation.forecast import earlier, searches
from tasks.annotation.forecast.costs import Searched, searched, waiting
from tasks.annotation.forecast.hours import makespan
from tasks.annotation.forecast.record import Origin
from tasks.annotation.shards import NAME
from tasks.annotation.stage import Checked, plan, require_world
from tasks.environment.live import HUB
from tasks.environment.sessions import can_fork
from tasks.errors import ConfigurationError
from tasks.llm.fees import Fee, fees_of
from tasks.llm.pricing import Prices
from tasks.llm.protocol import REHEARSAL_PREFIX
from tasks.llm.servers import base_url, is_loopback
from tasks.records import Call, Instruction
from tasks.rollout.environments import require_environment
from tasks.search.functions import PUBLISHED
from tasks.search.writing import writes
from tasks.storage.stage import Progress
from tasks.storage.table import Table

STAND_IN = "rehearsal-middle"


@dataclass(frozen=True, slots=True)
class Pilot:
    """Instructions whose searches stand for those that are left."""

    rows: Sequence[Searched]
    origin: Origin
    stretch: float | None
    """Wall time of the pilot over what its calls' latencies make of it; None: latencies are not the run's."""
    notes: tuple[str, ...] = ()


def free_pilot(
    found: Checked, named: str, left: Sequence[Instruction], table: Table | None, address: str,
    price: Prices, progress: Progress,
) -> Pilot:  # fmt: skip
    """The closest pilot that costs nothing, or the one that is named.

    Args:
        found: the run's parameters.
        named: an address or a rehearsal model; empty: none is.
        left: instructions that are to be forecast for.
        table: the run's, where it was begun.
        address: the run's.
        price: the model's.
        progress: told of searched instructions.

    Raises:
        ConfigurationError: there is none.
    """
    if named.startswith(REHEARSAL_PREFIX):
        return _stand_in(found, named, left, price, progress)
    if named:
        return _named(found, named, price)
    published = earlier.searched_in(table, price) if table else []
    if len(published) >= earlier.LEAST:
        said = f"{len(published)} instructions published at this address"
        return Pilot(published, Origin("published", said, len(published), 1), 1.0)
    tables = earlier.alike_tables(found.parameters.model_dump(mode="json"), address)
    if rows := earlier.earlier_pilot(tables, price):
        return _of_earlier(rows)
    if _is_free(found.parameters.model, price):
        return _itself(found, left, price, progress)
    if not all(api.source == HUB and is_loopback(api.url) for api in found.apis):
        raise ConfigurationError(
            f"no pilot is free here: {found.parameters.model} has annotated nothing by "
            f"{found.parameters.method} yet, and these APIs are real ones; --pilot NUMBER --budget-usd X "
            "pays for a few instructions, which count, --pilot ADDRESS takes another annotation, --pilot "
            f"{STAND_IN} lets a stand-in call the APIs"
        )
    return _stand_in(found, STAND_IN, left, price, progress)


def paid_pilot(found: Checked, size: int, price: Prices, progress: Progress) -> Pilot:
    """Annotate a sample for money and publish it; the run goes on after it.

    Raises:
        ConfigurationError: no budget is named, or there are fewer instructions.
        BudgetExceeded, TransientError: what was finished is published.
    """
    parameters = found.parameters
    if not 2 <= size <= len(found.inputs.instructions):
        raise ConfigurationError(
            f"--pilot {size}: a pilot takes from 2 to all {len(found.inputs.instructions)} instructions"
        )
    if (price.worst(1_000, 1) > 0 or _fees(found)) and parameters.budget_usd is None:
        raise ConfigurationError(
            f"--pilot {size} annotates {size} instructions for money; say with --budget-usd how much it may "
            "cost"
        )
    address = plan(parameters)
    drawn = {
        each.instruction_id for each in searches.sample(found.inputs.instructions, size, parameters.seed)
    }
    took = searches.search_paid(address, found.inputs.instructions, drawn, progress)
    rows = [row for row in earlier.searched_in(Table.open(address), price) if row.instruction_id in drawn]
    if not rows:
        raise ConfigurationError(f"none of the {size} instructions of the pilot could be searched")
    said = f"{len(rows)} instructions annotated for it: paid for, published, and not annotated again"
    pools = [([row for row in rows if row.instruction_id in ids], wall_s) for ids, wall_s in took]
    return Pilot(rows, Origin("paid", said, len(rows), 1), _stretch(pools, parameters.concurrency))


def _named(found: Checked, address: str, price: Prices) -> Pilot:
    """An annotation that was named, whoever made it."""
    table = Table.open(address)
    if table.manifest.stage != NAME:
        raise ConfigurationError(f"--pilot {address} holds the output of '{table.manifest.stage}'")
    rows = earlier.searched_in(table, price, table.manifest.run_id)
    if len(rows) < earlier.LEAST:
        raise ConfigurationError(
            f"--pilot {address} holds {len(rows)} annotated instructions; {earlier.LEAST} are the least"
        )
    notes = []
    given = found.parameters.model_dump(mode="json")
    for name in ("model", "method"):
        theirs = table.manifest.parameters.get(name)
        if theirs != given[name]:
            notes.append(
                f"the pilot's {name} is {theirs}: the interval does not know how {given[name]} differs"
            )
    made = _of_earlier(rows)
    same_model = table.manifest.parameters.get("model") == given["model"]
    return Pilot(rows, made.origin, made.stretch if same_model else None, (*notes, *made.notes))


def _of_earlier(rows: Sequence[Searched]) -> Pilot:
    runs = len({row.run for row in rows})
    said = f"{len(rows)} instructions of {runs} earlier annotation{'s' if runs > 1 else ''}"
    notes = (
        ()
        if runs > 1
        else ("one earlier run does not show how runs differ: other instructions may cost more or less",)
    )
    return Pilot(rows, Origin("earlier", said, len(rows), runs), 1.0, notes)


def _itself(found: Checked, left: Sequence[Instruction], price: Prices, progress: Progress) -> Pilot:
    drawn = _drawn(found, left)
    require_world(found)
    model = found.parameters.model
    calls, wall_s = searches.search_free(found, drawn, model, base_url(), progress)
    rows = _rows(found, drawn, calls, price)
    said = f"{len(rows)} instructions searched by {model} itself, which costs nothing here; not published"
    stretch = _stretch([(rows, wall_s)], found.parameters.concurrency)
    return Pilot(rows, Origin("itself", said, len(rows), 1), stretch)


def _stand_in(
    found: Checked, name: str, left: Sequence[Instruction], price: Prices, progress: Progress
) -> Pilot:
    parameters = found.parameters
    if name == parameters.model and _is_free(name, price):
        return _itself(found, left, price, progress)
    drawn = _drawn(found, left)
    require_environment(parameters.environment, parameters.api_proxy, found.apis)
    with searches.rehearsal_server(parameters.seed) as url:
        calls, _ = searches.search_free(found, drawn, name, url, progress)
    rows = _rows(found, drawn, calls, price)
    said = (
        f"{len(rows)} instructions searched by {name}, a rule-made stand-in, at the price of "
        f"{parameters.model}"
    )
    note = (
        "calls and replies are the stand-in's, a token counted for four characters: the interval does not "
        f"know how {parameters.model} differs; --pilot NUMBER --budget-usd X would"
    )
    return Pilot(rows, Origin("rehearsal", said, len(rows), 1), None, (note,))


def _drawn(found: Checked, left: Sequence[Instruction]) -> list[Instruction]:
    if found.searcher.needs_budget:
        raise ConfigurationError(
            f"{found.searcher.name} spends what another annotation has; --pilot ADDRESS names one for the "
            "forecast"
        )
    writing = [api.api_id for api in found.apis if writes(api) and not can_fork([api])]
    if found.parameters.allow_writes and writing:
        raise ConfigurationError(
            f"a free pilot would write with {writing[0]} and others for real; --pilot ADDRESS takes another "
            "annotation, --pilot NUMBER one whose instructions count"
        )
    if fees := _fees(found):  # it books nothing: what it paid for would be in no ledger and under no cap
        raise ConfigurationError(
            f"a free pilot would call {min(fees)}, which costs money or counts against a quota, and book "
            "nothing of it; --pilot NUMBER --budget-usd X pays for a few instructions, which count, --pilot "
            "ADDRESS takes another annotation"
        )
    return searches.sample(left, found.parameters.pilot_size, found.parameters.seed)


def _fees(found: Checked) -> dict[str, Fee]:
    """What calls of APIs cost where they are.

    Raises:
        ConfigurationError: the price of one is not known.
    """
    return fees_of(found.parameters.environment, found.apis, found.inputs.pricing)


def _rows(
    found: Checked, drawn: Sequence[Instruction], calls: Sequence[Call], price: Prices
) -> list[Searched]:
    style = PUBLISHED if found.parameters.schemas == "published" else None
    offered, _ = waiting(
        drawn, found.inputs.apis, found.parameters.environment, found.parameters.allow_writes, style
    )
    openings = {each.instruction_id: each.opening for each in offered}
    groups = {each.instruction_id: each.group for each in offered}
    return searched(calls, groups, openings, price)


def _is_free(model: str, price: Prices) -> bool:
    """Whether a model costs nothing in truth, whatever price a file names for its rehearsal."""
    here = is_loopback(base_url())
    return here and (model.startswith(REHEARSAL_PREFIX) or price.worst(1_000_000, 1_000_000) == 0)


def _stretch(pools: Sequence[tuple[Sequence[Searched], float]], at_once: int) -> float:
    """What the run needs beside waiting for answers, or saves by asking at once, as a factor.

    Args:
        pools: rows that were searched side by side, and how long that took [s]; one pool after the other.
        at_once: instructions at once in a pool.
    """
    played = sum(makespan(np.array([row.busy_s for row in rows]), at_once) for rows, _ in pools if rows)
    return sum(wall_s for _, wall_s in pools) / played if played > 0 else 1.0
