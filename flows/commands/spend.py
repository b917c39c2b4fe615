"""`foundry spend reconcile`: what was booked against what was billed."""

from pathlib import Path
from typing import Annotated

import orjson
from cyclopts import App, Parameter
from rich.table import Table as Grid

from flows.terminal import console
from tasks.errors import ConfigurationError
from tasks.llm.ledger import NANO
from tasks.llm.spending.calls import watched_ledger
from tasks.llm.spending.invoice import Unit, read_invoice
from tasks.llm.spending.reconcile import Reconciliation, reconcile

app = App(help="Look into the ledger. 'make dashboard' shows it in a browser.")
_LARGEST = 100_000_000
"""Bytes of an export; a year of days and models takes a few."""


@app.command(name="reconcile")
def reconcile_invoice(
    *,
    invoice: Annotated[
        Path, Parameter(help="A provider's costs export by day and model: CSV, or JSON of its costs endpoint")
    ],
    ledger: Annotated[Path | None, Parameter(help="The ledger (sqlite); FOUNDRY_LEDGER by default")] = None,
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
        first=since,
        last=until,
        tolerance=round(tolerance_usd * NANO),
        tolerance_percent=tolerance_percent,
    )
    _show(report)
    if json:
        print(orjson.dumps(report.to_plain()).decode())
    if not report.agrees:
        raise SystemExit(1)


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
