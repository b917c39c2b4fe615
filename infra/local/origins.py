"""Pages of other sites: their scripts run in the same browser, and reach whatever listens on this machine.

A browser says in `Origin` whose page asks. What serves a page of ours answers that page, and no other's.
"""

from typing import Any

_REFUSED = b"this page answers its own requests only; open it in a tab of its own"


class OwnPagesOnly:
    """ASGI: requests and WebSockets of other origins are refused, and no answer invites another origin.

    Stands behind a check of `Host`, whose names then are known to be this machine's.
    """

    def __init__(self, app: Any):
        """Stand before an app."""
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass on what is of this origin, or of no page at all (a browser's own navigation, a program)."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not _is_own(scope["headers"]):
            await _refuse(scope["type"], send)
        else:
            await self._app(scope, receive, _uninviting(send))


def _is_own(headers: Any) -> bool:
    """Whether every `Origin` is the address that was asked: forwarded ports may differ from the server's."""
    hosts = [value for name, value in headers if name == b"host"]
    own = [b"http://" + host.lower() for host in hosts]
    return all(value.lower() in own for name, value in headers if name == b"origin")


def _uninviting(send: Any) -> Any:
    """Without the headers by which an app lets pages of others read its answers."""

    async def sent(message: Any) -> None:
        if "headers" in message:
            kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": kept}
        await send(message)

    return sent


async def _refuse(kind: str, send: Any) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(_REFUSED)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED})
