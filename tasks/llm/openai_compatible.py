"""A chat model behind the OpenAI protocol: hosted, on a GPU server of one's own, or the sandbox's teacher.

`OPENAI_BASE_URL` and `OPENAI_API_KEY` say where; the key reaches no log, table or error. A model is used
only where one is named.
"""

import asyncio
import os
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai

from tasks.errors import ConfigurationError, ModelOverloaded, RecordError
from tasks.llm.protocol import REHEARSAL_PREFIX, ChatReply, ChatRequest, FunctionCall, Usage
from tasks.records import TeacherKind

ATTEMPTS = 6
"""As ToolBench: a request is tried six times before its node is given up."""
LONGEST_WAIT_S = 30.0


def model_named(name: str | None) -> str:
    """The model to use: the given name, else `FOUNDRY_MODEL`.

    Raises:
        ConfigurationError: neither names one.
    """
    found = name or os.environ.get("FOUNDRY_MODEL", "")
    if not found:
        raise ConfigurationError(
            "no model is named; give --model NAME or set FOUNDRY_MODEL (with OPENAI_BASE_URL "
            "and OPENAI_API_KEY)"
        )
    return found


def base_url() -> str:
    """Address of the server, ends in `/v1`."""
    return os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1"


def is_loopback(url: str) -> bool:
    """Whether a server runs on this machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def require_reachable(url: str, timeout_s: float = 5.0) -> None:
    """Ask the server for its models: a wrong address or key is known before anything is paid.

    Raises:
        ConfigurationError: nobody answers there, or the key is refused.
    """
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key and not is_loopback(url):
        raise ConfigurationError(f"no key for {url}: set OPENAI_API_KEY")
    try:
        answer = httpx.get(
            f"{url}/models", headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=timeout_s
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"no model server answers at {url} ({type(error).__name__}); check OPENAI_BASE_URL"
        ) from None
    if answer.status_code in (401, 403):
        raise ConfigurationError(f"{url} refuses the key; check OPENAI_API_KEY")


class OpenAICompatible:
    """One model on one server, with pooled connections; use within one event loop."""

    def __init__(self, name: str, *, url: str | None = None, timeout_s: float = 120.0):
        """Prepare the client; nothing is sent.

        Raises:
            ConfigurationError: a hosted server without a key.
        """
        self.name = name
        self.kind: TeacherKind = "rehearsal" if name.startswith(REHEARSAL_PREFIX) else "model"
        self.url = url or base_url()
        key = os.environ.get("OPENAI_API_KEY", "")
        if not key and not is_loopback(self.url):
            raise ConfigurationError(f"no key for {self.url}: set OPENAI_API_KEY")
        self._client = openai.AsyncOpenAI(
            api_key=key or "none", base_url=self.url, max_retries=0, timeout=timeout_s
        )

    async def complete(self, request: ChatRequest) -> ChatReply:
        """See `ChatModel.complete`; waits out 429 and 5xx with growing pauses, six tries in all."""
        for attempt in range(1, ATTEMPTS + 1):
            started = time.monotonic()
            try:
                raw = await self._client.chat.completions.with_raw_response.create(**request.body())
                return _reply(await _json(raw), time.monotonic() - started)
            except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as error:
                if attempt == ATTEMPTS:
                    raise ModelOverloaded(
                        f"{self.url} gave no answer in {ATTEMPTS} tries: {_plain(error)}",
                        maybe_billed=isinstance(error, openai.APIConnectionError),
                    ) from None
                await asyncio.sleep(_pause_s(error, attempt))
            except openai.AuthenticationError:
                raise ConfigurationError(f"{self.url} refuses the key; check OPENAI_API_KEY") from None
            except openai.NotFoundError:
                raise ConfigurationError(
                    f"{self.url} has no model '{request.model}'; check --model"
                ) from None
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                raise RecordError("request_refused", _plain(error)) from None
            except openai.APIStatusError as error:
                raise ConfigurationError(f"{self.url} refuses the request: {_plain(error)}") from None
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.close()


async def _json(raw: Any) -> dict[str, Any]:
    body = raw.http_response.json()
    if not isinstance(body, dict):
        raise ConfigurationError("the server's reply is no JSON object; does OPENAI_BASE_URL end in /v1?")
    return body


def _reply(body: dict[str, Any], latency_s: float) -> ChatReply:
    choices = body.get("choices") or [{}]
    message = choices[0].get("message") or {}
    calls = [
        FunctionCall(str(each.get("id") or ""), *_named(each.get("function")))
        for each in message.get("tool_calls") or []
    ]
    if message.get("function_call"):
        calls.append(FunctionCall("", *_named(message["function_call"])))
    content = message.get("content")
    return ChatReply(
        content=content if isinstance(content, str) else None,
        calls=tuple(calls),
        usage=_usage(body.get("usage") or {}),
        latency_s=latency_s,
        finish_reason=str(choices[0].get("finish_reason") or ""),
    )


def _named(function: Any) -> tuple[str, str]:
    found = function if isinstance(function, dict) else {}
    return str(found.get("name") or ""), str(found.get("arguments") or "")


def _usage(usage: dict[str, Any]) -> Usage:
    details = usage.get("prompt_tokens_details") or {}
    prompt, cached = _count(usage.get("prompt_tokens")), _count(details.get("cached_tokens"))
    written = _count(details.get("cache_write_tokens"))
    return Usage(
        uncached=max(0, prompt - cached - written),
        cached=cached,
        cache_write=written,
        output=_count(usage.get("completion_tokens")),
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _pause_s(error: openai.APIError, attempt: int) -> float:
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after") if response is not None else None
    try:
        return min(float(asked), LONGEST_WAIT_S) if asked else min(0.5 * 2 ** (attempt - 1), LONGEST_WAIT_S)
    except ValueError:
        return LONGEST_WAIT_S


def _plain(error: openai.APIError) -> str:
    """An error in one line, without request, headers or key."""
    return " ".join(str(error.message).split())[:300]
