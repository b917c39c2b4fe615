"""The tools that write, called as users call them: what a write changes, for whom, and what is refused."""

import pytest
from starlette.testclient import TestClient

from infra.sandbox.hub.app import create_app
from infra.sandbox.hub.catalogue import Catalogue
from infra.sandbox.hub.marketplace import Marketplace
from infra.sandbox.hub.tools import household_ledger, shopping_cart, task_board, team_calendar


@pytest.fixture(scope="module")
def hub():
    tools = [module.tool for module in (household_ledger, shopping_cart, task_board, team_calendar)]
    client = TestClient(create_app(Marketplace(Catalogue({tool.slug: tool for tool in tools}), {}, seed=3)))
    client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "tests"}).json()["key"]
    return client


class Session:
    """A caller with a session of the test's own."""

    def __init__(self, client, name):
        self.client, self.name = client, name

    def get(self, address, **query):
        return self._told(self.client.get(f"/api/{address}", params=query, headers=self._headers()))

    def post(self, address, **body):
        return self._told(self.client.post(f"/api/{address}", json=body, headers=self._headers()))

    def state(self, tool):
        return self.client.get(f"/hub/sessions/{self.name}").json()["state"][tool]

    def fork(self, name):
        self.client.post(f"/hub/sessions/{self.name}/fork", json={"to": name})
        return Session(self.client, name)

    def _headers(self):
        return {"X-Hub-Session": self.name}

    @staticmethod
    def _told(answer):
        return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["message"])


@pytest.fixture
def caller(hub, request):
    name = request.node.name.replace("[", "-").replace("]", "")[:60]
    yield Session(hub, name)
    hub.delete(f"/hub/sessions/{name}")
    hub.post("/clock", json={"time": "2026-07-01T09:00:00Z"})


def test_an_appointment_is_entered_moved_and_called_off(caller):
    added = caller.post(
        "team-calendar/events", title="Dentist again", date="2026-07-02", start="10:00", minutes=30
    )
    assert (added["id"], added["end"]) == (5, "10:30")
    moved = caller.post("team-calendar/events/move", event=5, date="2026-07-06", start="16:45")
    assert moved == {**added, "date": "2026-07-06", "start": "16:45", "end": "17:15"}
    assert [e["title"] for e in caller.get("team-calendar/days/2026-07-06")["events"]] == [
        "Dentist",
        "Dentist again",
    ]
    assert caller.get("team-calendar/search", words="AGAIN")["count"] == 1
    assert caller.post("team-calendar/events/cancel", event=4)["remaining"] == 4
    assert {entry["id"] for entry in caller.state("team-calendar")["events"]} == {1, 2, 3, 5}


def test_the_calendar_refuses_a_taken_hour_an_unknown_entry_and_an_end_after_midnight(caller):
    status, message = caller.post(
        "team-calendar/events", title="Clash", date="2026-07-01", start="11:00", minutes=60
    )
    assert status == 400 and "collides with 'Planning', 10:00-11:30" in message
    late = caller.post("team-calendar/events", title="Late", date="2026-07-01", start="23:30", minutes=30)
    assert late[0] == 400 and "24:00" in late[1]
    assert caller.post("team-calendar/events/move", event=3, date="2026-07-01", start="13:00")[0] == 400
    for address in ("cancel", "move"):
        more = {"date": "2026-07-01", "start": "20:00"} if address == "move" else {}
        status, message = caller.post(f"team-calendar/events/{address}", event=77, **more)
        assert (status, message) == (404, "the calendar has no entry 77")
    assert len(caller.get("team-calendar/days/2026-07-01")["events"]) == 2


def test_a_free_slot_lies_in_the_first_gap_and_can_be_booked(caller):
    for expected in ("09:00", "11:30", "13:30", "14:30"):
        slot = caller.get("team-calendar/days/2026-07-01/free", minutes=60)
        assert slot["start"] == expected
        caller.post("team-calendar/events", title="Block", date="2026-07-01", start=expected, minutes=60)
    assert caller.get("team-calendar/days/2026-07-01/free", minutes=200)[0] == 404
    assert caller.get("team-calendar/days/2026-07-01/free", minutes=700, latest="23:59")[0] == 404


def test_the_next_appointment_follows_the_clock(caller):
    assert caller.get("team-calendar/next")["title"] == "Planning"
    caller.client.post("/clock", json={"time": "2026-07-06T16:16:00Z"})
    assert caller.get("team-calendar/next") == (404, "nothing is planned from now on")
    caller.client.post("/clock", json={"time": "2026-07-06T16:10:30Z"})
    assert caller.get("team-calendar/next")["in_minutes"] == 5


def test_a_basket_is_filled_changed_and_paid_with_a_voucher_and_postage(caller):
    assert caller.post("shopping-cart/basket/add", sku="pap-01", quantity=2)["amount"] == 10.98
    assert caller.post("shopping-cart/basket/add", sku="PAP-01")["quantity"] == 3
    assert caller.post("shopping-cart/basket/quantity", sku="PAD-01", quantity=4)["amount"] == 34.0
    assert caller.post("shopping-cart/basket/remove", sku="PEN-02") == {
        "removed": "PEN-02",
        "lines": 2,
        "goods": 50.47,
    }
    assert caller.get("shopping-cart/basket/total")["shipping"] == 0
    assert caller.post("shopping-cart/basket/voucher", code="SUMMER10")["discount"] == 5.05
    assert caller.get("shopping-cart/basket/total") == {
        "goods": 50.47,
        "discount": 5.05,
        "shipping": 4.9,
        "total": 50.32,
        "currency": "EUR",
    }
    assert caller.state("shopping-cart") == {
        "lines": [{"id": 2, "sku": "PAD-01", "quantity": 4}, {"id": 3, "sku": "PAP-01", "quantity": 3}],
        "voucher": "SUMMER10",
    }


