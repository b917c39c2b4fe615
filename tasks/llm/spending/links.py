"""Where the Prefect UI shows a shard: its flow run where the server is on this machine, else all runs.

A server elsewhere is linked to and never asked: a dashboard sends nothing beyond this machine, and so neither
the password of `PREFECT_API_AUTH_STRING`.
"""

import os
import time
from base64 import b64encode
from collections.abc import Collection, Iterator
from typing import Any

import httpx

from tasks.llm.servers import is_loopback
from tasks.storage.keys import key_of

_WITHIN_S = 1.0
_PAGE = 200
"""Most flow runs that the server returns for one query."""
_ALL_WITHIN_S = 5.0
"""A page is shown without the rest; some ten thousand flow runs are looked through by then."""


def prefect_ui() -> str:
    """Address of the Prefect UI, from `PREFECT_UI_URL` or `PREFECT_API_URL`; empty where none is known."""
    given = os.environ.get("PREFECT_UI_URL") or os.environ.get("PREFECT_API_URL", "").removesuffix("/api")
    return given.rstrip("/") if given.startswith(("http://", "https://")) else ""


def shard_pages(shards: Collection[tuple[str, str, int]]) -> dict[tuple[str, str, int], str]:
    """Pages of shards, named by run, address and number; those that no flow run is known for are left out."""
    ui, api = prefect_ui(), os.environ.get("PREFECT_API_URL", "").rstrip("/")
    if not ui or not shards:
        return {}
    if not api or not is_loopback(api):
        return dict.fromkeys(shards, f"{ui}/runs")
    found: dict[tuple[str, str, int], str] = {}
    until = time.monotonic() + _ALL_WITHIN_S
    try:
        with httpx.Client(timeout=_WITHIN_S, trust_env=False, headers=_authorization()) as client:
            for run in sorted({run for run, _, _ in shards}):
                wanted = {shard for shard in shards if shard[0] == run}
                for flow_run in _newest_first(client, api, run, until):
                    given = flow_run.get("parameters") or {}
                    key = (run, str(given.get("address")), int(given.get("shard", -1)))
                    if key in wanted:
                        wanted.remove(key)
                        found[key] = f"{ui}/runs/flow-run/{flow_run['id']}"
                    if not wanted:
                        break
    except (httpx.HTTPError, ValueError, TypeError, KeyError):
        return found  # a server that is down has no pages
    return found


def _newest_first(client: httpx.Client, api: str, run: str, until: float) -> Iterator[dict[str, Any]]:
    """Flow runs of a run, page by page: a long one has more than the server returns at once."""
    offset = 0
    while time.monotonic() < until:
        asked = {
            "flow_runs": {"tags": {"all_": [run]}},
            "sort": "START_TIME_DESC",
            "limit": _PAGE,
            "offset": offset,
        }
        page = client.post(f"{api}/flow_runs/filter", json=asked).raise_for_status().json()
        yield from page
        offset += len(page)
        if len(page) < _PAGE:
            return


def _authorization() -> dict[str, str]:
    """What a server with a password wants to see."""
    given = key_of("PREFECT_API_AUTH_STRING")
    return {"Authorization": f"Basic {b64encode(given.encode()).decode()}"} if given else {}
