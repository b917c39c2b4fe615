"""Household Ledger: what comes in, what goes out, and what is left on three accounts."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Number, Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

ACCOUNTS = ("current", "savings", "cash")
CATEGORIES = ("groceries", "rent", "transport", "leisure", "health", "household", "salary", "other")

tool = Tool(
    name="Household Ledger",
    category="Finance",
    description="The account book of a family, in euros: enter what was spent or earned, shift money between"
    " current account, savings and purse, correct a line, and see where a month went.",
    data_vintage="What callers write; a fresh session has June 2026 in it.",
    licence="Apache-2.0",
    collections=("household-budget",),
    initial_state={
        "opening": {"current": 1200.0, "savings": 5000.0, "cash": 80.0},
        "bookings": [
            {"id": 1, "date": "2026-06-01", "account": "current", "amount": 2600.0, "category": "salary",
             "text": "June pay"},
            {"id": 2, "date": "2026-06-02", "account": "current", "amount": -950.0, "category": "rent",
             "text": "Flat"},
            {"id": 3, "date": "2026-06-13", "account": "cash", "amount": -24.6, "category": "groceries",
             "text": "Market"},
            {"id": 4, "date": "2026-06-20", "account": "current", "amount": -61.35, "category": "groceries",
             "text": "Supermarket"},
            {"id": 5, "date": "2026-06-27", "account": "current", "amount": -49.0, "category": "transport",
             "text": "Monthly ticket"},
        ],
    },
)  # fmt: skip

MAX_BOOKINGS = 2000

Account = Annotated[str, Choice("Account of the household.", members=ACCOUNTS, example="current")]
Amount = Annotated[float, Number("Sum in euros, to the cent.", minimum=0.01, maximum=1e6, example=18.9)]
Date = Annotated[datetime.date | None, day("2026-07-01", "Day of the booking; today if left out.")]
Words = Annotated[str, Text("What it was for.", examples=("Cinema", "Birthday gift"), max_length=60)]


def _cents(amount: float) -> int:
    return round(amount * 100)


def _balance(state: State, account: str) -> float:
    booked = sum(_cents(b["amount"]) for b in state["bookings"] if b["account"] == account)
    return round((_cents(state["opening"][account]) + booked) / 100, 2)


def _book(state: State, clock: Clock, date: datetime.date | None, **fields: Any) -> dict[str, Any]:
    """Append a booking, to the cent; raises `BadArgument` where it overdraws savings or purse."""
    if len(state["bookings"]) >= MAX_BOOKINGS:
        raise BadArgument("amount", f"cannot be booked: the ledger is full ({MAX_BOOKINGS} lines)")
    account, amount = fields["account"], round(fields["amount"], 2)
    if amount < 0 and account != "current" and _cents(_balance(state, account)) + _cents(amount) < 0:
        raise BadArgument("amount", f"is more than the {_balance(state, account):.2f} in {account}")
    number = max((booking["id"] for booking in state["bookings"]), default=0) + 1
    booking = {"id": number, "date": str(date or clock.moment.date()), **fields, "amount": amount}
    state["bookings"].append(booking)
    return booking


@tool.get("/accounts/{account}", "Balance")
def balance(state: State, account: Account) -> Answer:
    """How much money is on one of the three accounts after everything that was entered, in euros."""
    return {"account": account, "balance": _balance(state, account), "currency": "EUR"}


@tool.get("/worth", "Net Worth")
def net_worth(state: State) -> Answer:
    """What the family owns on all accounts together, and on each of them."""
    balances = {account: _balance(state, account) for account in ACCOUNTS}
    return {**balances, "total": round(sum(balances.values()), 2)}


@tool.get("/months/{year}/{month}", "Month Summary")
def month_summary(
    state: State,
    year: Annotated[int, Integer("Calendar year.", minimum=2000, maximum=2099, example=2026)],
    month: Annotated[int, Integer("Month, 1 to 12.", minimum=1, maximum=12, example=6)],
) -> Answer:
    """Earned, spent and kept in one month, with what went to each purpose; transfers left out."""
    kept = [
        b for b in state["bookings"] if b["date"][:7] == f"{year}-{month:02d}" and b["category"] != "transfer"
    ]
    income = sum(_cents(b["amount"]) for b in kept if b["amount"] > 0)
    spent: dict[str, int] = {}
    for booking in kept:
        if booking["amount"] < 0:
            spent[booking["category"]] = spent.get(booking["category"], 0) - _cents(booking["amount"])
    return {
        "income": round(income / 100, 2),
        "expenses": round(sum(spent.values()) / 100, 2),
        "left": round((income - sum(spent.values())) / 100, 2),
        "by_category": {category: round(cents / 100, 2) for category, cents in sorted(spent.items())},
    }


@tool.get("/bookings", "List Bookings")
def list_bookings(
    state: State,
    category: Annotated[
        str, Choice("What it was for, in one word.", members=CATEGORIES, example="groceries")
    ],
) -> Answer:
    """All lines of the book for one purpose, the newest first, at most twenty, with their numbers."""
    found = [booking for booking in state["bookings"] if booking["category"] == category]
    found.sort(key=lambda booking: (booking["date"], booking["id"]), reverse=True)
    total = round(sum(_cents(booking["amount"]) for booking in found) / 100, 2)
    return {"count": len(found), "total": total, "bookings": found[:20]}


@tool.post("/expenses", "Book Expense")
def book_expense(
    state: State,
    clock: Clock,
    account: Account,
    amount: Amount,
    category: Annotated[str, Choice("What it was for, in one word.", members=CATEGORIES, example="leisure")],
    text: Words,
    date: Date = None,
) -> Answer:
    """Enters money that was paid out and tells what is left; savings and purse cannot go below zero."""
    booking = _book(state, clock, date, account=account, amount=-amount, category=category, text=text)
    return {"id": booking["id"], "date": booking["date"], "balance": _balance(state, account)}


@tool.post("/income", "Book Income")
def book_income(
    state: State,
    clock: Clock,
    account: Account,
    amount: Annotated[float, Number("Sum in euros, to the cent.", minimum=0.01, maximum=1e6, example=120)],
    category: Annotated[str, Choice("Where it is from.", members=CATEGORIES, example="salary")],
    text: Annotated[str, Text("What it was for.", examples=("July pay", "Tax refund"), max_length=60)],
    date: Date = None,
) -> Answer:
    """Enters money that was received, and tells what is on the account now."""
    booking = _book(state, clock, date, account=account, amount=amount, category=category, text=text)
    return {"id": booking["id"], "date": booking["date"], "balance": _balance(state, account)}


@tool.post("/transfers", "Transfer")
def transfer(
    state: State,
    clock: Clock,
    from_account: Annotated[str, Choice("Account that gives.", members=ACCOUNTS, example="savings")],
    to_account: Annotated[str, Choice("Account that receives.", members=ACCOUNTS, example="current")],
    amount: Annotated[float, Number("Sum in euros, to the cent.", minimum=0.01, maximum=1e6, example=250)],
    date: Date = None,
) -> Answer:
    """Shifts money within the household, as two lines of the book, and shows both accounts afterwards."""
    if from_account == to_account:
        raise BadArgument("to_account", "must differ from the account that gives")
    for account, signed in ((from_account, -amount), (to_account, amount)):
        text = f"{from_account} to {to_account}"
        _book(state, clock, date, account=account, amount=signed, category="transfer", text=text)
    return {"from_balance": _balance(state, from_account), "to_balance": _balance(state, to_account)}


@tool.post("/bookings/delete", "Delete Booking")
def delete_booking(
    state: State,
    booking: Annotated[int, Integer("Number of the line.", minimum=1, maximum=1_000_000, example=5)],
) -> Answer:
    """Strikes a wrong line out of the book and tells what is on its account after that."""
    for entry in state["bookings"]:
        if entry["id"] == booking:
            state["bookings"].remove(entry)
            return {"deleted": entry["text"], "balance": _balance(state, entry["account"])}
    raise NotFound(f"the ledger has no line {booking}")
