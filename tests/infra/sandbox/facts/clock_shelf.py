"""Games, house and office, clock and memory: rules of games, almanacs, official pages, sums done by hand.

One row: slug of the tool, slug of the API, arguments as the function takes them, part of the answer.
"""

import datetime

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
]  # fmt: skip
