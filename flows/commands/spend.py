"""`foundry spend`: caps set and lifted, models trusted again, what was booked against what was billed."""

import re
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
from cyclopts import App, Parameter
from rich.table import Table as Grid

from flows.terminal import console
from tasks.errors import ConfigurationError
from tasks.llm.ledger import NANO, Ledger, ledger_place
from tasks.llm.spending.calls import WatchedLedger, watched_ledger
from tasks.llm.spending.invoice import Unit, read_invoice
from tasks.llm.spending.reconcile import Reconciliation, reconcile

Number = TypeVar("Number", int, float)

app = App(help="Look into the ledger, set caps, trust a model again. 'make dashboard' shows it in a browser.")
LedgerPlace = Annotated[
    str, Parameter(help="The ledger: a sqlite file or postgresql://...; FOUNDRY_LEDGER by default")
]
NO_CAP = "none"
_SCOPE = re.compile(r"day|day:(?P<day>\d{4}-\d\d-\d\d)|run:[^/\s]+(/[a-z-]+)?")
_LARGEST = 100_000_000
"""Bytes of an export; a year of days and models takes a few."""


@app.command
def cap(
    scope: Annotated[
        str, Parameter(help="day, day:2026-11-21, run:RUN or run:RUN/STAGE; left out: every cap is listed")
    ] = "",
    usd: Annotated[str, Parameter(help="The cap [USD], or 'none' to lift it; left out: it stays")] = "",
    *,
    tokens: Annotated[str, Parameter(help="Cap of tokens of models, or 'none' to lift it")] = "",
    ledger: LedgerPlace = "",
) -> None:
    """List caps, or set, raise, lower or lift one: work that waits or is run again goes by it at once.

    A stage's cap is that of its --budget-usd, a run's that of the factory's, and 'day' is the cap of every
    day that has none of its own. A stage that is planned again sets the caps that its options and
    FOUNDRY_DAY_CAP_USD name.

    For 20 USD a day: foundry spend cap day 20

    To lift the cap of the annotation of run r1: foundry spend cap run:r1/annotate none
    """
    place = ledger_place(ledger)
    if scope:
        _set_caps(place, _scope(scope), usd, tokens)
    _show_caps(watched_ledger(place), scope)


@app.command
def trust(
    model: Annotated[
        str, Parameter(help="Its name, as the ledger has it; left out: those not trusted are listed")
    ] = "",
    *,
    ledger: LedgerPlace = "",
) -> None:
    """Reserve a model's worst case as it is again, after its server has billed more than was reserved.

    Calls of such a model reserve as many times their worst case as its server has billed, for good. Trust it
    once its server bills right: if it does not, what it bills beyond passes a cap until that is learnt again.
    """
    place = ledger_place(ledger)
    factors = watched_ledger(place).factors()
    known = ", ".join(f"{name} ({factor:g} times)" for name, factor in factors.items()) or "none"
    if not model:
        console.print(f"reserve more than their worst case: {known}", highlight=False, markup=False)
        return
    if model not in factors:
        raise ConfigurationError(
            f"'{model}' is trusted; models that reserve more than their worst case: {known}"
        )
    with closing(Ledger(place)) as books:
        books.forget_factor(model)
    console.print(
        f"{model} reserved {factors[model]:g} times its worst case, and is trusted again", markup=False
    )


@app.command(name="reconcile")
def reconcile_invoice(
    *,
    invoice: Annotated[
        Path, Parameter(help="A provider's costs export by day and model: CSV, or JSON of its costs endpoint")
    ],
    ledger: LedgerPlace = "",
    since: Annotated[str, Parameter(help="First day to compare (UTC); the invoice's first by default")] = "",
    until: Annotated[str, Parameter(help="Last day to compare (UTC); the invoice's last by default")] = "",
    date_column: Annotated[str, Parameter(help="Column of the day, where its name is not known")] = "",
    model_column: Annotated[str, Parameter(help="Column of the model, where its name is not known")] = "",
    amount_column: Annotated[str, Parameter(help="Column of the amount, where its name is not known")] = "",
    unit: Annotated[Unit, Parameter(help="What amounts are in; auto goes by the export's form")] = "auto",
    alias: Annotated[
        tuple[str, ...],
        Parameter(help="INVOICE=LEDGER: a model's name in the invoice and in the ledger; may be repeated"),
    ] = (),
    models: Annotated[
        tuple[str, ...],
        Parameter(help="The ledger's models that the invoice is about, e.g. 'gpt-*'; all of them by default"),
    ] = (),
    tolerance_usd: Annotated[float, Parameter(help="A day and model may differ by this [USD]")] = 0.01,
    tolerance_percent: Annotated[
        float, Parameter(help="Or by this share of what was billed [%]; the larger of the two counts")
    ] = 0.0,
    json: Annotated[
        bool, Parameter(negative="", help="Print the report as one line of JSON on stdout")
    ] = False,
) -> None:
    """Compare the ledger with a provider's invoice by UTC day and model.

    Exit code 0: no difference exceeds the tolerance; 1: some do.
    """
    first, last = _day("--since", since), _day("--until", until)
    if first and last and last < first:
        raise ConfigurationError(f"--until {last} lies before --since {first}; give days in their order")
    if not (0 <= tolerance_usd <= 1e9 and 0 <= tolerance_percent <= 100):
        raise ConfigurationError("a tolerance is a sum of USD from 0, or a percentage from 0 to 100")
    read = read_invoice(
        _content(invoice), date=date_column, model=model_column, amount=amount_column, unit=unit
    )
    console.print(f"read {invoice}: {read.described()}", highlight=False, markup=False)
    report = reconcile(
        read,
        watched_ledger(ledger).by_day_and_model(),
        aliases=_aliases(alias),
        models=models,
        first=first,
        last=last,
        tolerance=round(tolerance_usd * NANO),
        tolerance_percent=tolerance_percent,
    )
    _show(report)
    if json:
        print(orjson.dumps(report.to_plain()).decode())
    if not report.agrees:
        raise SystemExit(1)


