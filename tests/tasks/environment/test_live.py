import asyncio
import gzip
import threading
import time
from dataclasses import replace

import pytest

from tasks.environment.live import LiveEnvironment, require_keys
from tasks.environment.wire import MAX_ANSWER_BYTES
from tasks.errors import ApiUnreachable, ConfigurationError
from tests.tasks.environment.served import Served, closed_port, json_answer, serving
from tests.tasks.search.played import api, parameter

KEYS = {"FOUNDRY_HUB_KEY": "hub-secret", "RAPIDAPI_KEY": "rapid-secret"}


def call(offered, arguments=None, **settings):
    async def once():
        environment = LiveEnvironment(settings.pop("keys", KEYS), **settings)
        try:
            return await environment.call(offered, arguments or {})
        finally:
            await environment.aclose()

    return asyncio.run(once())


def sky(served: Served, path: str = "/sky", **fields):
    fields = {"source": "hub", **fields}
    return api("sky", "weather", *fields.pop("parameters", ()), url=served.address + path, **fields)


def test_arguments_go_to_their_places_under_their_own_names():
    parameters = (
        parameter("City", place="path"),
        parameter("is_id", "NUMBER", original_name="id"),
        parameter("x_lang", original_name="X-Lang", place="header"),
    )
    with serving(lambda request: json_answer(b'{"temp": 3}')) as served:
        offered = sky(served, "/sky/{City}?unit=c", parameters=parameters)
        answer = call(offered, {"city": "a/b ..", "is_id": 7, "x_lang": "de"})
    (seen,) = served.seen
    assert seen.target == "/sky/a%2Fb%20..?unit=c&id=7"
    assert (seen.method, seen.headers["x-lang"], seen.body) == ("GET", "de", b"")
    assert (answer.error, answer.response, answer.status) == ("", '{"temp": 3}', 200)


def test_a_body_is_json_with_its_types():
    parameters = (parameter("n", "NUMBER", place="body"), parameter("on", "BOOLEAN", place="body"))
    with serving(lambda request: json_answer(b"{}")) as served:
        call(sky(served, method="POST", parameters=parameters), {"n": 1.5, "on": False})
    assert (served.seen[0].method, served.seen[0].body) == ("POST", b'{"n":1.5,"on":false}')


def test_a_value_cannot_climb_out_of_its_place_in_the_path():
    with serving(lambda request: json_answer(b"{}")) as served:
        call(sky(served, "/sky/{City}/x", parameters=(parameter("City", place="path"),)), {"city": ".."})
    assert served.seen[0].target == "/sky/%2E%2E/x"


def test_the_hubs_key_goes_to_the_hub_only_and_never_comes_back():
    with serving(lambda request: json_answer(request.headers.get("x-hub-key", "none").encode())) as served:
        assert call(sky(served)).response == "[key]"
        assert call(sky(served, source="openapi")).response == "none"


def test_a_redirect_is_followed_and_takes_no_key_to_another_host():
    with serving(lambda request: json_answer(b"{}")) as other:
        target = {"Location": other.address + "/there"}
        with serving(lambda request: (302, target, b"")) as served:
            assert call(sky(served)).status == 200
    assert other.seen[0].target == "/there"
    assert "x-hub-key" in served.seen[0].headers
    assert "x-hub-key" not in other.seen[0].headers


def test_redirects_end():
    with serving(lambda request: (302, {"Location": "/again"}, b"")) as served:
        assert call(sky(served)).status == 302
    assert len(served.seen) == 4


def test_a_failed_call_is_never_sent_twice():
    with serving(lambda request: json_answer(b'{"message": "crash"}', 500)) as served:
        assert call(sky(served, method="POST")).error == "API not working error..."
    assert len(served.seen) == 1


def test_an_answer_is_read_up_to_its_cap_even_when_it_is_compressed():
    bomb = gzip.compress(b"x" * (20 * MAX_ANSWER_BYTES))
    with serving(lambda request: (200, {"Content-Encoding": "gzip"}, bomb)) as served:
        assert len(call(sky(served)).response) == MAX_ANSWER_BYTES


