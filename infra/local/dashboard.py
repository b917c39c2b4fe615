"""`python -m infra.local.dashboard`: the spend dashboard in a browser of this machine, until Ctrl-C.

Listens on loopback only and answers requests for this machine's names only, of its own page only: no page of
another site can read it. While it starts, the ledger is read: whoever opens the page finds a million calls
summed up.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.local import ports
from infra.local.collecting import collect_between_parses
from infra.local.origins import OwnPagesOnly
from infra.local.settings import read_env
from infra.local.static_files import InMemory
from infra.local.supervisor import Supervisor
from tasks.errors import FactoryError
from tasks.llm.spending.calls import watched_ledger
from tasks.storage.state import state_folder

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "spend.py"
NAME = "dashboard"
AUTH_STRING = "PREFECT_API_AUTH_STRING"


def main(arguments: list[str] | None = None) -> int:
    """Serve the dashboard; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.dashboard", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: one that is free, and the same next time")
    words = parser.parse_args(arguments)
    try:
        folder = state_folder()
        ledger = watched_ledger()
    except FactoryError as error:
        print(error, file=sys.stderr)
        return 2
    know_prefect(folder)
    # marimo keeps settings and caches: beside the clone's other state, never in the home folder.
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(folder / "marimo")
    collect_between_parses()
    threading.Thread(target=_read_ahead, args=(ledger.read,), daemon=True).start()
    _serve(words.port or _port(folder))
    return 0


def _serve(port: int) -> None:
    import marimo
    import uvicorn
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    pages: Any = marimo.create_asgi_app(quiet=True).with_app(path="", root=str(NOTEBOOK)).build()
    assets = Path(marimo.__file__).parent / "_static" / "assets"
    pages = InMemory(pages, "/assets", assets)
    # marimo's own apps let every origin read them, and look at no WebSocket's.
    pages = OwnPagesOnly(pages)
    here: Any = TrustedHostMiddleware(pages, allowed_hosts=[ports.HOST, "localhost"])
    server = uvicorn.Server(uvicorn.Config(here, host=ports.HOST, port=port, log_level="warning"))
    print(f"dashboard: http://{ports.HOST}:{port} (Ctrl-C ends it)", flush=True)
    with suppress(KeyboardInterrupt):
        server.run()


def _port(folder: Path) -> int:
    """A free port, recorded beside those of the other programs, which keep theirs."""
    others = ports.recorded(folder)
    others.pop(NAME, None)
    return ports.choose([NAME, *others], others, folder)[NAME]


def know_prefect(folder: Path) -> None:
    """Let shards lead to the Prefect server of this clone, where the shell names no other."""
    found = Supervisor(folder).records().get("prefect")
    if found is not None and found.running and not os.environ.get("PREFECT_API_URL"):
        os.environ["PREFECT_API_URL"] = f"{found.address}/api"
        # Its own password, where `make up` was given one; that of the shell is for another server.
        os.environ[AUTH_STRING] = read_env(folder / "env").get(AUTH_STRING, "")


def _read_ahead(read: Callable[[], object]) -> None:
    """Do before the page is opened what its opening would wait for: sums, and imports of what it uses."""
    with suppress(FactoryError):  # said on the page
        read()
    import tasks.llm.spending.charts
    import tasks.llm.spending.links
    import tasks.llm.spending.prices
    import tasks.llm.spending.tables  # noqa: F401


if __name__ == "__main__":
    sys.exit(main())
