import asyncio

import pytest

from tasks.errors import ConfigurationError, RecordError
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest
from tasks.llm.scripted import ScriptedModel, calls, says

REQUEST = ChatRequest("m", [{"role": "user", "content": "hello"}])


def ask(model: ChatModel, times: int = 1) -> list[ChatReply]:
    async def main() -> list[ChatReply]:
        return [await model.complete(REQUEST) for _ in range(times)]

    return asyncio.run(main())


def test_a_script_is_replied_line_by_line_and_remembered() -> None:
    model = ScriptedModel(
        [says("one"), calls("f", '{"a": 1}'), lambda request: says(request.messages[0]["content"])]
    )
    one, two, three = ask(model, 3)
    assert (one.content, three.content) == ("one", "hello")
    assert [(call.name, call.arguments) for call in two.calls] == [("f", '{"a": 1}')]
    assert model.requests == [REQUEST] * 3
    with pytest.raises(ConfigurationError, match="no reply to request 4"):
        ask(model)


def test_a_rule_replies_to_every_request() -> None:
    assert [reply.content for reply in ask(ScriptedModel(lambda request: says("same")), 3)] == ["same"] * 3


def test_an_error_of_the_script_is_raised() -> None:
    with pytest.raises(RecordError, match="request_refused: too long"):
        ask(ScriptedModel([RecordError("request_refused", "too long")]))


def test_it_never_passes_for_a_language_model() -> None:
    model = ScriptedModel([], name="gpt-4o")
    assert (model.kind, model.name) == ("rehearsal", "rehearsal-gpt-4o")
