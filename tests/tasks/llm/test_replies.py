"""Whatever JSON a server sends, a reply comes of it that can be stored."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.llm.protocol import FunctionCall, Usage
from tasks.llm.replies import MOST_TOKENS, reply_of, usage_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "content": JSON,
        "tool_calls": JSON | st.lists(st.fixed_dictionaries({"function": JSON, "id": JSON})),
        "function_call": JSON | st.fixed_dictionaries({"name": JSON, "arguments": JSON}),
    },
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "choices": JSON
        | st.lists(
            JSON | st.fixed_dictionaries({"message": JSON | MESSAGES, "finish_reason": JSON}), max_size=2
        ),
        "usage": JSON
        | st.fixed_dictionaries(
            {"prompt_tokens": JSON, "completion_tokens": JSON, "prompt_tokens_details": JSON}
        ),
    },
)


@given(BODIES)
def test_any_body_makes_a_reply_that_can_be_stored(body: dict[str, Any]) -> None:
    reply = reply_of(body, 0.5)
    stored = [
        reply.content,
        reply.finish_reason,
        [[call.call_id, call.name, call.arguments] for call in reply.calls],
    ]
    assert orjson.loads(orjson.dumps(stored)) == stored
    assert min(reply.usage.uncached, reply.usage.cached, reply.usage.cache_write, reply.usage.output) >= 0
    assert reply.usage.prompt + reply.usage.output <= 2 * MOST_TOKENS


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"choices": []},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"message": None}]},
    ],
)
def test_a_body_without_a_choice_is_an_empty_reply(body: dict[str, Any]) -> None:
    reply = reply_of(body, 0.0)
    assert (reply.content, reply.calls, reply.usage_known) == (None, (), False)


def test_arguments_sent_as_an_object_become_their_text() -> None:
    message = {"tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {"city": "Oslo"}}}]}
    [call] = reply_of({"choices": [{"message": message}]}, 0.0).calls
    assert json.loads(call.arguments) == {"city": "Oslo"}


def test_content_sent_in_parts_is_joined() -> None:
    message = {"content": [{"type": "text", "text": "At "}, {"type": "text", "text": "6:12."}]}
    assert reply_of({"choices": [{"message": message}]}, 0.0).content == "At 6:12."


def test_halves_of_pairs_are_replaced_and_pairs_are_kept() -> None:
    message = {"content": "\ud83d sun \U0001f31e", "function_call": {"name": "f\udc00", "arguments": "{}"}}
    reply = reply_of({"choices": [{"message": message}]}, 0.0)
    assert reply.content == "? sun \U0001f31e"
    assert reply.calls == (FunctionCall("", "f?", "{}"),)


def test_tokens_are_split_into_the_classes_that_are_billed_apart() -> None:
    details = {"cached_tokens": 30, "cache_write_tokens": 20}
    reported = {"prompt_tokens": 100, "completion_tokens": 9, "prompt_tokens_details": details}
    assert usage_of(reported) == Usage(uncached=50, cached=30, cache_write=20, output=9)
    assert usage_of({"prompt_tokens": 5, "completion_tokens": 0}) == Usage(uncached=5)
    assert usage_of({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": None}) == Usage(
        5, output=1
    )


@pytest.mark.parametrize(("total", "output"), [(120, 20), (105, 9), (None, 9), ("120", 9), (10**30, 9)])
def test_reasoning_that_is_counted_in_the_total_only_is_output(total: Any, output: int) -> None:
    reported = {"prompt_tokens": 100, "completion_tokens": 9, "total_tokens": total}
    assert usage_of(reported) == Usage(uncached=100, output=output)


@pytest.mark.parametrize(
    "reported",
    [
        None,
        {},
        "many",
        {"prompt_tokens": 5},
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": 5, "completion_tokens": -1},
        {"prompt_tokens": "5", "completion_tokens": 1},
        {"prompt_tokens": 1.5, "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 10**30, "completion_tokens": 1},
        {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 6}},
        {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": -6}},
    ],
)
def test_usage_that_cannot_be_believed_is_unknown(reported: Any) -> None:
    assert usage_of(reported) is None
    assert not reply_of({"choices": [{"message": {"content": "x"}}], "usage": reported}, 0.0).usage_known
