"""What benchmarks stand on: servers of the sandbox on free ports, commands of the project, a folder."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def serving(module: str, *arguments: object, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of the sandbox and its port, a free one where none is named; `arguments` beside seed 1."""
    command = [sys.executable, "-m", module, "--port", str(port), "--seed", "1", *map(str, arguments)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        yield server, int(server.stdout.readline().rsplit(":", 1)[1].split("/")[0])
    finally:
        server.terminate()
        server.wait()


def url(port: int) -> str:
    """Address of a server of ours."""
    return f"http://127.0.0.1:{port}"


@contextmanager
def hub_client(port: int) -> Iterator[httpx.Client]:
    """A client of a hub, with a key."""
    with httpx.Client(base_url=url(port), timeout=60) as client:
        client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "bench"}).json()["key"]
        yield client


def environment(hub_key: str, teacher: int, state: Path) -> dict[str, str]:
    """What a shell exports to use hub and teacher, with a state folder of its own."""
    return {
        **os.environ,
        "FOUNDRY_STATE": str(state),
        "FOUNDRY_HUB_KEY": hub_key,
        "OPENAI_BASE_URL": f"{url(teacher)}/v1",
        "OPENAI_API_KEY": "sandbox",
    }


def run(variables: Mapping[str, str], *arguments: object) -> str:
    """A command of the project; its standard output.

    Raises:
        SystemExit: it failed; the end of what it said.
    """
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=dict(variables), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def kept_or_scratch(wanted: Path | None) -> Iterator[Path]:
    """The folder that is wanted, made where it is not there; else one that goes with its block."""
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="foundry-bench-") as scratch:
        yield Path(scratch)
