"""Tools that write: a document per session and tool, forked, inspected, bounded; and a clock that moves."""

import datetime
from typing import Annotated

import pytest
from starlette.testclient import TestClient

from infra.sandbox.hub import sessions
from infra.sandbox.hub.app import create_app
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.clock import EPOCH, Clock
from infra.sandbox.hub.errors import BadArgument, DeclarationError
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.parameters import Integer, Text
from infra.sandbox.hub.state import State
from infra.sandbox.hub.tool import Answer, Tool

START = {"notes": [{"id": 1, "text": "buy bread", "on": "2026-06-30"}]}


def notebook(initial_state=START):
    tool = Tool(
        name="Notebook",
        category="Office",
        description="Short notes.",
        licence="Apache-2.0",
        data_vintage="None.",
        initial_state=initial_state,
    )

    @tool.post("/notes", "Add Note")
    def add_note(
        state: State,
        clock: Clock,
        text: Annotated[str, Text("What to write down.", examples=("call Ann",), max_length=60_000)],
    ) -> Answer:
        """Write a note under today's date."""
        note = {"id": len(state["notes"]) + 1, "text": text, "on": str(clock.moment.date())}
        state["notes"].append(note)
        if text == "refused":
            raise BadArgument("text", "is refused after the note was made")
        return note

    @tool.get("/notes/{number}", "Read Note")
    def read_note(
        number: Annotated[int, Integer("Which note.", minimum=1, maximum=99, example=1)], state: State
    ) -> Answer:
        """Show a note, and try to tear it out."""
        return state["notes"].pop(number - 1)

    return tool


@pytest.fixture
def client():
    tool = notebook()
    client = TestClient(create_app(Marketplace(Catalogue({tool.slug: tool}), {}, seed=1)))
    client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "tests"}).json()["key"]
    return client


def add(client, text, session=None):
    headers = {} if session is None else {"X-Hub-Session": session}
    return client.post("/api/notebook/notes", json={"text": text}, headers=headers)


def notes(client, session="default"):
    state = client.get(f"/hub/sessions/{session}").json()["state"]
    return [note["text"] for note in state["notebook"]["notes"]] if state else None


def test_clock_and_state_are_no_arguments_of_the_documentation(client):
    add_note, read_note = client.get("/hub/tools/notebook").json()["apis"]
    assert [p["name"] for p in add_note["parameters"]] == ["text"]
    assert [p["name"] for p in read_note["parameters"]] == ["number"]
    assert [add_note["writes"], read_note["writes"]] == [True, False]
    assert client.post("/api/notebook/notes", json={"text": "a", "state": {}}).status_code == 400


def test_examples_are_of_a_fresh_session_at_the_epoch_whatever_was_written_or_the_clock_shows(client):
    before = client.get("/hub/tools/notebook").content
    add(client, "one")
    client.post("/clock", json={"advance_s": 86_400})
    page = client.get("/hub/tools/notebook")
    assert page.content == before
    assert page.json()["apis"][0]["example_response"] == {"id": 2, "text": "call Ann", "on": "2026-07-01"}


def test_what_is_written_stays_in_its_session(client):
    assert notes(client) is None
    add(client, "one")
    add(client, "two")
    add(client, "else", "other")
    assert notes(client) == ["buy bread", "one", "two"]
    assert notes(client, "other") == ["buy bread", "else"]


def test_a_fork_goes_its_own_way_and_a_deleted_session_is_fresh(client):
    add(client, "one")
    forked = client.post("/hub/sessions/default/fork", json={"to": "b"})
    assert forked.json() == client.get("/hub/sessions/b").json()
    add(client, "two", "b")
    add(client, "three")
    assert (notes(client), notes(client, "b")) == (["buy bread", "one", "three"], ["buy bread", "one", "two"])
    assert client.delete("/hub/sessions/b").json() == {"session": "b", "state": {}}
    assert (notes(client), notes(client, "b")) == (["buy bread", "one", "three"], None)
    client.post("/hub/sessions/b/fork", json={"to": "default"})
    assert notes(client) is None


def test_a_refused_call_and_a_call_by_get_change_nothing(client):
    assert add(client, "refused").status_code == 400
    assert notes(client) is None
    assert client.get("/api/notebook/notes/1").json()["text"] == "buy bread"
    assert client.get("/api/notebook/notes/1").status_code == 200
    assert notes(client) == ["buy bread"]


