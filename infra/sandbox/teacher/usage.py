"""Usage: tokens counted as one for every four characters, and what a prompt cache would have held.

The count of cached tokens keeps no memory of earlier requests: a conversation shows by itself which
prefix was sent before. All messages before the last assistant turn were the prompt of that turn; where
the last message is a further user message (a diversity message), all messages before it were.
"""

from typing import Any

from infra.sandbox.teacher.protocol import ChatRequest, Message, Reply

CHARACTERS_PER_TOKEN = 4
CACHE_BLOCK_TOKENS = 128
CACHE_LEAST_TOKENS = 1_024
"""A prefix shorter than this is never cached, as with OpenAI's prompt caching."""


def message_characters(message: Message) -> int:
    """Characters of a message that are billed: role, content, names and arguments of calls."""
    called = sum(len(name) + len(arguments) for name, arguments in message.calls)
    return len(message.role) + len(message.content) + called


def tokens(characters: int) -> int:
    """Tokens of so many characters, rounded up."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def _sent_before(messages: tuple[Message, ...]) -> int:
    """How many of the messages were the prompt of an earlier request."""
    users = sum(1 for message in messages if message.role == "user")
    if messages[-1].role == "user" and users > 1:
        return len(messages) - 1
    return max((place for place, message in enumerate(messages) if message.role == "assistant"), default=0)


def cached_tokens(request: ChatRequest, offer_characters: int) -> int:
    """Tokens of the prefix sent before, in whole blocks; functions stand before the messages."""
    known = _sent_before(request.messages)
    if not known:
        return 0
    prefix = tokens(offer_characters + sum(map(message_characters, request.messages[:known])))
    return prefix // CACHE_BLOCK_TOKENS * CACHE_BLOCK_TOKENS if prefix >= CACHE_LEAST_TOKENS else 0


def count_usage(request: ChatRequest, reply: Reply) -> dict[str, Any]:
    """The `usage` of a reply, in OpenAI's form."""
    offered = len(request.functions_json.decode())
    prompt = tokens(offered + sum(map(message_characters, request.messages)))
    written = len(reply.content or "") + sum(len(name) + len(arguments) for name, arguments in reply.calls)
    completion = max(tokens(written), 1)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached_tokens(request, offered), "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def shortened(reply: Reply, max_tokens: int | None) -> tuple[Reply, bool]:
    """Cut a reply at the token limit of the request; the second value says whether it was cut."""
    if max_tokens is None:
        return reply, False
    room = max_tokens * CHARACTERS_PER_TOKEN
    content = reply.content
    if content is not None and len(content) > room:
        return Reply(content[:room]), True
    room -= len(content or "")
    for place, (name, arguments) in enumerate(reply.calls):
        if len(name) + len(arguments) > room:
            whole = reply.calls[:place]
            return Reply(content, (*whole, (name, arguments[: max(room - len(name), 0)]))), True
        room -= len(name) + len(arguments)
    return reply, False
