"""The ledger against an invoice, by UTC day and model (pure).

Providers bill a model under the name of a snapshot (`gpt-4o-mini-2024-07-18`) and a line a token class
(`gpt-4o-mini-2024-07-18, input`); the ledger has the name that was asked for. Both are brought to one name,
and which names became one is said. A provider of models bills neither APIs nor machines nor storage: what the
ledger has of those is said beside the comparison.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from fnmatch import fnmatchcase
from typing import Any

from tasks.errors import ConfigurationError
from tasks.llm.ledger import NANO
from tasks.llm.spending.calls import MODEL, Booked
from tasks.llm.spending.invoice import Invoice

_SNAPSHOT = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest)$")
_CLASS = re.compile(r"\s*(,|\||;| - ).*$")


@dataclass(frozen=True, slots=True)
class Difference:
    """A day and model in both books; amounts in nano-USD."""

    day: str
    model: str
    ledger: int
    """What the ledger booked; what is open or lost at its reservation."""
    unsettled: int
    """Of that, reservations of calls that are open or were lost."""
    invoice: int
    beyond: bool
    """The difference exceeds the tolerance."""

    @property
    def difference(self) -> int:
        """Billed beyond what was booked; negative: booked beyond what was billed."""
        return self.invoice - self.ledger


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was compared, and what came of it."""

    rows: tuple[Difference, ...]
    first: str
    last: str
    """First and last day that were compared."""
    outside: int
    """nano-USD that the ledger booked on other days."""
    names: Mapping[str, tuple[str, ...]]
    """Model to the names it goes by in both books, where they are several."""
    tolerance: int
    """nano-USD a row."""
    tolerance_percent: float
    notes: tuple[str, ...] = field(default=())

    @property
    def agrees(self) -> bool:
        """No difference exceeds the tolerance."""
        return not any(row.beyond for row in self.rows)

    def to_plain(self) -> dict[str, Any]:
        """For `--json`; amounts are nano-USD."""
        ledger, invoice = (sum(getattr(row, name) for row in self.rows) for name in ("ledger", "invoice"))
        return {
            "agrees": self.agrees,
            "first_day": self.first,
            "last_day": self.last,
            "ledger_nano_usd": ledger,
            "invoice_nano_usd": invoice,
            "difference_nano_usd": invoice - ledger,
            "ledger_outside_nano_usd": self.outside,
            "tolerance_nano_usd": self.tolerance,
            "tolerance_percent": self.tolerance_percent,
            "rows": [
                {
                    "day": row.day,
                    "model": row.model,
                    "ledger_nano_usd": row.ledger,
                    "unsettled_nano_usd": row.unsettled,
                    "invoice_nano_usd": row.invoice,
                    "difference_nano_usd": row.difference,
                    "beyond_tolerance": row.beyond,
                }
                for row in self.rows
            ],
            "names": {model: list(names) for model, names in self.names.items()},
            "notes": list(self.notes),
        }