def test_an_empty_basket_costs_nothing(caller):
    for sku in ("PEN-02", "PAD-01"):
        caller.post("shopping-cart/basket/remove", sku=sku)
    assert caller.get("shopping-cart/basket/total")["total"] == 0


def test_the_shop_refuses_what_it_does_not_sell_or_hold(caller):
    assert caller.post("shopping-cart/basket/add", sku="CAR-99")[0] == 404
    assert caller.post("shopping-cart/basket/quantity", sku="LMP-01", quantity=1) == (
        404,
        "LMP-01 is not in the basket",
    )
    assert caller.post("shopping-cart/basket/add", sku="PEN-02", quantity=97)[0] == 400
    assert caller.post("shopping-cart/basket/voucher", code="FREE100")[0] == 400
    assert caller.get("shopping-cart/basket")["goods"] == 68.2


def test_the_ledger_books_on_the_day_of_the_clock_and_adds_up_to_the_cent(caller):
    spent = caller.post(
        "household-ledger/expenses", account="cash", amount=0.1, category="leisure", text="Gum"
    )
    again = caller.post(
        "household-ledger/expenses", account="cash", amount=0.2, category="leisure", text="Gum"
    )
    assert (spent["date"], spent["balance"], again["balance"]) == ("2026-07-01", 55.3, 55.1)
    caller.post(
        "household-ledger/income",
        account="current",
        amount=2600,
        category="salary",
        text="Pay",
        date="2026-07-31",
    )
    assert caller.get("household-ledger/months/2026/7") == {
        "income": 2600.0,
        "expenses": 0.3,
        "left": 2599.7,
        "by_category": {"leisure": 0.3},
    }


def test_a_transfer_moves_money_without_earning_or_spending_it(caller):
    before = caller.get("household-ledger/worth")["total"]
    moved = caller.post("household-ledger/transfers", from_account="savings", to_account="cash", amount=300.5)
    assert moved == {"from_balance": 4699.5, "to_balance": 355.9}
    assert caller.get("household-ledger/worth")["total"] == before
    assert caller.get("household-ledger/months/2026/7")["expenses"] == 0


def test_the_ledger_refuses_to_overdraw_and_leaves_no_half_transfer(caller):
    status, message = caller.post(
        "household-ledger/transfers", from_account="cash", to_account="savings", amount=55.41
    )
    assert status == 400 and "more than the 55.40 in cash" in message
    same = caller.post("household-ledger/transfers", from_account="cash", to_account="cash", amount=1)
    assert same[0] == 400
    assert caller.post("household-ledger/bookings/delete", booking=99) == (404, "the ledger has no line 99")
    assert caller.get("household-ledger/worth")["total"] == 7795.05


def test_a_wrong_line_is_struck_out(caller):
    assert caller.post("household-ledger/bookings/delete", booking=3)["balance"] == 80.0
    assert caller.get("household-ledger/bookings", category="groceries")["count"] == 1


def test_a_note_is_pinned_handed_over_dated_and_ticked_off(caller):
    note = caller.post("task-board/tasks", title="Pack the kitchen")
    assert note == {"id": 6, "title": "Pack the kitchen", "person": None, "due": None, "done": False}
    caller.post("task-board/tasks/assign", task=6, person="dimitri")
    caller.post("task-board/tasks/due", task=6, due="2026-06-30")
    assert [t["days_late"] for t in caller.get("task-board/overdue")["tasks"]] == [2, 1]
    assert caller.get("task-board/load")["dimitri"] == 1
    assert caller.get("task-board/open", person="dimitri")["count"] == 1
    assert caller.post("task-board/tasks/finish", task=6) == {"finished": "Pack the kitchen", "open": 4}


def test_the_board_refuses_to_finish_twice_and_unknown_notes(caller):
    assert caller.post("task-board/tasks/finish", task=5) == (400, "parameter 'task' 5 is done already")
    assert caller.post("task-board/tasks/assign", task=5, person="ben")[0] == 400
    assert caller.post("task-board/tasks/due", task=50, due="2026-07-09")[0] == 404
    assert caller.post("task-board/tasks", title="X", person="zoe")[0] == 400


def test_forks_go_their_own_ways(caller):
    caller.post("task-board/tasks", title="Shared")
    other = caller.fork("the-other-way")
    other.post("task-board/tasks", title="Theirs")
    caller.post("task-board/tasks/finish", task=1)
    assert [t["title"] for t in other.state("task-board")["tasks"]][-2:] == ["Shared", "Theirs"]
    assert not other.state("task-board")["tasks"][0]["done"]
    assert caller.state("task-board")["tasks"][-1]["title"] == "Shared"


def test_the_same_calls_lead_to_the_same_state_in_any_session(caller):
    other = Session(caller.client, "somebody-else")
    for session in (caller, other):
        session.post("team-calendar/events", title="A", date="2026-07-09", start="08:00", minutes=15)
        session.post("team-calendar/events/cancel", event=1)
        session.post("team-calendar/events/move", event=2, date="2026-07-09", start="09:00")
    assert caller.state("team-calendar") == other.state("team-calendar")


def test_lists_have_an_end(hub):
    full = Session(hub, "full-board")
    answers = [full.post("task-board/tasks", title="again") for _ in range(496)]
    assert isinstance(answers[494], dict)
    assert answers[495][0] == 400 and "full" in answers[495][1]
