"""`foundry annotate --dry-run`: what a run will take, before it is paid for.

A pilot is taken from where it costs nothing and lies closest to the run: instructions that are published at
the address, then earlier annotations by the same model and method, then a few instructions searched by the
model itself where it is free, then by the rehearsal teacher. Only `--pilot NUMBER` pays. The forecast says
which of them it was.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from tasks.annotation.forecast import earlier
from tasks.annotation.forecast.costs import CLASSES, Searched, Waiting, waiting
from tasks.annotation.forecast.hours import Schedule, waits
from tasks.annotation.forecast.outcome import taken
from tasks.annotation.forecast.pilots import Pilot, free_pilot, paid_pilot
from tasks.annotation.forecast.record import FORECAST_KEY, Forecast, Span
from tasks.annotation.forecast.resampling import LEVEL, Numbers, UnitPrices, covered, interval, totals
from tasks.annotation.shards import NAME
from tasks.annotation.stage import Parameters, checked, table_of
from tasks.errors import ConfigurationError
from tasks.llm.accounts import EVERY_DAY
from tasks.llm.booking import scopes_of
from tasks.llm.ledger import NANO, day_cap_usd, open_ledger
from tasks.llm.metered import require_priced
from tasks.llm.pricing import Prices
from tasks.llm.protocol import Usage
from tasks.search.functions import PUBLISHED
from tasks.storage.canonical import seed_of
from tasks.storage.manifest import now_text
from tasks.storage.planning import planned_place
from tasks.storage.stage import Progress
from tasks.storage.store import store_of


def forecast(parameters: Parameters, progress: Progress) -> Forecast:
    """Say what is left to pay at an address; it is kept there as `forecast.json`.

    Raises:
        ConfigurationError: as planning the run would, no pilot is to be had, or nothing is left to do.
        BudgetExceeded, TransientError: of a paid pilot; what was finished is published.
    """
    named = parameters.pilot.strip()
    parameters = parameters.model_copy(update={"pilot": "", "dry_run": False})
    found = checked(parameters)
    price = require_priced(found.parameters.model)
    pilot = paid_pilot(found, int(named), price, progress) if named.isdigit() else None
    address, table, manifest = planned_place(table_of(found))
    done = earlier.published_ids(table) if table else set()
    wanted = found.inputs.instructions if table else found.searched
    left = [each for each in wanted if each.instruction_id not in done]
    if not left:
        raise ConfigurationError(f"all {len(done)} instructions of {address} are annotated; nothing is left")
    style = PUBLISHED if found.parameters.schemas == "published" else None
    rest, rejected = waiting(
        left, found.inputs.apis, found.parameters.environment, found.parameters.allow_writes, style
    )
    if not rest:
        raise ConfigurationError(f"none of the {len(left)} instructions that are left can be searched")
    pilot = pilot or free_pilot(found, named, left, table, address, price, progress)
    seed = seed_of(parameters.seed, "forecast", "totals", 0)
    draws = totals(pilot.rows, rest, _unit_prices(price, pilot.rows), seed)
    usd = draws.nano_usd / NANO
    spans = {name: Span(*interval(getattr(draws, name))) for name in ("calls", *CLASSES)}
    spans["usd"] = Span(*interval(usd))
    hours = _hours(found.parameters, pilot, rest, draws.busy_s)
    if hours is not None:
        spans["hours"] = hours
    run = table.manifest.run_id if table else manifest.run_id
    room, scope = _room(found.parameters, run)
    binds = "" if scope in ("", f"run:{run}/{NAME}") else f"the cap that leaves least is that of {scope}"
    made = Forecast(
        made=now_text(),
        address=address,
        decides=manifest.decides,
        instructions=len(rest),
        published=len(done),
        rejected=rejected,
        pilot=pilot.origin,
        price=price.source,
        level=LEVEL,
        spans=spans,
        before=taken(table) if table and done else {},
        cap_usd=room,
        covers=None if room is None else Span(*covered(usd, room)),
        notes=(*pilot.notes, *filter(None, [binds])),
    )
    store_of(address).write(FORECAST_KEY, made.to_json().encode())
    return made


def _unit_prices(price: Prices, rows: Sequence[Searched]) -> UnitPrices:
    calls = max(1, sum(row.calls for row in rows))
    mean = {name: round(sum(getattr(row, name) for row in rows) / calls) for name in CLASSES}
    base = price.cost(Usage(**mean))

    def further(name: str) -> float:
        return (price.cost(Usage(**{**mean, name: mean[name] + 1_000})) - base) / 1_000

    return UnitPrices(*(further(name) for name in CLASSES))


def _hours(parameters: Parameters, pilot: Pilot, rest: Sequence[Waiting], busy_s: Numbers) -> Span | None:
    schedule = Schedule(len(rest), parameters.shard_size, parameters.concurrency)
    seconds = waits(pilot.rows, busy_s, schedule, seed_of(parameters.seed, "forecast", "hours", 0))
    if parameters.reply_s is not None:
        replies_s = parameters.reply_s * sum(row.calls for row in pilot.rows)
        answers_s = sum(row.busy_s for row in pilot.rows)
        return Span(*interval(seconds * (replies_s / max(answers_s, 1e-9) / 3600)))
    if pilot.stretch is None:
        return None
    return Span(*interval(seconds * (pilot.stretch / 3600)))


def _room(parameters: Parameters, run: str) -> tuple[float | None, str]:
    """The least that the caps of stage, run and today leave beside what is reserved [USD], and whose it is.

    Caps that the run would write down replace those of the ledger; None and "" where there is none.
    """
    ledger = open_ledger()
    day, whole, own = scopes_of(f"{datetime.now(UTC):%Y-%m-%d}", run, NAME)
    told_usd = {own: parameters.budget_usd}
    if ledger.spent(day)[2] == ledger.spent(EVERY_DAY)[2]:  # else today has a cap of its own, which stands
        told_usd[day] = day_cap_usd()
    rooms = []
    for scope in (own, whole, day):
        settled, reserved, cap = ledger.spent(scope)
        if (cap_usd := told_usd.get(scope)) is not None:
            cap = round(cap_usd * NANO)
        if cap is not None:
            rooms.append((max(0, cap - settled - reserved) / NANO, scope))
    return min(rooms, key=lambda each: each[0], default=(None, ""))
