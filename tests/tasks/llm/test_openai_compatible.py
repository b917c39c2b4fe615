"""The client against a real server that answers as servers do, and as they should not."""

import asyncio
import logging
import socket
import threading
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tasks.errors import ConfigurationError, FactoryError, ModelOverloaded, RecordError
from tasks.llm.openai_compatible import ATTEMPTS, OpenAICompatible, _asked_s
from tasks.llm.protocol import ChatReply, ChatRequest, FunctionCall, Usage
from tests.tasks.llm.chat_server import Answer, ChatServer, chat_server, completion, continuation, failure

CANARY = "sk-canary-7f3a9c"
REQUEST = ChatRequest("some-model", [{"role": "user", "content": "When does the sun rise?"}], max_tokens=50)


def complete(url: str | None, request: ChatRequest = REQUEST, timeout_s: float = 20.0) -> ChatReply:
    async def main() -> ChatReply:
        model = OpenAICompatible(request.model, url=url, first_pause_s=0.0, timeout_s=timeout_s)
        try:
            return await model.complete(request)
        finally:
            await model.aclose()

    return asyncio.run(main())


def test_a_reply_comes_back_with_its_tokens_in_four_classes() -> None:
    with chat_server(completion({"content": "At 6:12."})) as server:
        reply = complete(server.url)
    assert (reply.content, reply.calls, reply.finish_reason) == ("At 6:12.", (), "stop")
    assert (reply.usage, reply.usage_known) == (Usage(uncached=60, cached=40, output=7), True)
    assert reply.latency_s > 0
    assert server.bodies == [{"model": "some-model", "messages": REQUEST.messages, "max_tokens": 50}]


def test_a_plain_prompt_is_completed() -> None:
    asked = ChatRequest("base", [], prompt="System: x\nThought:", stop=("\nUser:",), max_tokens=9, seed=3)
    with chat_server(continuation(" look\nAction: f")) as server:
        reply = complete(server.url, asked)
    assert (reply.content, reply.calls) == (" look\nAction: f", ())
    assert (reply.usage, reply.usage_known) == (Usage(uncached=60, cached=40, output=7), True)
    assert server.paths == ["/v1/completions"]
    assert server.bodies == [
        {"model": "base", "max_tokens": 9, "prompt": "System: x\nThought:", "stop": ["\nUser:"], "seed": 3}
    ]


def test_a_server_that_completes_no_prompts_is_said_so() -> None:
    asked = ChatRequest("base", [], prompt="x")
    with chat_server(failure(404)) as server, pytest.raises(ConfigurationError, match="check --form"):
        complete(server.url, asked)


def test_functions_go_out_and_calls_come_back_in_both_forms() -> None:
    function = {"name": "sunrise", "parameters": {"type": "object", "properties": {}}}
    called = {"name": "sunrise", "arguments": '{"city": "Oslo"}'}
    tools = completion(
        {"content": None, "tool_calls": [{"id": "c1", "type": "function", "function": called}]}
    )
    legacy = completion({"content": None, "function_call": called})
    with chat_server(tools, legacy) as server:
        new = complete(server.url, ChatRequest("m", REQUEST.messages, [function], seed=7, temperature=0.5))
        old = complete(server.url, ChatRequest("m", REQUEST.messages, [function], form="functions"))
    assert new.calls == (FunctionCall("c1", "sunrise", '{"city": "Oslo"}'),)
    assert old.calls == (FunctionCall("", "sunrise", '{"city": "Oslo"}'),)
    assert server.bodies[0]["tools"] == [{"type": "function", "function": function}]
    assert (server.bodies[0]["seed"], server.bodies[0]["temperature"]) == (7, 0.5)
    assert server.bodies[1]["functions"] == [function]


