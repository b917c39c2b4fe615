"""Starts the reference data's scripted world (a model and an API proxy behind one port) for a test."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.free_ports import free_port


@dataclass(frozen=True)
class World:
    """A running scripted world."""

    port: int

    @property
    def model_url(self) -> str:
        """For OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def proxy_url(self) -> str:
        """For --api-proxy."""
        return f"http://127.0.0.1:{self.port}/rapidapi"

    def stats(self) -> dict[str, int]:
        """Counters since the start."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=10) as answer:
            found: dict[str, int] = json.load(answer)
        return found


@contextmanager
def scripted_world(shared: Path, *, seed: int = 7, latency_ms: float = 0) -> Iterator[World]:
    """A fresh world, ended afterwards."""
    script = str(shared / "tools" / "scripted_world.py")
    process, port = _started([script, "--seed", str(seed), "--latency-ms", str(latency_ms)])
    try:
        yield World(port)
    finally:
        process.terminate()
        process.communicate()


def _started(script: list[str]) -> tuple["subprocess.Popen[str]", int]:
    """The world and its port; another one where somebody took the port while the world started."""
    for _ in range(5):
        port = free_port()
        command = [sys.executable, *script, "--port", str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        if process.stdout.readline():
            return process, port
        process.communicate()
    raise RuntimeError("the scripted world does not start")
