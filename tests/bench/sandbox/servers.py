"""Servers of the sandbox for benchmarks: each on a free port, ended with its block."""

import os
import subprocess
import sys
from collections.abc import Iterator
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