def _day(option: str, given: str) -> str:
    """A day as both books write it; compared as texts, another way of writing it would match no row."""
    try:
        return date.fromisoformat(given.strip()).isoformat() if given.strip() else ""
    except ValueError:
        raise ConfigurationError(f"{option} '{given}' is no day; write 2026-11-21") from None


def _scope(named: str) -> str:
    found = _SCOPE.fullmatch(named)
    try:
        if found and found["day"]:
            date.fromisoformat(found["day"])
    except ValueError:
        found = None
    if found is None:
        raise ConfigurationError(
            f"'{named}' is no scope of a cap; write day, day:2026-11-21, run:RUN or run:RUN/STAGE"
        )
    return named


def _set_caps(place: Path | str, scope: str, usd: str, tokens: str) -> None:
    if not usd and not tokens:
        raise ConfigurationError(f"say which cap {scope} gets: a sum of USD or 'none', or --tokens N or none")
    cap_usd, cap_tokens = _amount(usd, "USD", float), _amount(tokens, "tokens", int)
    with closing(Ledger(place)) as books:
        if usd:
            books.set_cap(scope, cap_usd)
        if tokens:
            books.set_token_cap(scope, cap_tokens)


def _amount(said: str, unit: str, kind: Callable[[str], Number]) -> Number | None:
    if said in ("", NO_CAP):
        return None
    try:
        return kind(said)
    except ValueError:
        raise ConfigurationError(f"'{said}' is no cap; give a number of {unit}, or '{NO_CAP}'") from None


def _show_caps(ledger: WatchedLedger, named: str) -> None:
    grid = Grid(title=f"Caps of {ledger.shown}", title_justify="left")
    for name in ("scope", "settled", "reserved", "cap", ""):
        grid.add_column(name, justify="right" if name not in ("scope", "") else "left", overflow="fold")
    for row in [*ledger.scopes(), *ledger.scopes("tokens")]:
        if row.cap is not None or row.scope == named:
            unit, shown = ("tokens", "{:,}".format) if row.unit == "tokens" else ("USD", _usd)
            cap = NO_CAP if row.cap is None else shown(row.cap)
            grid.add_row(_text(row.scope), shown(row.settled), shown(row.reserved), cap, unit)
    if grid.rows:
        console.print(grid)
    else:
        console.print(f"{ledger.shown} holds no cap", highlight=False, markup=False)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            raise ConfigurationError(f"{path} is larger than {_LARGEST:,} bytes; export fewer days")
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the invoice {path} cannot be read: {error.strerror}") from None


def _aliases(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if not all(invoice and ledger for invoice, _, ledger in pairs):
        raise ConfigurationError(
            "--alias is INVOICE=LEDGER, e.g. --alias 'Claude Haiku 4.5=claude-haiku-4-5'"
        )
    return {invoice: ledger for invoice, _, ledger in pairs}


def _show(report: Reconciliation) -> None:
    grid = Grid(
        title=f"Ledger and invoice, {report.first} to {report.last} (UTC days, USD)", title_justify="left"
    )
    for place, name in enumerate(("day", "model", "booked", "billed", "difference", "")):
        amount = 2 <= place < 5
        grid.add_column(
            name, justify="right" if amount else "left", no_wrap=amount or place == 0, overflow="fold"
        )
    for row in report.rows:
        said = "beyond" if row.beyond else ""
        amounts = (row.ledger, row.invoice, row.difference)
        grid.add_row(row.day, _text(row.model), *map(_usd, amounts), said)
    sums = [sum(getattr(row, name) for row in report.rows) for name in ("ledger", "invoice", "difference")]
    grid.add_row("all", "", *map(_usd, sums), "")
    console.print(grid)
    for model, names in report.names.items():
        console.print(f"{model} stands for {', '.join(names)}", highlight=False, markup=False)
    if report.outside:
        console.print(f"the ledger has {_usd(report.outside)} USD of other days", highlight=False)
    for note in report.notes:
        console.print(f"note: {note}", highlight=False, markup=False)
    beyond = sum(row.beyond for row in report.rows)
    within = f"{_usd(report.tolerance)} USD or {report.tolerance_percent:g} %"
    console.print(
        f"{beyond} of {len(report.rows)} differ by more than {within}"
        if beyond
        else f"all {len(report.rows)} agree within {within}",
        highlight=False,
    )


def _usd(nano: int) -> str:
    """All nine digits: nothing is rounded away."""
    sign, amount = "-" if nano < 0 else "", abs(nano)
    return f"{sign}{amount // NANO:,}.{amount % NANO:09d}"


def _text(name: str) -> str:
    return name.replace("[", r"\[")
