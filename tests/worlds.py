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
    port = free_port()
    script = str(shared / "tools" / "scripted_world.py")
    options = ["--port", str(port), "--seed", str(seed), "--latency-ms", str(latency_ms)]
    process = subprocess.Popen([sys.executable, script, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the scripted world did not start"
        yield World(port)
    finally:
        process.terminate()
        process.communicate()
