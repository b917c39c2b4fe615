"""What is wrong with this machine and its settings, one line each: ports, keys, S3, ledger, prices and so on.

Nothing is paid, started or changed; of a key only its presence is told. What is not configured is not wrong.
"""

import os
import shutil
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from infra.local.ports import HOST, recorded
from infra.local.processes import read_records
from tasks.errors import ConfigurationError, FactoryError
from tasks.llm.ledger import ledger_place
from tasks.llm.metered import require_priced
from tasks.llm.stores.schema import VERSION
from tasks.llm.stores.watching import shown_place, version_of
from tasks.storage.addresses import is_s3, root
from tasks.storage.bucket import require_endpoint
from tasks.storage.keys import key_of
from tasks.storage.probe import keeps_conditions
from tasks.storage.state import state_folder
from tasks.storage.store import store_of

KEYS = ("OPENAI_API_KEY", "FOUNDRY_HUB_KEY", "RAPIDAPI_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_S = 2.0
_CLOCK_S = 300.0
"""S3 servers refuse what is signed more than 15 minutes off; said well before that."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's."""

    what: str
    state: Literal["ok", "absent", "wrong"]
    """`absent`: not configured or not there, and nothing needs it unless asked for."""
    said: str


def examine() -> list[Finding]:
    """All findings, in a fixed order; a check that fails in its own way is a finding too."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("ports", ports),
        ("keys", keys),
        ("S3", tables),
        ("ledger", ledger),
        ("prices", prices),
        ("browser", browser),
        ("GPU", gpu),
    )
    found = []
    for what, check in checks:
        try:
            found.append(check())
        except (FactoryError, OSError) as error:
            found.append(Finding(what, "wrong", str(error)))
    return found


def ports() -> Finding:
    """Whether what was started still listens, and nobody else sits on a chosen port."""
    folder = state_folder()
    chosen, started = recorded(folder), read_records(folder / "pids")
    wrong = []
    for name, port in chosen.items():
        runs = name in started and started[name].running
        if runs and not _listens(port):
            wrong.append(f"{name} runs and does not listen on {port}; see 'make logs NAME={name}'")
        elif not runs and _listens(port):
            wrong.append(
                f"{port}, chosen for {name}, is taken by another program; 'make up' takes a free one"
            )
    prefect = os.environ.get("PREFECT_API_URL", "")
    if prefect and not _answers(prefect):
        wrong.append(f"no Prefect server answers at {prefect.split('@')[-1]}; check PREFECT_API_URL")
    if wrong:
        return Finding("ports", "wrong", "; ".join(wrong))
    if not chosen:
        return Finding("ports", "absent", "none chosen yet; 'make up' takes free ones")
    running = [name for name in chosen if name in started and started[name].running]
    said = (
        ", ".join(f"{name} {chosen[name]}" for name in running) or "none in use; 'make up' starts the servers"
    )
    return Finding("ports", "ok", said)


def keys() -> Finding:
    """Which keys there are; never a character of one."""
    said, wrong = [], []
    for name in KEYS:
        key = os.environ.get(name) or key_of(name)
        said.append(f"{name} {'present' if key else 'not set'}")
        if key and not (key.isascii() and key.isprintable() and key == key.strip()):
            wrong.append(f"{name} holds blanks or characters that no key has; copy it again")
    if bool(key_of("AWS_ACCESS_KEY_ID")) != bool(key_of("AWS_SECRET_ACCESS_KEY")):
        wrong.append("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY one is set; set both or none")
    if wrong:
        return Finding("keys", "wrong", "; ".join(wrong))
    present = any(key_of(name) for name in KEYS)
    return Finding("keys", "ok" if present else "absent", ", ".join(said))


def tables() -> Finding:
    """Whether tables can be published where they shall lie, and how far the clocks are apart."""
    place = root()
    if not is_s3(place):
        if os.environ.get("AWS_ENDPOINT_URL"):
            require_endpoint()
        _require_writable(Path(place) / "table", f"tables cannot be written below {place}; set FOUNDRY_ROOT")
        return Finding(
            "S3", "absent", f"not used: tables lie in {place}; FOUNDRY_ROOT=s3://bucket/prefix uses it"
        )
    store = store_of(place)
    store.require_conditions()
    if not keeps_conditions(store):
        raise ConfigurationError(f"{place} does not keep conditions every time; use another server")
    apart_s = store.time() - _now()
    if abs(apart_s) > _CLOCK_S:
        how = f"{abs(apart_s) / 60:.0f} minutes {'behind' if apart_s > 0 else 'ahead of'}"
        raise ConfigurationError(
            f"this machine's clock is {how} that of {place}'s server; set it right, uploads are refused"
        )
    return Finding("S3", "ok", f"{place} can be written and keeps create-if-absent, clocks agree")


def ledger() -> Finding:
    """Whether the ledger answers, and whether this factory reads its version; no password is shown."""
    place = ledger_place()
    shown = shown_place(place)
    if isinstance(place, Path):
        _require_writable(place, f"the ledger {shown} cannot be written; set FOUNDRY_LEDGER")
    there, database = version_of(place)
    if there > VERSION:
        raise ConfigurationError(
            f"the ledger {shown} is of a later version ({there}) than this factory reads ({VERSION}); "
            "install the newer factory"
        )
    if there == 0:
        state = "no table yet, the first call makes them"
    elif there < VERSION:
        state = f"version {there}, brought to {VERSION} by the first call"
    else:
        state = f"version {there}"
    kind = "sqlite" if isinstance(place, Path) else "PostgreSQL"
    return Finding("ledger", "ok", f"{shown} ({kind} {database}): {state}")


def prices() -> Finding:
    """Whether the named model has a price; without one it would be refused before the first call."""
    model = os.environ.get("FOUNDRY_MODEL", "")
    if not model:
        return Finding("prices", "absent", "no model is named (FOUNDRY_MODEL, --model)")
    return Finding("prices", "ok", f"{model}: {require_priced(model).source}")


def browser() -> Finding:
    """A browser for tests of pages; nothing else needs one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        return Finding(
            "browser", "absent", "no chromium; tests of pages skip, 'make system' installs it where it may"
        )
    return Finding("browser", "ok", found)


def gpu() -> Finding:
    """Accelerators, and whether the installed torch can use them."""
    devices = _devices()
    if not devices:
        return Finding("GPU", "absent", "none; students are trained on CPU, which is slow beyond small ones")
    try:
        torch = version("torch")
    except PackageNotFoundError:
        return Finding("GPU", "wrong", f"{devices} there, torch is not installed; 'make setup' installs it")
    if torch.endswith("+cpu"):
        return Finding(
            "GPU", "wrong", f"{devices} there, and torch {torch} is built for CPU; install its CUDA build"
        )
    return Finding("GPU", "ok", f"{devices}, torch {torch}")


def _require_writable(file: Path, otherwise: str) -> None:
    """Refuse a file that can be neither written nor made.

    Raises:
        ConfigurationError: `otherwise`.
    """
    folder = next(each for each in file.parents if each.exists())
    usable = not file.exists() or (file.is_file() and os.access(file, os.W_OK))
    if not usable or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigurationError(otherwise)


def _now() -> float:
    return time.time()


def _devices() -> int:
    return len(list(Path("/dev").glob("nvidia[0-9]*")))


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=_PATIENCE_S):
        return True
    return False


def _answers(url: str) -> bool:
    with suppress(OSError, ValueError):  # the latter: it is no address
        parts = urlsplit(url)
        proxied = parts.hostname not in _LOOPBACK and (
            os.environ.get("HTTPS_PROXY") or os.environ.get("HTTP_PROXY")
        )
        if proxied:
            return True  # the way there leads through the proxy: the first request will show
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=_PATIENCE_S).close()
        return True
    return False
