"""HTTP within bounds: so many bytes, so many seconds, text in the end, and no key in it."""

import asyncio
import http.cookiejar
import time
from dataclasses import dataclass

import httpx

USER_AGENT = "toolfoundry/0.1"
MAX_ANSWER_BYTES = 262_144
"""Read of one answer; an observation shows 1,024 characters of it, a snapshot keeps all."""
_KEEPALIVE_S = 3.0
"""Below the five seconds after which common servers hang up, so that no call meets a closing connection."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A response whose head arrived, its body read as far as the bound."""

    status: int
    content_type: str
    text: str
    """Cut at the bound; of a body that is no text only its type and size."""
    next_request: httpx.Request | None
    """Where a redirect leads; None for any other response."""
    latency_s: float


def pooled_client(connections: int) -> httpx.AsyncClient:
    """One client for all calls of an environment: pooled, without cookies, redirects left to the caller."""
    client = httpx.AsyncClient(
        limits=httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEEPALIVE_S,
        ),
        headers={"User-Agent": USER_AGENT},
        follow_redirects=False,
        timeout=None,
    )
    # A cookie would let one instruction's calls change the answers of another's.
    client.cookies.jar.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    return client


async def send(
    client: httpx.AsyncClient, request: httpx.Request, timeout_s: float, max_bytes: int = MAX_ANSWER_BYTES
) -> Answered:
    """Send one request and read its answer.

    Raises:
        TimeoutError: the whole answer took longer than `timeout_s`.
        httpx.HTTPError: it could not be sent or read.
    """
    began = time.perf_counter()
    async with asyncio.timeout(timeout_s):
        response = await _sent(client, request)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) >= max_bytes:
                    break
        finally:
            await response.aclose()
    content_type = response.headers.get("content-type", "")
    return Answered(
        response.status_code,
        content_type,
        _text(bytes(body[:max_bytes]), content_type, response.charset_encoding),
        response.next_request,
        time.perf_counter() - began,
    )


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    try:
        return await client.send(request, stream=True)
    except httpx.ConnectError:
        # Nothing was sent, so a second try cannot repeat anything.
        return await client.send(request, stream=True)


def _text(body: bytes, content_type: str, charset: str | None) -> str:
    kind = content_type.split(";")[0].strip().lower()
    if b"\0" in body[:1024] or kind.startswith(("image/", "audio/", "video/", "font/")):
        return f"<{kind or 'binary'}, {len(body)} bytes>"
    try:
        return body.decode(charset or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