def test_an_answer_that_is_no_text_is_described():
    with serving(lambda request: (200, {"Content-Type": "image/png"}, b"\x89PNG\0\1")) as served:
        assert call(sky(served)).response == "<image/png, 6 bytes>"


def test_text_is_read_in_its_own_letters():
    latin = {"Content-Type": "text/plain; charset=latin-1"}
    with serving(lambda request: (200, latin, "Zürich".encode("latin-1"))) as served:
        assert call(sky(served)).response == "Zürich"


def test_an_unknown_charset_is_read_as_utf8():
    odd = {"Content-Type": "text/plain; charset=klingon"}
    with serving(lambda request: (200, odd, "Zürich".encode())) as served:
        assert call(sky(served)).response == "Zürich"


def test_cookies_of_one_call_do_not_reach_the_next():
    async def twice(offered):
        environment = LiveEnvironment(KEYS)
        await environment.call(offered, {})
        await environment.call(offered, {})
        await environment.aclose()

    with serving(lambda request: (200, {"Set-Cookie": "a=b"}, b"{}")) as served:
        asyncio.run(twice(sky(served)))
    assert [("cookie" in seen.headers) for seen in served.seen] == [False, False]


def test_silence_is_a_timeout():
    release = threading.Event()

    def hang(request):
        release.wait(30)
        return json_answer(b"{}")

    with serving(hang) as served:
        answer = call(sky(served), timeout_s=0.05)
        release.set()
    assert (answer.error, answer.status) == ("API temporarily not working error...", None)


@pytest.mark.parametrize("cut", [{"Content-Length": "9"}, {"Content-Length": "9", "Connection": "close"}])
@pytest.mark.parametrize("status", [200, 503])
def test_a_call_whose_answer_is_lost_is_not_sent_again(cut, status):
    with serving(lambda request: (status, cut, b"{}")) as served:
        answer = call(
            sky(served, method="POST"), timeout_s=1.0
        )  # longer than a busy machine takes to hear it
    assert answer.error and answer.status is None
    assert len(served.seen) == 1


def test_what_cannot_be_sent_is_told_to_the_model():
    with serving(lambda request: json_answer(b"{}")) as served:
        offered = sky(served, parameters=(parameter("lang", place="header"),))
        assert call(offered, {"lang": "a\r\nX-Evil: 1"}).error == "Input error..."
        assert call(replace(offered, url="file:///etc/passwd")).error == "Input error..."
        assert call(replace(offered, url="http://[::1")).error == "Input error..."
    assert served.seen == []


def test_an_endless_address_is_told_to_the_model():
    with serving(lambda request: json_answer(b"{}")) as served:
        offered = sky(served, parameters=(parameter("q"),))
        assert call(offered, {"q": "x" * 100_000}).error == "Input error..."


def test_an_api_whose_host_is_gone_is_an_observation():
    gone = api("sky", url=f"http://127.0.0.1:{closed_port()}/sky", source="openapi")
    assert call(gone).error == "API not working error..."


def test_a_hub_that_is_gone_stops_the_work():
    gone = api("sky", url=f"http://127.0.0.1:{closed_port()}/sky", source="hub")
    with pytest.raises(ApiUnreachable, match=r"the hub at 127\.0\.0\.1"):
        call(gone)


def test_a_missing_key_is_named_before_anything_is_called():
    rapid = api("sky", url="https://weather.p.rapidapi.com/sky")
    require_keys([rapid, api("sky", source="hub")], KEYS)
    require_keys([api("sky", source="openapi")], {})
    with pytest.raises(ConfigurationError, match="RAPIDAPI_KEY is not set"):
        require_keys([rapid], {"FOUNDRY_HUB_KEY": "x"})
    with pytest.raises(ConfigurationError, match="FOUNDRY_HUB_KEY is not set"):
        require_keys([api("sky", source="hub")], {})


def in_session(apis, act, **settings):
    async def once():
        environment = LiveEnvironment(KEYS, **settings)
        try:
            return await act(environment, apis)
        finally:
            await environment.aclose()

    return asyncio.run(once())


def forget(environment, apis):
    return environment.forget(apis, "s1-000042")


def end_state(environment, apis):
    return environment.end_state(apis, "s1-000042")