@pytest.mark.parametrize(
    "refusals",
    [
        [failure(429, retry_after="0")],
        [failure(429, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")],
        [failure(500), failure(503)],
        [failure(408), failure(409), failure(529)],
        [Answer({"error": {"message": "upstream is busy", "code": 429}})],
    ],
    ids=["429", "429 until a date", "500 and 503", "408, 409 and 529", "an error under 200"],
)
def test_what_passes_is_waited_for(refusals: list[Answer]) -> None:
    with chat_server(*refusals, completion({"content": "yes"})) as server:
        assert complete(server.url).content == "yes"
    assert len(server.bodies) == len(refusals) + 1


def test_a_server_that_stays_overloaded_is_given_up_after_six_tries() -> None:
    with (
        chat_server(failure(503, "busy")) as server,
        pytest.raises(ModelOverloaded, match="6 tries: 503 busy") as error,
    ):
        complete(server.url)
    assert len(server.bodies) == ATTEMPTS
    assert not error.value.maybe_billed


@pytest.mark.parametrize(
    ("asked", "wait_s"),
    [("2", 2.0), ("0.5", 0.5), ("-3", 0.0), ("nan", None), ("soon", None), ("", None), (None, None)],
)
def test_the_wait_a_server_asks_for_is_understood(asked: str | None, wait_s: float | None) -> None:
    assert _asked_s({"retry-after": asked}) == wait_s


def test_a_wait_until_a_date_is_understood() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    assert 100 < (_asked_s({"retry-after": soon}) or 0) <= 120


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (failure(401), ConfigurationError, "refuses the key; check OPENAI_API_KEY"),
        (failure(403, "not in your country"), ConfigurationError, r"\(403\): not in your country"),
        (failure(404), ConfigurationError, "has no model 'some-model'; check --model"),
        (failure(429, code="insufficient_quota"), ConfigurationError, "no quota left"),
        (failure(400, "too long"), RecordError, "request_refused: too long"),
        (failure(422, "bad schema"), RecordError, "request_refused: bad schema"),
        (failure(413, "too large"), RecordError, "request_refused: too large"),
        (Answer(b"<html>hello</html>"), ConfigurationError, "a web page; does OPENAI_BASE_URL end in /v1?"),
        (Answer([1, 2]), ConfigurationError, "does not speak the chat protocol"),
        (Answer(b'{"choices": [{"mess'), ModelOverloaded, "no whole answer"),
    ],
)
def test_what_does_not_pass_is_said_at_once(answer: Answer, error: type[Exception], said: str) -> None:
    with chat_server(answer) as server, pytest.raises(error, match=said):
        complete(server.url)
    assert len(server.bodies) == 1


@pytest.mark.parametrize("stray", [Answer(b"<html>busy</html>"), Answer([1, 2]), Answer(b"null")])
def test_a_stray_page_of_a_server_that_has_spoken_the_protocol_passes(stray: Answer) -> None:
    async def ask_twice(url: str) -> None:
        model = OpenAICompatible("some-model", url=url)
        try:
            await model.complete(REQUEST)
            await model.complete(REQUEST)
        finally:
            await model.aclose()

    with (
        chat_server(completion({"content": "yes"}), stray) as server,
        pytest.raises(ModelOverloaded, match="run again") as raised,
    ):
        asyncio.run(ask_twice(server.url))
    assert raised.value.maybe_billed


