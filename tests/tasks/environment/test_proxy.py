import asyncio
import json
import threading

import pytest

from tasks.environment.proxy import ProxyEnvironment
from tasks.errors import ApiUnreachable, ConfigurationError
from tests.tasks.environment.served import Responder, closed_port, json_answer, serving
from tests.tasks.search.played import api, parameter

SKY = api("sky", "weather_io", parameter("is_id", original_name="id"), category="Weather")


def call(address: str, arguments: dict[str, object] | None = None, **settings):
    async def once():
        environment = ProxyEnvironment(f"{address}/rapidapi", **settings)
        try:
            return await environment.call(SKY, arguments or {"is_id": "Zürich"})
        finally:
            await environment.aclose()

    return asyncio.run(once())


def call_served(respond: Responder, **settings):
    with serving(respond) as served:
        return call(served.address, **settings), served.seen


def test_a_call_speaks_toolbenchs_protocol():
    answer, (seen,) = call_served(
        lambda request: json_answer(b'{"error": "", "response": "{\'temp\': 3}"}'), toolbench_key="k"
    )
    body = json.loads(seen.body)
    assert (seen.method, seen.target, seen.headers["toolbench_key"]) == ("POST", "/rapidapi", "k")
    assert json.loads(body.pop("tool_input")) == {"is_id": "Zürich"}
    assert body == {
        "category": "Weather",
        "tool_name": "weather_io",
        "api_name": "sky",
        "strip": "truncate",
        "toolbench_key": "k",
    }
    assert (answer.error, answer.response, answer.status) == ("", "{'temp': 3}", 200)


def test_an_answer_that_is_no_text_becomes_json_text():
    answer, _ = call_served(lambda request: json_answer(b'{"error": null, "response": {"results": []}}'))
    assert (answer.error, answer.response) == ("", '{"results":[]}')


def test_labels_of_the_server_are_kept():
    answer, _ = call_served(lambda request: json_answer(b'{"error": "Message error...", "response": ""}'))
    assert answer.error == "Message error..."


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"", b'{"error": "\\ud800"}'])
def test_an_answer_that_is_no_object_is_an_error_of_sending(body: bytes):
    answer, _ = call_served(lambda request: json_answer(body))
    assert answer.error == "Sending error..."


@pytest.mark.parametrize("levels", [300, 1_000, 10_000])
def test_an_answer_of_hundreds_of_brackets_is_an_error_of_sending(levels: int):
    body = b'{"error": "", "response": ' + b"[" * levels + b"]" * levels + b"}"
    answer, _ = call_served(lambda request: json_answer(body))
    assert (answer.error, answer.status) == ("Sending error...", 200)


def test_a_bad_status_is_an_error_of_sending():
    answer, _ = call_served(lambda request: json_answer(b'{"error": ""}', 502))
    assert (answer.error, answer.status) == ("Sending error...", 502)


def test_a_server_that_does_not_answer_in_time_is_a_timeout():
    release = threading.Event()

    def hang(request):
        release.wait(30)
        return json_answer(b"{}")

    with serving(hang) as served:
        answer = call(served.address, timeout_s=0.05)
        release.set()
    assert (answer.error, answer.status) == ("API temporarily not working error...", None)


def test_the_key_never_comes_back():
    answer, _ = call_served(
        lambda request: json_answer(b'{"error": "", "response": "your key secret-1 is bad"}'),
        toolbench_key="secret-1",
    )
    assert answer.response == "your key [key] is bad"


def test_a_proxy_that_is_gone_stops_the_work_instead_of_filling_trees():
    with pytest.raises(ApiUnreachable, match=r"start it and run again"):
        call(f"http://127.0.0.1:{closed_port()}")


@pytest.mark.parametrize("address", ["", "127.0.0.1:9009", "ftp://a.example/x", "http://", "http://[::1"])
def test_an_address_that_is_none_is_refused_at_once(address: str):
    with pytest.raises(ConfigurationError, match="address"):
        ProxyEnvironment(address)
