"""Team Calendar: appointments that can be entered, moved and called off."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Integer, Text, TimeOfDay
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

tool = Tool(
    name="Team Calendar",
    category="Productivity",
    description="The shared diary of a small office: look a day up, enter appointments, shift them or call"
    " them off, and find a gap for another. Each session has its own pages.",
    data_vintage="What callers write; a fresh session has four appointments in July 2026.",
    licence="Apache-2.0",
    collections=("team-office",),
    initial_state={
        "events": [
            {"id": 1, "title": "Planning", "date": "2026-07-01", "start": "10:00", "end": "11:30"},
            {"id": 2, "title": "Lunch with Mara", "date": "2026-07-01", "start": "12:30", "end": "13:30"},
            {"id": 3, "title": "Budget review", "date": "2026-07-02", "start": "09:00", "end": "10:00"},
            {"id": 4, "title": "Dentist", "date": "2026-07-06", "start": "16:15", "end": "16:45"},
        ]
    },
)

MAX_EVENTS = 500

Title = Annotated[
    str, Text("What it is about.", examples=("Call with supplier", "Dentist", "Team lunch"), max_length=80)
]
EventId = Annotated[int, Integer("Number of the entry.", minimum=1, maximum=100_000, example=3)]
Date = Annotated[datetime.date, day("2026-07-03", "Day of the entry.")]
Start = Annotated[datetime.time, TimeOfDay("When it begins.", example="14:00")]
Minutes = Annotated[int, Integer("How long it takes [min].", minimum=5, maximum=720, example=45)]


def _find(state: State, event: int) -> dict[str, Any]:
    for entry in state["events"]:
        if entry["id"] == event:
            return dict(entry)
    raise NotFound(f"the calendar has no entry {event}")


def _after(start: str, minutes: int) -> str:
    """Return the time some minutes later; past midnight it reads 24:00 and more, and compares rightly."""
    hours, rest = divmod(int(start[:2]) * 60 + int(start[3:]) + minutes, 60)
    return f"{hours:02d}:{rest:02d}"


def _put(state: State, wanted: dict[str, Any]) -> dict[str, Any]:
    """Enter an appointment in the place of its former self; raises `BadArgument` where it does not fit."""
    others = [entry for entry in state["events"] if entry["id"] != wanted["id"]]
    if wanted["end"] >= "24:00":
        raise BadArgument("start", f"would make the entry end at {wanted['end']}, after midnight")
    for other in others:
        overlap = other["start"] < wanted["end"] and wanted["start"] < other["end"]
        if other["date"] == wanted["date"] and overlap:
            raise BadArgument("start", f"collides with '{other['title']}', {other['start']}-{other['end']}")
    state["events"] = sorted([*others, wanted], key=lambda entry: int(entry["id"]))
    return wanted


def _by_time(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: (entry["date"], entry["start"]))


@tool.get("/days/{date}", "List Day")
def list_day(state: State, date: Annotated[datetime.date, day("2026-07-01", "Day to look at.")]) -> Answer:
    """Everything that is planned for one date, the earliest first, with the number of each appointment."""
    found = _by_time([entry for entry in state["events"] if entry["date"] == str(date)])
    return {"date": str(date), "count": len(found), "events": found}


@tool.get("/next", "Next Event")
def next_event(state: State, clock: Clock) -> Answer:
    """The appointment that comes up next by the clock, and in how many minutes it begins (UTC)."""
    now = f"{clock.moment:%Y-%m-%dT%H:%M}"
    for entry in _by_time(state["events"]):
        start = f"{entry['date']}T{entry['start']}"
        if start >= now:
            begins = datetime.datetime.fromisoformat(start + "+00:00")
            return {**entry, "in_minutes": -((clock.moment - begins) // datetime.timedelta(minutes=1))}
    raise NotFound("nothing is planned from now on")


@tool.get("/search", "Find Events")
def find_events(
    state: State, words: Annotated[str, Text("Part of the title.", examples=("budget", "lunch"))]
) -> Answer:
    """Looks for appointments by what they are about, capital letters or not, the earliest first."""
    found = [entry for entry in state["events"] if words.casefold() in entry["title"].casefold()]
    return {"count": len(found), "events": _by_time(found)[:20]}


@tool.get("/days/{date}/free", "Free Slot")
def free_slot(
    state: State,
    date: Annotated[datetime.date, day("2026-07-01", "Day to look at.")],
    minutes: Minutes,
    earliest: Annotated[datetime.time, TimeOfDay("Not before.", example="09:00")] = datetime.time(9),
    latest: Annotated[datetime.time, TimeOfDay("Must be over by then.", example="17:00")] = datetime.time(17),
) -> Answer:
    """The first gap of a working day that is long enough for something of a given length."""
    start = f"{earliest:%H:%M}"
    for entry in _by_time([entry for entry in state["events"] if entry["date"] == str(date)]):
        if _after(start, minutes) <= entry["start"]:
            break
        start = max(start, entry["end"])
    end = _after(start, minutes)
    if end > f"{latest:%H:%M}":
        raise NotFound(f"no {minutes} minutes are free on {date} between {earliest:%H:%M} and {latest:%H:%M}")
    return {"date": str(date), "start": start, "end": end}


@tool.post("/events", "Add Event")
def add_event(state: State, title: Title, date: Date, start: Start, minutes: Minutes) -> Answer:
    """Enters an appointment into the diary and gives it a number; refuses a time that is taken."""
    if len(state["events"]) >= MAX_EVENTS:
        raise BadArgument("title", f"cannot be added: the calendar is full ({MAX_EVENTS} entries)")
    number = max((entry["id"] for entry in state["events"]), default=0) + 1
    wanted = {
        "id": number,
        "title": title,
        "date": str(date),
        "start": f"{start:%H:%M}",
        "end": _after(f"{start:%H:%M}", minutes),
    }
    return _put(state, wanted)


@tool.post("/events/move", "Move Event")
def move_event(state: State, event: EventId, date: Date, start: Start) -> Answer:
    """Shifts an appointment to another date and hour; title and length stay as they are."""
    entry = _find(state, event)
    begins, ends = (int(entry[key][:2]) * 60 + int(entry[key][3:]) for key in ("start", "end"))
    moved = f"{start:%H:%M}"
    return _put(state, {**entry, "date": str(date), "start": moved, "end": _after(moved, ends - begins)})


@tool.post("/events/cancel", "Cancel Event")
def cancel_event(state: State, event: EventId) -> Answer:
    """Strikes an appointment out and says what it was, and how many are left."""
    entry = _find(state, event)
    state["events"] = [other for other in state["events"] if other["id"] != event]
    return {"cancelled": entry["title"], "date": entry["date"], "remaining": len(state["events"])}