def test_a_model_that_knows_the_limit_by_its_new_name_is_asked_by_it() -> None:
    refusal = failure(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    with chat_server(refusal, completion({"content": "yes"})) as server:
        assert complete(server.url).content == "yes"
    assert [("max_tokens" in body, "max_completion_tokens" in body) for body in server.bodies] == [
        (True, False),
        (False, True),
    ]


FUNCTION = {"name": "sunrise", "parameters": {"type": "object", "properties": {}}}
SEVERAL = ChatRequest("m", REQUEST.messages, [FUNCTION], parallel=True)
NO_PARALLEL = "Unsupported parameter: 'parallel_tool_calls' is not supported with this model."


def said_parallel(bodies: list[dict[str, Any]]) -> list[object]:
    return [body.get("parallel_tool_calls") for body in bodies]


def test_that_a_reply_may_hold_several_calls_is_said_where_it_is_asked_for() -> None:
    legacy = ChatRequest("m", REQUEST.messages, [FUNCTION], form="functions", parallel=True)
    without = ChatRequest("m", REQUEST.messages, parallel=True)
    prompt = ChatRequest("m", [], [], prompt="x", parallel=True)
    asked = [SEVERAL, ChatRequest("m", REQUEST.messages, [FUNCTION]), legacy, without, prompt]
    assert said_parallel([each.body() for each in asked]) == [True, None, None, None, None]
    called = {"type": "function", "function": {"name": "sunrise", "arguments": "{}"}}
    both = completion({"content": None, "tool_calls": [{"id": "a", **called}, {"id": "b", **called}]})
    with chat_server(both) as server:
        reply = complete(server.url, SEVERAL)
    assert [call.call_id for call in reply.calls] == ["a", "b"]
    assert said_parallel(server.bodies) == [True]


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_refuses_to_hear_of_several_calls_is_asked_without_and_never_told_again(
    status: int,
) -> None:
    async def twice(url: str) -> list[str | None]:
        model = OpenAICompatible("m", url=url, first_pause_s=0.0)
        try:
            return [(await model.complete(SEVERAL)).content for _ in range(2)]
        finally:
            await model.aclose()

    with chat_server(failure(status, NO_PARALLEL), completion({"content": "yes"})) as server:
        assert asyncio.run(twice(server.url)) == ["yes", "yes"]
    assert said_parallel(server.bodies) == [True, None, None]
    first, again, _ = server.bodies
    assert again == {name: value for name, value in first.items() if name != "parallel_tool_calls"}


@pytest.mark.parametrize("said", [NO_PARALLEL, "Use 'max_completion_tokens' instead."])
def test_requests_in_the_air_together_are_all_asked_again_without_what_is_refused(said: str) -> None:
    """Most refusals come when the first has already taught the client."""
    begin, learnt = threading.Event(), threading.Event()
    refusals = [failure(400, said) for _ in range(4)]
    for refusal, event in zip(refusals, (begin, learnt, learnt, learnt), strict=True):
        refusal.until = event

    async def together(server: ChatServer) -> list[str | None]:
        async def releasing() -> None:
            for requests, event in ((4, begin), (5, learnt)):
                while len(server.bodies) < requests:
                    await asyncio.sleep(0.01)
                event.set()

        model = OpenAICompatible("m", url=server.url, first_pause_s=0.0)
        try:
            async with asyncio.timeout(60):
                *replies, _ = await asyncio.gather(*(model.complete(SEVERAL) for _ in range(4)), releasing())
            return [reply.content for reply in replies]
        finally:
            await model.aclose()

    with chat_server(*refusals, completion({"content": "yes"})) as server:
        assert asyncio.run(together(server)) == ["yes"] * 4
    assert len(server.bodies) == 8


def test_a_server_that_refuses_both_fields_is_asked_without_both() -> None:
    refusals = [failure(400, "Use 'max_completion_tokens' instead."), failure(400, NO_PARALLEL)]
    with chat_server(*refusals, completion({"content": "yes"})) as server:
        assert complete(server.url, SEVERAL).content == "yes"
    assert "max_completion_tokens" in server.bodies[2]
    assert said_parallel(server.bodies) == [True, True, None]


def test_a_refusal_that_stays_is_no_reason_to_go_on_asking() -> None:
    with chat_server(failure(400, NO_PARALLEL)) as server:
        with pytest.raises(RecordError, match="request_refused"):
            complete(server.url, SEVERAL)
        with pytest.raises(RecordError, match="request_refused"):
            complete(server.url)
    assert said_parallel(server.bodies) == [True, None, None]


def test_a_connection_cut_after_the_request_may_have_been_billed_and_is_not_tried_here() -> None:
    with (
        chat_server(Answer(cut=True)) as server,
        pytest.raises(ModelOverloaded, match="no whole answer") as error,
    ):
        complete(server.url)
    assert error.value.maybe_billed
    assert len(server.bodies) == 1


def test_an_answer_that_comes_too_late_may_have_been_billed() -> None:
    late = threading.Event()
    answer = completion({"content": "late"})
    answer.until = late
    with chat_server(answer) as server:
        with pytest.raises(ModelOverloaded, match="ReadTimeout") as error:
            complete(server.url, timeout_s=0.2)
        late.set()
    assert error.value.maybe_billed


def test_a_server_that_is_not_there_was_paid_nothing() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        with pytest.raises(ModelOverloaded, match="6 tries: ConnectError") as error:
            complete(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
    assert not error.value.maybe_billed


def test_a_request_that_no_wire_can_carry_is_one_refused_request() -> None:
    request = ChatRequest("m", [{"role": "user", "content": "half a pair: \ud83d"}])
    with (
        chat_server(completion({"content": "yes"})) as server,
        pytest.raises(RecordError, match="cannot be sent"),
    ):
        complete(server.url, request)


@pytest.mark.parametrize(
    "answer",
    [
        failure(401, f"Incorrect API key provided: {CANARY}."),
        failure(403, CANARY),
        failure(400, f"Authorization: Bearer {CANARY}"),
        failure(429, CANARY),
        failure(500, CANARY),
        Answer(f"<html>{CANARY}".encode()),
        Answer({"error": {"message": CANARY}}),
        Answer(cut=True),
        completion({"content": "fine"}),
    ],
)
def test_the_key_is_sent_and_appears_in_no_error_and_no_log(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", f" {CANARY}\n")
    shown = ""
    with chat_server(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        try:
            complete(None)
        except FactoryError as error:
            shown = "".join(traceback.format_exception(error)) + repr(error)
    assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
    assert CANARY not in shown
    assert CANARY not in caplog.text


def test_a_server_of_our_own_is_sent_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with chat_server(completion({"content": "fine"})) as server:
        complete(server.url)
    assert CANARY not in str(server.headers)
