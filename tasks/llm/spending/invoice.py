"""A provider's costs export: what was billed on which UTC day for which model (pure).

Taken are CSV (comma, semicolon or tab) and JSON (an array, one object a line, or pages of daily buckets as
the costs endpoints of OpenAI and Anthropic answer). Columns are found by their names, or named by the user.
Amounts are kept as decimals, to the last digit that was printed; nothing goes through a float.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from json import JSONDecodeError, loads
from typing import Any, Literal, NamedTuple

from tasks.errors import ConfigurationError

Unit = Literal["auto", "usd", "cents"]

DATES = (
    "start_time_iso", "date", "day", "usage_date_utc", "usage_date", "start_time", "starting_at",
    "bucket_start_time", "charge_period_start", "chargeperiodstart", "timestamp", "time",
)  # fmt: skip
MODELS = ("model", "model_name", "line_item", "resource_name", "resourcename", "sku", "description", "item")
AMOUNTS = (
    "amount_value", "amount_usd", "cost_usd", "amount_in_usd", "cost_in_usd", "billed_cost", "billedcost",
    "amount", "cost", "total_cost", "spend", "usd", "amount_cents", "cost_cents",
)  # fmt: skip
CURRENCIES = ("amount_currency", "currency", "billing_currency", "billingcurrency")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
"""1,234.50; no group begins with a zero."""
_WITH_COMMA = re.compile(r"-?\d+,\d+")
"""12,50, as spreadsheets write where fields are set apart by semicolons."""
_NOTHING = "the invoice holds no charges; export days on which something was billed"
_LATEST_SECONDS = 10**11
"""Larger numbers are times in milliseconds."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of an invoice."""

    day: str
    """UTC, YYYY-MM-DD."""
    item: str
    """What was billed, in the provider's words."""
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an export says, and how it was read."""

    charges: tuple[Charge, ...]
    date_column: str
    model_column: str
    amount_column: str
    unit: Literal["usd", "cents"]
    more: bool = False
    """The export says of itself that it is not all."""

    def described(self) -> str:
        """A sentence for whoever must trust it."""
        rest = "; further pages follow, it says, which are missing" if self.more else ""
        unit = "USD" if self.unit == "usd" else "cents"
        return (
            f"{len(self.charges):,} charges: day from '{self.date_column}', model from "
            f"'{self.model_column}', {unit} from '{self.amount_column}'{rest}"
        )


class _Row(NamedTuple):
    """One row of an export."""

    where: str
    """For whoever looks it up."""
    cells: Mapping[str, Any]


def read_invoice(
    content: bytes, *, date: str = "", model: str = "", amount: str = "", unit: Unit = "auto"
) -> Invoice:
    """Read an export.

    Args:
        content: of the file.
        date: column of the day; empty: found by its name.
        model: column of the model.
        amount: column of the amount.
        unit: what amounts are in; `auto` takes cents where the column is named so, or the export is a page of
            Anthropic's cost report, whose amounts are in cents.

    Raises:
        ConfigurationError: it is no export, a column is not found, or a line holds what is no day or amount.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"the invoice is no UTF-8 text ({error}); export it as CSV or JSON"
        ) from None
    in_cents, more, comma = False, False, False
    if text.lstrip()[:1] in ("{", "["):
        rows, in_cents, more = _json_rows(text)
    else:
        rows, comma = _csv_rows(text)
    if not rows:
        raise ConfigurationError(_NOTHING)
    # Every row counts: JSON leaves out what is empty.
    columns = list(dict.fromkeys(name for row in rows for name in row.cells))
    names = (
        _column(columns, date, DATES, "--date-column"),
        _column(columns, model, MODELS, "--model-column"),
        _column(columns, amount, AMOUNTS, "--amount-column"),
    )
    said = "cents" if in_cents or _plain(names[2]).endswith("cents") else "usd"
    taken: Literal["usd", "cents"] = "cents" if (said if unit == "auto" else unit) == "cents" else "usd"
    charges = tuple(_charges(rows, names, taken, comma))
    if not charges:
        raise ConfigurationError(_NOTHING)
    return Invoice(charges, *names, taken, more)


def _charges(
    rows: Sequence[_Row], names: tuple[str, str, str], unit: Literal["usd", "cents"], comma: bool
) -> Iterator[Charge]:
    for where, row in rows:
        day, item, amount = (row.get(name) for name in names)
        if amount in (None, ""):
            continue  # a bucket in which nothing was billed
        for name, value in row.items():
            if _plain(name) in CURRENCIES and value and str(value).strip().lower() != "usd":
                raise ConfigurationError(f"{where} is in {value}; reconcile compares USD, export those")
        usd = _decimal(amount, where, comma) / (100 if unit == "cents" else 1)
        yield Charge(_day(day, where), str(item or "").strip(), usd)


