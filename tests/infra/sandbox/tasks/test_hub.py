"""What is asked of a hub beside its APIs arrives, also where a connection ends under it."""

from contextlib import contextmanager

import pytest

from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.hub import Hub
from tests.tasks.environment.served import json_answer, serving


@contextmanager
def losing(answers):
    """A hub that ends so many connections amid an answer to a GET, and its log."""

    def respond(request):
        if request.method == "POST":
            return json_answer(b'{"key": "k"}')
        if len(asked(served)) <= answers:
            return 200, {"Content-Length": "99", "Connection": "close"}, b"{"
        return json_answer(b'{"catalogue": "7"}')

    with serving(respond) as served:
        yield served


def asked(served):
    return [seen.target for seen in served.seen if seen.method == "GET"]


def test_a_connection_that_ends_within_an_answer_is_made_anew():
    with losing(answers=2) as served, Hub(served.address) as hub:
        assert hub.catalogue() == "7"
    assert asked(served) == ["/healthz"] * 3


def test_a_hub_that_answers_nothing_at_all_is_one_sentence():
    with (
        losing(answers=99) as served,
        Hub(served.address) as hub,
        pytest.raises(TasksError, match=f"no hub answers at {served.address}"),
    ):
        hub.catalogue()
    assert asked(served) == ["/healthz"] * 3
