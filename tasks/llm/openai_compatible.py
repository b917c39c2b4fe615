"""A chat model behind the OpenAI protocol: hosted, on a GPU server of one's own, or the sandbox's teacher.

The client waits out what a server refuses without having worked (429, 5xx, no connection). An answer that
was lost on the way may have been billed, so it is not asked for again here but by the meter, which reserves
anew.
"""

import asyncio
import json
import math
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tasks.errors import ConfigurationError, ModelOverloaded, RecordError
from tasks.llm import draining
from tasks.llm.protocol import REHEARSAL_PREFIX, ChatReply, ChatRequest
from tasks.llm.provider_limits import Turnstile
from tasks.llm.replies import reply_of
from tasks.llm.servers import base_url as base_url
from tasks.llm.servers import checked_url, key_for
from tasks.llm.servers import is_loopback as is_loopback
from tasks.llm.servers import model_named as model_named
from tasks.llm.servers import require_reachable as require_reachable
from tasks.records import TeacherKind
from tasks.storage.keys import SHORTEST, without_keys

ATTEMPTS = 6
"""As ToolBench: a request is tried six times before its node is given up."""
LONGEST_WAIT_S = 30.0
_NOT_SENT = {
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "UnsupportedProtocol",
    "LocalProtocolError",
    "ProxyError",
}
"""Errors of the HTTP client after which no server can have worked."""


