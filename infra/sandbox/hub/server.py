"""Runs the hub's application on a loopback port and says so once it listens."""

import signal
import socket
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def listening_socket(port: int) -> socket.socket:
    """Return a socket bound to the loopback interface; port 0 takes a free one. Raises `OSError`."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


def serve(app: ASGIApp, bound: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; ``hub on http://...`` is printed when requests are answered."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="critical",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    _AnnouncingServer(config).run(sockets=[bound])


class _AnnouncingServer(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for bound in sockets or []:
            print(f"hub on http://{HOST}:{bound.getsockname()[1]}", flush=True)


def _end(number: int, frame: FrameType | None) -> None:
    """End with exit code 0: uvicorn raises the signal again once it has shut down."""
    raise SystemExit(0)