def reconcile(
    invoice: Invoice,
    booked: Iterable[Booked],
    *,
    aliases: Mapping[str, str],
    models: Collection[str] = (),
    first: str = "",
    last: str = "",
    tolerance: int = NANO // 100,
    tolerance_percent: float = 0.0,
) -> Reconciliation:
    """Compare the days that the invoice covers.

    Args:
        invoice: what was billed.
        booked: what the ledger has.
        aliases: name in the invoice to name in the ledger, beyond those that are found.
        models: names or patterns (`gpt-*`) of the ledger's models that the invoice is about; empty: all.
        first: first day to compare (YYYY-MM-DD); empty: the invoice's first.
        last: last day to compare; empty: the invoice's last.
        tolerance: nano-USD by which a row may differ.
        tolerance_percent: of the invoice; the larger of the two counts.

    Raises:
        ConfigurationError: on none of these days was anything billed or booked.
    """
    days = sorted(charge.day for charge in invoice.charges)
    first, last = first or (days[0] if days else ""), last or (days[-1] if days else "")
    names: dict[str, set[str]] = defaultdict(set)
    billed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    ledger: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    outside, skipped = 0, 0
    beside: dict[str, int] = defaultdict(int)
    folded = {_folded(name): _folded(model) for name, model in aliases.items()}
    for charge in invoice.charges:
        if not first <= charge.day <= last:
            skipped += 1
            continue
        model = folded.get(_folded(charge.item), _folded(charge.item))
        names[model].add(_CLASS.sub("", charge.item))
        billed[charge.day, model] += charge.usd
    for day, kind, name, cost, unsettled in booked:
        if kind != MODEL or not _is_meant(name, models):
            beside[kind] += cost if first <= day <= last else 0
            continue
        if not first <= day <= last:
            outside += cost
            continue
        model = folded.get(_folded(name), _folded(name))
        if cost or (day, model) in billed:
            names[model].add(name)
            ledger[day, model][0] += cost
            ledger[day, model][1] += unsettled
    rows = []
    for day, model in sorted({*billed, *ledger}):
        booked_here, unsettled = ledger.get((day, model), [0, 0])
        exact = billed.get((day, model), Decimal(0)) * NANO
        amount = int(exact.to_integral_value(ROUND_HALF_EVEN))
        allowed = max(Decimal(tolerance), abs(exact) * Decimal(str(tolerance_percent)) / 100)
        rows.append(
            Difference(day, model, booked_here, unsettled, amount, abs(exact - booked_here) > allowed)
        )
    if not rows:
        raise ConfigurationError(
            f"nothing was billed or booked from {first} to {last}, so nothing can agree; the invoice covers "
            f"{days[0]} to {days[-1]}: give other days with --since and --until"
            if days
            else "the invoice holds no charges; export days on which something was billed"
        )
    return Reconciliation(
        tuple(rows),
        first,
        last,
        outside,
        {model: tuple(sorted(each)) for model, each in sorted(names.items()) if len(each) > 1},
        tolerance,
        tolerance_percent,
        tuple(_notes(rows, invoice, skipped, beside)),
    )


def _is_meant(name: str, models: Collection[str]) -> bool:
    """Whether the invoice is about a model of the ledger, named with or without provider and snapshot."""
    names = (name.strip().lower(), _folded(name))
    return not models or any(fnmatchcase(each, model.strip().lower()) for each in names for model in models)


def _notes(
    rows: Sequence[Difference], invoice: Invoice, skipped: int, beside: Mapping[str, int]
) -> list[str]:
    """What a reader of the comparison must know.

    Args:
        rows: the comparison.
        invoice: what was billed.
        skipped: charges of other days.
        beside: kind to nano-USD of these days that were not compared.
    """
    said = []
    other = {kind: cost for kind, cost in beside.items() if kind != MODEL and cost}
    if other:
        sums = ", ".join(f"{_usd(cost)} of kind {kind}" for kind, cost in sorted(other.items()))
        said.append(f"the ledger has {sums}, which no provider of models bills: left out")
    if beside.get(MODEL):
        said.append(f"the ledger has {_usd(beside[MODEL])} of models beyond --models: left out")
    if invoice.more:
        said.append("the export says that further pages follow; what is on them is missing here")
    if skipped:
        said.append(f"{skipped} charges of other days are left out")
    if any(row.ledger == 0 and row.beyond for row in rows):
        said.append(
            "what the ledger lacks was spent elsewhere with this account, or goes by another name (--alias)"
        )
    if any(row.unsettled for row in rows):
        said.append("calls that are open, or whose process died, are booked at their reservation")
    return said


def _usd(nano: int) -> str:
    return f"{Decimal(nano) / NANO:f} USD"


def _folded(name: str) -> str:
    """The name without provider, token class and snapshot: `openai/gpt-4o-mini-2024-07-18, input`."""
    plain = _CLASS.sub("", name.strip()).rpartition("/")[2].strip().lower()
    return _SNAPSHOT.sub("", plain)
