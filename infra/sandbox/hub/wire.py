"""The few lines of HTTP that all parts of the hub share."""

from starlette.types import Receive, Send

from infra.sandbox.hub.errors import TooLarge

MAX_BODY_BYTES = 65_536


async def receive_body(receive: Receive) -> bytes:
    """Return the body of a request; raises `TooLarge` as soon as it exceeds `MAX_BODY_BYTES`."""
    chunks, total, more = [], 0, True
    while more:
        message = await receive()
        chunk = message.get("body", b"")
        chunks.append(chunk)
        total += len(chunk)
        if total > MAX_BODY_BYTES:
            raise TooLarge(f"the body is longer than {MAX_BODY_BYTES} bytes")
        more = message.get("more_body", False)
    return b"".join(chunks)


async def send_body(send: Send, status: int, content_type: bytes, body: bytes) -> None:
    """Send a whole response."""
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