def test_calls_of_a_hub_name_their_session():
    async def act(environment, apis):
        for each in apis:
            await environment.call(each, {}, "s1-000042")

    with serving(lambda request: json_answer(b"{}")) as served:
        in_session([sky(served), sky(served, source="openapi")], act)
        call(sky(served))
    assert [seen.headers.get("x-hub-session") for seen in served.seen] == ["s1-000042", None, None]


def test_a_session_is_forgotten_at_every_hub_once():
    with serving(lambda request: json_answer(b"{}")) as served:
        in_session([sky(served, source="openapi", method="POST")], forget)
        assert served.seen == []
        in_session([sky(served, method="POST"), sky(served, "/rain")], forget)
    (seen,) = served.seen
    assert (seen.method, seen.target) == ("DELETE", "/hub/sessions/s1-000042")
    assert seen.headers["x-hub-key"] == "hub-secret"


def test_the_end_state_is_the_documents_of_the_session_by_tool_and_only_of_the_tools_asked_for():
    said = b'{"session": "s1-000042", "state": {"weather": {"b": [1], "a": 2}, "cart": {"c": 3}}}'
    with serving(lambda request: json_answer(said)) as served:
        assert in_session([sky(served, method="POST")], end_state) == '{"weather":{"a":2,"b":[1]}}'
        assert in_session([], end_state) == "{}"
    (seen,) = served.seen
    assert (seen.method, seen.target) == ("GET", "/hub/sessions/s1-000042")


def test_a_session_is_forked_at_its_hub():
    with serving(lambda request: json_answer(b"{}")) as served:
        in_session([sky(served, method="POST")], lambda live, apis: live.fork(apis, "a", "b"))
    (seen,) = served.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/hub/sessions/a/fork", b'{"to":"b"}')


def test_a_hub_that_cannot_fork_stops_the_work():
    with (
        serving(lambda request: json_answer(b'{"message": "full"}', 507)) as served,
        pytest.raises(ApiUnreachable, match=r"does not fork session a \(status 507"),
    ):
        in_session([sky(served, method="POST")], lambda live, apis: live.fork(apis, "a", "b"))


def test_only_what_hubs_keep_can_be_forked():
    reading, writing = api("sky", source="openapi"), api("sky", source="openapi", method="POST")
    hub = api("sky", source="hub", method="POST")

    async def forkable(live, apis):
        return live.can_fork(apis)

    assert [in_session(apis, forkable) for apis in ([reading, hub], [writing, hub])] == [True, False]


def test_a_hub_that_is_late_or_ends_a_connection_is_asked_for_a_session_again():
    def late_and_cut(request):
        time.sleep(0.3)  # more than a call of an API may take
        whole = len(served.seen) > 1
        return json_answer(b"{}") if whole else (200, {"Content-Length": "9", "Connection": "close"}, b"{}")

    with serving(late_and_cut) as served:
        in_session([sky(served, method="POST")], forget, timeout_s=0.1)
    assert [seen.method for seen in served.seen] == ["DELETE"] * 2


def test_a_session_is_not_forked_twice():
    def cut(request):
        return 200, {"Content-Length": "9", "Connection": "close"}, b"{}"

    with serving(cut) as served, pytest.raises(ApiUnreachable, match="does not answer"):
        in_session([sky(served, method="POST")], lambda live, apis: live.fork(apis, "a", "b"))
    assert len(served.seen) == 1


def test_where_nothing_was_written_the_end_state_is_empty():
    with serving(lambda request: json_answer(b"{}", 404)) as served:
        assert in_session([sky(served, method="POST")], end_state) == "{}"


def test_a_hub_that_does_not_tell_a_session_stops_the_work():
    with (
        serving(lambda request: json_answer(b"[]", 500)) as served,
        pytest.raises(ApiUnreachable, match=r"does not tell the state of session s1-000042 \(status 500\)"),
    ):
        in_session([sky(served, method="POST")], end_state)
    gone = api("sky", url=f"http://127.0.0.1:{closed_port()}/sky", source="hub", method="POST")
    with pytest.raises(ApiUnreachable, match=r"the hub at 127\.0\.0\.1"):
        in_session([gone], forget)
