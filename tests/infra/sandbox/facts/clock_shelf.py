"""Games, house and office, clock and memory: rules of games, almanacs, official pages, sums done by hand.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

import datetime
from importlib.util import find_spec

import orjson

from infra.sandbox.hub.clock import EPOCH, Clock
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tools import household_ledger, shopping_cart, task_board, team_calendar

D, T = datetime.date, datetime.time
NOW = Clock(EPOCH)  # Wednesday 1 July 2026, 09:00 UTC


def at(text):
    """The clock at a moment."""
    return Clock(datetime.datetime.fromisoformat(text).astimezone(datetime.UTC))


def fresh(module):
    """What a tool starts with in a session of its own."""
    return State(orjson.loads(module.tool.initial_document()))


FACTS = [
    ("cron-helper", "describe-cron", {"expression": "0 22 * * 1-5"},
     {"text": "At 22:00, Monday through Friday"}),
    ("dice-odds", "exact-total", {"dice": 2, "sides": 6, "total": 7}, {"fraction": "1/6"}),
    ("dice-odds", "total-at-least", {"dice": 3, "sides": 6, "total": 16}, {"fraction": "5/108"}),
    ("dice-odds", "any-face", {"dice": 4, "sides": 6, "at_least": 6}, {"percent": 51.7747}),  # de Mere
    ("garden-planner", "soil-for-bed",
     {"length": 2.0, "width": 1.0, "depth_cm": 30.0, "bag_litres": 50.0},
     {"litres": 600.0, "bags": 12}),
    ("garden-planner", "plants-per-bed",
     {"length": 10.0, "width": 1.0, "spacing_cm": 50.0},
     {"area_m2": 10.0, "plants": 40}),
    ("home-improvement", "concrete-slab",
     {"length": 10.0, "width": 5.0, "thickness_cm": 20.0},
     {"cubic_metres": 10.0}),
    ("home-improvement", "staircase", {"rise_cm": 272.0}, {"steps": 15, "riser_cm": 18.13}),
    ("household-ledger", "net-worth", {"state": fresh(household_ledger)}, {"total": 7795.05}),
    ("league-tables", "season-length", {"teams": 18}, {"matches": 306, "match_days": 34}),  # the Bundesliga
    ("league-tables", "knockout-bracket", {"teams": 48}, {"rounds": 6, "byes": 16, "matches": 47}),
    ("poker-hands", "deal-odds", {"hand": "full house"}, {"ways": 3744, "percent": 0.144058}),
    ("poker-hands", "best-hand",
     {"hole": "As Ks", "board": "Qs Js Ts 2h 3d"},
     {"hand": "royal flush", "rank": 1}),
    ("puzzle-room", "from-roman", {"numeral": "MDCCLXXVI"}, {"number": 1776}),
    ("puzzle-room", "letter-points", {"word": "quiz"}, {"points": 22}),
    ("shopping-cart", "checkout-total",
     {"state": State(lines=[{"id": 1, "sku": "INK-01", "quantity": 2}], voucher="STUDENT15")},
     {"goods": 13.8, "discount": 2.07, "shipping": 4.9, "total": 16.63}),
    ("shopping-cart", "show-basket", {"state": fresh(shopping_cart)}, {"goods": 68.2}),
    ("task-board", "overdue-tasks", {"state": fresh(task_board), "clock": NOW}, {"count": 1}),
    ("team-calendar", "free-slot",
     {"state": fresh(team_calendar), "date": D(2026, 7, 1), "minutes": 60, "earliest": T(10)},
     {"start": "11:30", "end": "12:30"}),
    ("team-calendar", "next-event",
     {"state": fresh(team_calendar), "clock": at("2026-07-01T13:00:00+00:00")},
     {"title": "Budget review", "in_minutes": 20 * 60}),
    # A Sunday that is Christmas Day.
    ("countdown-desk", "days-until",
     {"clock": at("2022-12-25T12:00:00+00:00"), "date": D(2023, 12, 25)},
     {"days": 365, "full_weeks": 52}),
    ("countdown-desk", "time-since",
     {"clock": at("1999-12-31T23:59:59+00:00"), "date": D(1969, 7, 20), "timezone": "Asia/Tokyo"},
     {"years": 30, "months": 5, "days": 12}),
    # On a Wednesday the train of 23:50 from Northgate is still under way after midnight.
    ("departure-board", "next-connection",
     {"clock": at("2026-07-02T00:10:00+01:00"), "from_station": "lakeside", "to_station": "southpoint"},
     {"departure": "2026-07-02T00:20", "arrival": "2026-07-02T00:31"}),
    # Independence Day is kept on the Friday before; Hong Kong celebrates 1 July.
    ("exchange-sessions", "session-now",
     {"clock": at("2026-07-03T15:00:00+00:00"), "market": "XNYS"},
     {"open": False, "local_time": "11:00", "sessions_today": []}),
    ("exchange-sessions", "trading-now", {"clock": NOW}, {"open": ["XETR", "XLON", "XNSE"]}),
    ("exchange-sessions", "next-bell",
     {"clock": NOW, "market": "XHKG"},
     {"event": "opening", "utc": "2026-07-02T01:30Z"}),
    # At the top of the Moon's wave, and 1.6 hours before that of the Sun's.
    ("harbour-tides", "depth-under-keel",
     {"clock": at("2000-01-01T05:06:00+00:00"), "harbour": "selkie-bay",
      "charted_depth": 0.0, "draught": 9.0},
     {"metres": 0.87}),  # 5.4 + 3.6 + 1.3 cos(48 degrees) - 9
    ("holiday-ahead", "next-day-off", {"clock": NOW, "country": "FR"}, {"date": "2026-07-14", "in_days": 13}),
    ("holiday-ahead", "holiday-today",
     {"clock": NOW, "country": "CA"},
     {"is_holiday": True, "name": "Canada Day"}),
    # The first fixing of the euro, asked for on the morning after.
    ("reference-rates-today", "rate-now",
     {"clock": at("1999-01-05T09:00:00+00:00"), "from_currency": "EUR", "to_currency": "USD"},
     {"rate": 1.1789, "date": "1999-01-04"}),
    ("seasons-now", "next-turn",
     {"clock": at("2024-12-21T12:00:00+00:00")},
     {"event": "March equinox", "date": "2025-03-20"}),
    ("seasons-now", "current-season", {"clock": NOW, "hemisphere": "southern"}, {"season": "winter"}),
    ("shop-hours", "open-now",
     {"clock": at("2026-10-03T10:00:00+00:00"), "shop": "book-harbour"},
     {"open": False, "holiday": "German Unity Day"}),
    ("shop-hours", "next-opening",
     {"clock": at("2026-12-24T20:00:00+01:00"), "shop": "book-harbour"},
     {"date": "2026-12-28"}),
    # Almanac of London at midsummer: 21:21 summer time.
    ("sky-tonight", "light-outside",
     {"clock": at("2024-06-21T21:30:00+01:00"), "latitude": 51.5, "longitude": -0.1276},
     {"daylight": False}),
    ("sky-tonight", "light-outside",
     {"clock": at("2024-06-21T21:15:00+01:00"), "latitude": 51.5, "longitude": -0.1276},
     {"daylight": True}),
    ("sky-tonight", "moon-tonight", {"clock": at("2025-03-14T06:00:00+00:00")}, {"phase": "full moon"}),
    ("working-week", "next-payday", {"clock": NOW, "country": "GB"}, {"date": "2026-07-31", "in_days": 30}),
    ("working-week", "days-left-to-work",
     {"clock": at("2026-12-21T09:00:00+00:00"), "country": "GB", "period": "year"},
     {"working_days": 7, "last": "2026-12-31"}),
    ("world-now", "time-in-zone",
     {"clock": NOW, "timezone": "Asia/Kathmandu"},
     {"time": "14:45", "weekday": "Wednesday"}),
    ("world-now", "time-at-airport", {"clock": NOW, "iata": "JFK"}, {"time": "05:00"}),
    # Friday 18:00 in Auckland: the office opens again on Monday at 9.
    ("world-now", "office-hours-now",
     {"clock": at("2026-07-03T18:00:00+12:00"), "timezone": "Pacific/Auckland"},
     {"open": False, "changes_in_minutes": 63 * 60}),
]  # fmt: skip

if find_spec("babel") and find_spec("langcodes") and find_spec("language_data"):  # the extra sandbox-more
    FACTS += [
        ("locale-formats", "country-name-in", {"country": "DE", "language": "fi"}, {"name": "Saksa"}),
        ("locale-formats", "format-number",
         {"number": 1234567.891, "locale": "hi_IN"},
         {"text": "12,34,567.891"}),
        ("locale-formats", "format-date",
         {"date": D(2026, 6, 21), "locale": "pt_PT"},
         {"text": "domingo, 21 de junho de 2026"}),
        ("language-directory", "language-info",
         {"code": "sw"},
         {"name": "Swahili", "autonym": "Kiswahili"}),
        ("language-directory", "language-name-in",
         {"code": "pt", "display_language": "de"},
         {"name": "Portugiesisch"}),
    ]  # fmt: skip
