"""Task Board: what has to be done, by whom, and what is done."""

import datetime
from typing import Annotated, Any

from infra.sandbox.hub.clock import Clock
from infra.sandbox.hub.errors import BadArgument, NotFound
from infra.sandbox.hub.parameters import Choice, Integer, Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool
from infra.sandbox.hub.vocabulary import day

PEOPLE = ("ada", "ben", "carla", "dimitri")

tool = Tool(
    name="Task Board",
    category="Productivity",
    description="A wall of paper notes for four colleagues (Ada, Ben, Carla, Dimitri): pin up what is to do,"
    " hand it to somebody, tick it off, and see who has how much to do. Each session has its own wall.",
    data_vintage="What callers write; a fresh session has five notes.",
    licence="Apache-2.0",
    collections=("team-office", "moving-house", "small-shop"),
    initial_state={
        "tasks": [
            {"id": 1, "title": "Order boxes", "person": "ada", "due": "2026-07-03", "done": False},
            {"id": 2, "title": "Cancel electricity", "person": "ben", "due": "2026-06-29", "done": False},
            {"id": 3, "title": "Hire a van", "person": None, "due": "2026-07-10", "done": False},
            {"id": 4, "title": "Paint the hall", "person": "carla", "due": None, "done": False},
            {"id": 5, "title": "Sign the lease", "person": "ada", "due": "2026-06-15", "done": True},
        ]
    },
)

MAX_TASKS = 500

TaskId = Annotated[int, Integer("Number of the note.", minimum=1, maximum=100_000, example=3)]
Person = Annotated[str, Choice("Colleague.", members=PEOPLE, example="ben")]


def _find(state: State, task: int) -> dict[str, Any]:
    """Return a note, to be changed in place; raises `NotFound`."""
    for note in state["tasks"]:
        if note["id"] == task:
            return note  # type: ignore[no-any-return]
    raise NotFound(f"no note on the board has the number {task}")


def _by_due(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(notes, key=lambda note: (note["due"] or "9999", note["id"]))


@tool.get("/open", "Open Tasks")
def open_tasks(
    state: State,
    person: Annotated[
        str | None, Choice("Only what this colleague has to do.", members=PEOPLE, example="ada")
    ] = None,
) -> Answer:
    """Everything not ticked off yet, of all or of one colleague, the most urgent first."""
    found = [n for n in state["tasks"] if not n["done"] and person in (None, n["person"])]
    return {"count": len(found), "tasks": _by_due(found)[:50]}


@tool.get("/overdue", "Overdue Tasks")
def overdue_tasks(state: State, clock: Clock) -> Answer:
    """Notes whose day has passed by the clock without a tick, and by how many days."""
    today = clock.moment.date()
    late = [n for n in state["tasks"] if not n["done"] and n["due"] and n["due"] < str(today)]
    return {
        "count": len(late),
        "tasks": [
            {
                "id": note["id"],
                "title": note["title"],
                "days_late": (today - datetime.date.fromisoformat(note["due"])).days,
            }
            for note in _by_due(late)[:50]
        ],
    }


@tool.get("/load", "Workload")
def workload(state: State) -> Answer:
    """How many notes each colleague still has to work off, and how many nobody has taken."""
    waiting = [note["person"] for note in state["tasks"] if not note["done"]]
    return {**{person: waiting.count(person) for person in PEOPLE}, "unassigned": waiting.count(None)}


@tool.post("/tasks", "Add Task")
def add_task(
    state: State,
    title: Annotated[
        str, Text("What is to do.", examples=("Pack the kitchen", "Call the landlord"), max_length=80)
    ],
    person: Annotated[str | None, Choice("Who does it.", members=PEOPLE, example="carla")] = None,
    due: Annotated[datetime.date | None, day("2026-07-08", "Day by which it must be done.")] = None,
) -> Answer:
    """Pins a new note to the wall, with or without a name and a deadline, and numbers it."""
    if len(state["tasks"]) >= MAX_TASKS:
        raise BadArgument("title", f"cannot be added: the board is full ({MAX_TASKS} notes)")
    note = {
        "id": max((note["id"] for note in state["tasks"]), default=0) + 1,
        "title": title,
        "person": person,
        "due": str(due) if due else None,
        "done": False,
    }
    state["tasks"].append(note)
    return note


@tool.post("/tasks/assign", "Assign Task")
def assign_task(state: State, task: TaskId, person: Person) -> Answer:
    """Hands a note to a colleague, whoever had it before; what is ticked off stays where it is."""
    note = _find(state, task)
    if note["done"]:
        raise BadArgument("task", f"{task} is done already")
    note["person"] = person
    return note


@tool.post("/tasks/due", "Set Deadline")
def set_deadline(
    state: State,
    task: TaskId,
    due: Annotated[datetime.date, day("2026-07-09", "Day by which it must be done.")],
) -> Answer:
    """Writes another day onto a note by which the work must be over."""
    note = _find(state, task)
    note["due"] = str(due)
    return note


@tool.post("/tasks/finish", "Finish Task")
def finish_task(
    state: State,
    task: Annotated[int, Integer("Number of the note.", minimum=1, maximum=100_000, example=1)],
) -> Answer:
    """Ticks a note off and tells how many are left on the wall; twice is refused."""
    note = _find(state, task)
    if note["done"]:
        raise BadArgument("task", f"{task} is done already")
    note["done"] = True
    return {"finished": note["title"], "open": sum(not note["done"] for note in state["tasks"])}