class OpenAICompatible:
    """One model on one server, with pooled connections; use within one event loop."""

    def __init__(
        self, name: str, *, url: str | None = None, timeout_s: float = 120.0, first_pause_s: float = 0.5
    ):
        """Prepare the client; nothing is sent.

        Args:
            name: the model.
            url: the server, by default `OPENAI_BASE_URL`; one of our own on this machine is sent no key.
            timeout_s: longest wait for a reply [s].
            first_pause_s: wait before the second try, doubled for each further one [s].

        Raises:
            ConfigurationError: no address of a server, or a hosted one without a key.
        """
        import httpx  # with openai 0.3 s, paid by who uses a model
        import openai

        self.name = name
        self.kind: TeacherKind = "rehearsal" if name.startswith(REHEARSAL_PREFIX) else "model"
        self.url = checked_url(url) if url else base_url()
        self._openai = openai
        self._raw = httpx.Response
        self._key = "" if url and is_loopback(self.url) else key_for(self.url)
        self._first_pause_s = first_pause_s
        self._turnstile = Turnstile(self.url)
        self._limit = "max_tokens"
        self._may_say_parallel = True
        self._spoken = False
        """It has answered in the protocol: a page from now on is a gateway's, and passes."""
        self._client = openai.AsyncOpenAI(
            api_key=self._key or "none", base_url=self.url, max_retries=0, timeout=timeout_s
        )

    async def complete(self, request: ChatRequest) -> ChatReply:
        """See `ChatModel.complete`; waits out 429 and 5xx with growing pauses, six tries in all."""
        said = ""
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1:
                draining.refuse_new_work()
            started = time.monotonic()
            asked_s: float | None = None
            limit, parallel = self._limit, request.parallel and self._may_say_parallel  # others learn too
            try:
                async with self._turnstile.turn():
                    started = time.monotonic()  # waiting for our own limits is no latency of the model's
                    body = await self._ask(request)
                if body.get("choices") or not body.get("error"):
                    return reply_of(body, time.monotonic() - started)
                said = self._plain(body["error"])  # an error under status 200, as gateways send
            except self._openai.APIStatusError as error:
                said = self._waited_for(error, request, limit, parallel)
                asked_s = _asked_s(error.response.headers)
            except self._openai.APIConnectionError as error:
                said = f"{type(error.__cause__ or error).__name__}"
                if said not in _NOT_SENT:
                    raise ModelOverloaded(
                        f"{self.url} took a request and gave no whole answer ({said}); run again",
                        maybe_billed=True,
                    ) from None
            except UnicodeError:
                raise RecordError(
                    "request_refused", "the request holds characters that cannot be sent"
                ) from None
            if attempt < ATTEMPTS:
                pause_s = self._first_pause_s * 2 ** (attempt - 1) if asked_s is None else asked_s
                await asyncio.sleep(min(pause_s, LONGEST_WAIT_S))
        raise ModelOverloaded(f"{self.url} gave no answer in {ATTEMPTS} tries: {said}; run again later")

    async def aclose(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _ask(self, request: ChatRequest) -> dict[str, Any]:
        sent = request.body()
        if not self._may_say_parallel:
            sent.pop("parallel_tool_calls", None)
        path = "/completions"
        if request.prompt is None:
            sent[self._limit] = sent.pop("max_tokens")
            path = "/chat/completions"
        # `create` walks through every message and schema first, which takes longer than all else here.
        answer = await self._client.post(path, cast_to=self._raw, body=sent)
        try:
            body = json.loads(self._without_key(answer.text))
        except RecursionError:  # thousands of brackets, as a model may write them: a reply that says nothing
            return {}
        except ValueError:
            if answer.text.lstrip().startswith("<") and not self._spoken:
                raise ConfigurationError(
                    f"{self.url} answers with a web page; does OPENAI_BASE_URL end in /v1?"
                ) from None
            raise ModelOverloaded(
                f"{self.url} gave no whole answer (broken JSON); run again", maybe_billed=True
            ) from None
        if isinstance(body, dict):
            self._spoken = True
            return body
        if self._spoken:
            raise ModelOverloaded(f"{self.url} gave an answer that is none; run again", maybe_billed=True)
        raise ConfigurationError(f"{self.url} does not speak the chat protocol; check OPENAI_BASE_URL")

    def _waited_for(self, error: Any, request: ChatRequest, limit: str, parallel: bool) -> str:
        """What the server said, when asking again can help.

        Args:
            error: of the client.
            request: what was asked.
            limit: the field in which the longest reply was said.
            parallel: whether it was said that the reply may hold several calls.

        Raises:
            ConfigurationError: key, model, account or address must be mended.
            RecordError: this one request is refused.
        """
        status, said = error.status_code, self._plain(error.body or error.message)
        if status == 401:
            raise ConfigurationError(f"{self.url} refuses the key; check OPENAI_API_KEY") from None
        if status == 404:
            lacks = "" if request.prompt is None else " or does not complete plain prompts; check --form and"
            raise ConfigurationError(
                f"{self.url} has no model '{request.model}'{lacks or '; check'} --model"
            ) from None
        if error.code == "insufficient_quota":
            raise ConfigurationError(f"{self.url}: the account has no quota left; top it up") from None
        if status == 400 and limit == "max_tokens" and "max_completion_tokens" in said:
            self._limit = "max_completion_tokens"  # newer models know the limit by this name only
            return said
        if status in (400, 422) and parallel and "parallel" in said:
            self._may_say_parallel = False  # reasoning models refuse the field, and make several calls anyway
            return said
        if status in (400, 413, 422):
            raise RecordError("request_refused", said) from None
        if status in (408, 409, 429) or status >= 500:
            return f"{status} {said}"
        raise ConfigurationError(f"{self.url} refuses the request ({status}): {said}") from None

    def _without_key(self, text: str) -> str:
        """A reply as it is logged: a server that repeats its request's headers would bring the key along."""
        return without_keys(text, [self._key]) if len(self._key) >= SHORTEST else text

    def _plain(self, said: Any) -> str:
        """What a server said in one line, without the key should it repeat it."""
        if isinstance(said, dict):
            said = said.get("message") or said
        text = " ".join(str(said).split())
        return without_keys(text, [self._key])[:300]


def _asked_s(headers: Any) -> float | None:
    """The wait a server asks for [s], from seconds or a date; None where it asks for none."""
    asked = headers.get("retry-after")
    if not asked:
        return None
    try:
        wait_s = float(asked)
    except ValueError:
        try:
            wait_s = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, wait_s) if math.isfinite(wait_s) else None
