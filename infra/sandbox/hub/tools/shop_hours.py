"""Shop Hours: which shops of an invented chain are open now."""

import datetime
from dataclasses import dataclass
from typing import Annotated

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.parameters import Choice
from infra.sandbox.hub.sources.holiday_calendars import year_of
from infra.sandbox.hub.sources.time_zones import time_zone
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Shop Hours",
    category="eCommerce",
    description="Doors of eight small shops from Kyoto to Denver: who can be visited at this moment,"
    " until when, and who is shut for a weekday or a public holiday of the country.",
    packages=("holidays", "tzdata"),
    data_vintage="Invented shops; holidays: 2026 release.",
    licence="Apache-2.0; MIT",
    collections=("today-board", "small-shop", "commuter-desk"),
)

CLOSED: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shop:
    """A shop and its hours from Monday to Sunday, as opening and closing time or nothing."""

    name: str
    city: str
    country: str
    zone: str
    week: tuple[tuple[str, ...], ...]
    holiday: tuple[str, ...] = CLOSED


def _week(
    weekday: tuple[str, ...], saturday: tuple[str, ...], sunday: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    return (weekday,) * 5 + (saturday, sunday)


SHOPS = {
    "corner-bakery": Shop("Corner Bakery", "Lisbon", "PT", "Europe/Lisbon", (
        CLOSED, *_week(("07:00", "19:00"), ("07:00", "19:00"), ("08:00", "13:00"))[1:])),
    "book-harbour": Shop("Book Harbour", "Hamburg", "DE", "Europe/Berlin",
        _week(("10:00", "19:00"), ("10:00", "18:00"), CLOSED)),
    "late-pharmacy": Shop("Late Pharmacy", "Madrid", "ES", "Europe/Madrid",
        _week(("09:00", "22:30"), ("09:00", "22:30"), ("10:00", "21:00")), ("10:00", "14:00")),
    "bike-barn": Shop("Bike Barn", "Utrecht", "NL", "Europe/Amsterdam", (
        ("13:00", "18:00"), *_week(("09:00", "18:00"), ("09:00", "17:00"), CLOSED)[1:])),
    "tea-house": Shop("Tea House", "Kyoto", "JP", "Asia/Tokyo", (
        *(("11:00", "18:00"),) * 2, CLOSED, *(("11:00", "18:00"),) * 4), ("12:00", "17:00")),
    "maple-market": Shop("Maple Market", "Toronto", "CA", "America/Toronto",
        _week(("09:00", "21:00"), ("09:00", "18:00"), ("10:00", "18:00"))),
    "tool-rental": Shop("Tool Rental", "Denver", "US", "America/Denver",
        _week(("07:30", "17:30"), ("08:00", "16:00"), CLOSED)),
    "fish-stand": Shop("Fish Stand", "Bergen", "NO", "Europe/Oslo",
        _week(("08:00", "16:00"), ("08:00", "15:00"), CLOSED)),
}  # fmt: skip

ShopName = Annotated[str, Choice("Which shop.", members=tuple(SHOPS), example="book-harbour")]


def _hours(shop: Shop, date: datetime.date) -> tuple[tuple[str, ...], str | None]:
    """Return opening and closing time of a day, and the holiday it is, if any."""
    holiday = year_of(shop.country, date.year).get(date)
    return (shop.holiday if holiday else shop.week[date.weekday()]), holiday


def _here(clock: Clock, shop: Shop) -> datetime.datetime:
    return clock.moment.astimezone(time_zone(shop.zone))


def _is_open(clock: Clock, shop: Shop) -> bool:
    here = _here(clock, shop)
    hours, _ = _hours(shop, here.date())
    return bool(hours) and hours[0] <= f"{here:%H:%M}" < hours[1]


@tool.get("/shops/{shop}/now", "Open Now")
def open_now(clock: Clock, shop: ShopName) -> Answer:
    """Whether a shop can be entered at this moment, its hours today by the clocks there, and why not."""
    found = SHOPS[shop]
    here = _here(clock, found)
    hours, holiday = _hours(found, here.date())
    return {
        "open": _is_open(clock, found),
        "local_time": f"{here:%H:%M}",
        "hours_today": list(hours),
        "holiday": holiday,
    }


@tool.get("/shops/{shop}/hours", "Hours On Day")
def hours_on_day(
    shop: ShopName, date: Annotated[datetime.date, day("2026-07-04", "Day of the visit.")]
) -> Answer:
    """From when to when a shop lets people in on a certain date; null if it stays shut all day."""
    hours, holiday = _hours(SHOPS[shop], date)
    opens, closes = hours or (None, None)
    return {"date": str(date), "opens": opens, "closes": closes, "holiday": holiday}


@tool.get("/shops/{shop}/next", "Next Opening")
def next_opening(clock: Clock, shop: ShopName) -> Answer:
    """When a shop next unlocks its door from now on, in its own local time."""
    found = SHOPS[shop]
    here = _here(clock, found)
    date = here.date()
    while True:
        hours, _ = _hours(found, date)
        if hours and (date > here.date() or hours[0] > f"{here:%H:%M}"):
            return {"date": str(date), "opens": hours[0], "closes": hours[1], "timezone": found.zone}
        date += datetime.timedelta(days=1)


@tool.get("/open", "Who Is Open")
def who_is_open(clock: Clock) -> Answer:
    """All shops that serve customers at this moment, with their towns, in alphabetical order."""
    found = [(shop.name, shop.city) for shop in SHOPS.values() if _is_open(clock, shop)]
    return {"count": len(found), "shops": [{"name": name, "city": city} for name, city in sorted(found)]}
