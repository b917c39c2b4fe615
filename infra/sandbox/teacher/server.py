"""Server: the OpenAI chat protocol over HTTP, on loopback only."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.sandbox.teacher.pace import AT_ONCE, Pace
from infra.sandbox.teacher.protocol import CREATED, Refusal
from infra.sandbox.teacher.roles import respond
from infra.sandbox.teacher.skills import MODELS, OWNER, read_skill

HOST = "127.0.0.1"
ERROR_HEADER = "x-rehearsal-error"
ERROR_KEY = "rehearsal_error"
_JSON = "application/json"
_ON_REQUEST = {
    "429": Refusal(429, "Rate limit reached, as the request asked for; try again.", "rate_limit_exceeded", 1),
    "500": Refusal(500, "The server failed, as the request asked for; try again.", "server_error"),
}


def _ordered_error(request: Request, raw: bytes) -> Refusal | None:
    """The error that a request asks for, by header or in its metadata."""
    wanted = request.headers.get(ERROR_HEADER)
    if wanted is None and ERROR_KEY.encode() in raw:
        with contextlib.suppress(orjson.JSONDecodeError, AttributeError):
            wanted = orjson.loads(raw).get("metadata", {}).get(ERROR_KEY)
    if wanted is None:
        return None
    return _ON_REQUEST.get(str(wanted)) or Refusal(400, "The error asked for must be 429 or 500.")


def _refused(refusal: Refusal) -> Response:
    headers = {} if refusal.retry_after_s is None else {"Retry-After": str(refusal.retry_after_s)}
    return Response(refusal.body(), refusal.status, headers, media_type=_JSON)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": OWNER}


def build_app(seed: int, pace: Pace = AT_ONCE) -> Starlette:
    """Build the application for one server seed."""
    models = orjson.dumps({"object": "list", "data": [_model(name) for name in MODELS]})

    async def complete(request: Request) -> Response:
        raw = await request.body()
        try:
            if (ordered := _ordered_error(request, raw)) is not None:
                raise ordered
            reply = respond(raw, seed)
            if takes_s := pace.takes_s(reply):
                await asyncio.sleep(takes_s)
            return Response(reply, media_type=_JSON)
        except Refusal as refusal:
            return _refused(refusal)

    async def list_models(request: Request) -> Response:
        return Response(models, media_type=_JSON)

    async def show_model(request: Request) -> Response:
        name = request.path_params["name"]
        if read_skill(name) is None:
            return _refused(Refusal(404, f"The model {name[:80]!r} does not exist.", "model_not_found"))
        return Response(orjson.dumps(_model(name)), media_type=_JSON)

    async def tell_health(request: Request) -> Response:
        return Response(orjson.dumps({"status": "ok", "teacher": OWNER, "seed": seed}), media_type=_JSON)

    async def say_unknown(request: Request, error: Exception) -> Response:
        return _refused(Refusal(404, "There are POST /v1/chat/completions, GET /v1/models and GET /healthz."))

    async def say_broken(request: Request, error: Exception) -> Response:
        # Starlette raises the error again behind this, so that the traceback stands on stderr.
        return _refused(
            Refusal(500, f"The rules failed on this request ({type(error).__name__}); report it.")
        )

    routes = [
        Route("/v1/chat/completions", complete, methods=["POST"]),
        Route("/v1/models", list_models),
        Route("/v1/models/{name}", show_model),
        Route("/healthz", tell_health),
    ]
    return Starlette(routes=routes, exception_handlers={404: say_unknown, Exception: say_broken})


class _Server(uvicorn.Server):
    """Says on stdout when it listens, and ends with exit code 0 on SIGTERM and SIGINT."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            print(f"teacher on http://{HOST}:{sockets[0].getsockname()[1]}/v1", flush=True)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Unlike uvicorn's own, this does not raise the signal again once the server has ended.
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(port: int, seed: int, pace: Pace = AT_ONCE) -> None:
    """Serve until SIGTERM or SIGINT; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
        config = uvicorn.Config(
            build_app(seed, pace), loop="uvloop", http="httptools", lifespan="off", access_log=False,
            log_level="warning", timeout_graceful_shutdown=2,
        )  # fmt: skip
        _Server(config).run(sockets=[listening])
