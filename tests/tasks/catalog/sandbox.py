"""The sandbox's hub as a process of its own, met over HTTP only."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.conftest import CLONE


@dataclass
class RunningHub:
    location: str
    key: str
    started: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.location.rpartition(":")[2])

    def warm_up(self) -> None:
        """Have every page made, so that no call waits for a table to be loaded."""
        with httpx.Client(base_url=self.location, headers={"X-Hub-Key": self.key}, timeout=60) as client:
            for row in client.get("/hub/tools?per_page=100").json()["results"]:
                client.get(f"/hub/tools/{row['slug']}")

    def stop(self) -> None:
        self.started.kill()
        self.started.wait()


@contextmanager
def running_hub(*arguments: str, port: int = 0) -> Iterator[RunningHub]:
    command = [sys.executable, "-m", "infra.sandbox.hub", "--port", str(port), "--seed", "1", *arguments]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            line = started.stdout.readline()
            assert line.startswith("hub on http://"), line
            location = line.removeprefix("hub on ").strip()
            key = httpx.post(f"{location}/hub/keys", json={"name": "tests"}).json()["key"]
            yield RunningHub(location, key, started)
        finally:
            started.kill()


def planted(path: Path) -> dict[str, str]:
    """Kind of fault of each API that a good filter rejects, by api_id; what drifts later is left out."""
    return {
        f"hub/{row['tool']}/{row['api']}": row["kind"]
        for row in json.loads(path.read_text())
        if "at" not in row and row["expected"] == "reject"
    }