@pytest.mark.parametrize("name", ["", "a b", "a" * 65, "../x", "é"])
def test_a_session_with_an_odd_name_is_refused(client, name):
    answer = add(client, "one", name.encode("utf-8"))
    assert answer.status_code == 400 and "'session'" in answer.json()["message"]


@pytest.mark.parametrize("body", [b"", b"{}", b'{"to": 5}', b'{"to": "default"}', b'{"to": "b", "c": 1}'])
def test_a_fork_to_nowhere_is_refused(client, body):
    answer = client.post("/hub/sessions/default/fork", content=body)
    assert answer.status_code == 400 and answer.json()["message"]


def test_a_session_and_their_number_are_bounded_and_the_refusal_says_what_frees_them(client, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_SESSION_BYTES", 1000)
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    full = add(client, "a" * 1000)
    assert full.status_code == 507 and "DELETE /hub/sessions/default" in full.json()["message"]
    add(client, "one", "a")
    add(client, "one", "b")
    assert add(client, "two", "b").status_code == 200
    assert add(client, "one", "c").status_code == 507
    assert client.post("/hub/sessions/a/fork", json={"to": "c"}).status_code == 507
    client.delete("/hub/sessions/a")
    assert add(client, "one", "c").status_code == 200


def test_all_sessions_together_are_bounded_and_forgetting_gives_back(client, monkeypatch):
    monkeypatch.setattr(sessions, "MAX_BYTES", 1000)
    for _ in range(3):
        assert add(client, "a" * 800, "a").status_code == 200
        assert add(client, "a" * 800, "b").status_code == 507
        client.delete("/hub/sessions/a")


def test_calls_are_counted_in_each_session_by_itself_and_only_so_many(monkeypatch):
    monkeypatch.setattr(sessions, "MAX_COUNTS", 2)
    kept, tool = sessions.Sessions(), notebook()
    for name in ("a", "b"):
        kept.write(name, tool, State(START))
    assert [kept.count("a", "call"), kept.count("a", "call"), kept.count("b", "call")] == [
        ("a", 0),
        ("a", 1),
        ("b", 0),
    ]
    kept.count("a", "other")
    kept.count("a", "third")
    assert kept.count("a", "call") == ("a", 0)


def test_a_function_with_a_state_needs_a_first_one():
    for state in (None, {"when": datetime.date(2026, 1, 1)}, {"notes": (1, 2)}, []):
        with pytest.raises(DeclarationError, match="give initial_state="):
            notebook(state)


def test_the_clock_stands_still_until_it_is_moved(client):
    assert client.get("/clock").json() == {"time": "2026-07-01T09:00:00Z"}
    assert client.post("/clock", json={"advance_s": 54_000}).json() == {"time": "2026-07-02T00:00:00Z"}
    assert add(client, "one").json()["on"] == "2026-07-02"
    moved = client.post("/clock", json={"time": "2026-01-01T01:00+02:00"})
    assert moved.json() == client.get("/clock").json() == {"time": "2025-12-31T23:00:00Z"}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "'time'"),
        ({"time": "2026-07-01T09:00:00Z", "advance_s": 1}, "'time'"),
        ({"time": "2026-07-01"}, "2026-07-01T09:00:00Z"),
        ({"time": "2026-07-01T09:00:00"}, "2026-07-01T09:00:00Z"),
        ({"time": "2026-02-30T09:00:00Z"}, "2026-07-01T09:00:00Z"),
        ({"time": "0001-01-01T00:00:00+23:00"}, "2026-07-01T09:00:00Z"),
        ({"time": "1999-12-31T23:59:59Z"}, "lie between"),
        ({"time": 5}, "must be a time"),
        ({"advance_s": 1.5}, "whole number"),
        ({"advance_s": True}, "whole number"),
        ({"advance_s": 10**18}, "lie between"),
        ({"advance_s": -(10**10)}, "lie between"),
    ],
)
def test_the_clock_refuses_what_is_no_time(client, body, word):
    answer = client.post("/clock", json=body)
    assert answer.status_code == 400 and word in answer.json()["message"]
    assert client.get("/clock").json() == {"time": f"{EPOCH:%Y-%m-%dT%H:%M:%SZ}"}