def _csv_rows(text: str) -> tuple[list[_Row], bool]:
    """Rows, and whether a comma may be a decimal one."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[_Row] = []
    try:
        heading = next(lines, [])
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            where = f"line {lines.line_num} of the invoice"
            # A cell too few or too many: a comma without its quotes has moved amounts into other columns.
            if len(cells) < len(heading) or any(cell.strip() for cell in cells[len(heading) :]):
                raise ConfigurationError(
                    f"{where} has {len(cells)} cells and the first line {len(heading)}; export it again"
                )
            rows.append(_Row(where, dict(zip(heading, cells, strict=False))))
    except csv.Error as error:
        raise ConfigurationError(f"line {lines.line_num} of the invoice is no CSV ({error})") from None
    return rows, delimiter != ","


def _json_rows(text: str) -> tuple[list[_Row], bool, bool]:
    """Flat rows, whether amounts are in cents, whether further pages follow."""
    try:
        found = loads(text, parse_float=Decimal)
    except JSONDecodeError as whole:
        try:
            found = [loads(line, parse_float=Decimal) for line in text.splitlines() if line.strip()]
        except JSONDecodeError:
            raise ConfigurationError(f"the invoice is no JSON ({whole}); export it again") from None
    pages = found if isinstance(found, list) else [found]
    if not all(isinstance(page, dict) for page in pages):
        raise ConfigurationError("the invoice's JSON must hold objects; export daily costs")
    rows: list[dict[str, Any]] = []
    cents = more = False
    for page in pages:
        buckets = page["data"] if isinstance(page.get("data"), list) else [page]
        more = bool(page.get("has_more"))  # what the last page says
        for bucket in buckets:
            if not isinstance(bucket, dict):
                raise ConfigurationError("a bucket of the invoice is no object; export daily costs")
            if not isinstance(bucket.get("results"), list):
                rows.append(_flat(bucket))
                continue
            cents = cents or "starting_at" in bucket
            outer = {name: value for name, value in bucket.items() if name not in ("results", "object")}
            rows += [{**outer, **_flat(each)} for each in bucket["results"] if isinstance(each, dict)]
    return [_Row(f"charge {number} of the invoice", row) for number, row in enumerate(rows, 1)], cents, more


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        inner = value.items() if isinstance(value, dict) else ()
        flat |= {f"{name}_{each}": of_it for each, of_it in inner} if inner else {name: value}
    return flat


def _column(columns: Iterable[str], named: str, known: Sequence[str], option: str) -> str:
    there = list(columns)
    if named:
        if named in there:
            return named
        raise ConfigurationError(f"the invoice has no column '{named}'; it has {', '.join(there)}")
    plain = {_plain(name): name for name in there}
    for name in known:
        if name in plain:
            return plain[name]
    raise ConfigurationError(f"name the invoice's column with {option}; it has {', '.join(there)}")


def _plain(name: str) -> str:
    """`Cost (USD)`, `cost_usd` and `Cost USD` are one name."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _decimal(value: Any, where: str, comma: bool) -> Decimal:
    """An amount.

    Args:
        value: of its cell.
        where: the cell's row.
        comma: whether a comma may be a decimal one.

    Raises:
        ConfigurationError: it is no amount, or may be two of them.
    """
    if isinstance(value, bool):
        raise ConfigurationError(f"{where}: {value!r} is no amount")
    text = str(value).strip().replace("$", "", 1).strip()
    grouped, decimal = _GROUPED.fullmatch(text), comma and _WITH_COMMA.fullmatch(text)
    if grouped and decimal:
        raise ConfigurationError(
            f"{where}: {text[:40]!r} may be {text.replace(',', '.')[:40]} or {text.replace(',', '')[:40]}; "
            "export amounts with a decimal point"
        )
    if decimal:
        text = text.replace(",", ".")
    elif grouped:
        text = text.replace(",", "")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > 10**12:
        raise ConfigurationError(f"{where}: {str(value)[:40]!r} is no amount; write 1234.56")
    return amount


def _day(value: Any, where: str) -> str:
    """The UTC day of a date, a time with its offset, or seconds (or milliseconds) since 1970."""
    text = str(value if value is not None else "").strip()
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", text):
            seconds = float(text)
            seconds = seconds / 1000 if seconds > _LATEST_SECONDS else seconds
            return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
        time = datetime.fromisoformat(text.removesuffix(" UTC"))
        return f"{time.astimezone(UTC) if time.tzinfo else time:%Y-%m-%d}"
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"{where}: {text[:40]!r} is no day; write 2026-11-21, or an ISO time with its offset"
        ) from None
