"""Where the Prefect UI shows a shard: its flow run where the server is on this machine, else all runs.

A server elsewhere is linked to and never asked: a dashboard sends nothing beyond this machine.
"""

import os
from collections.abc import Collection

import httpx

from tasks.llm.servers import is_loopback

_WITHIN_S = 1.0
_PAGE = 200
"""Most flow runs that the server returns for one query."""


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
    try:
        with httpx.Client(timeout=_WITHIN_S, trust_env=False) as client:
            for run in sorted({run for run, _, _ in shards}):
                asked = {"flow_runs": {"tags": {"all_": [run]}}, "limit": _PAGE, "sort": "START_TIME_DESC"}
                answer = client.post(f"{api}/flow_runs/filter", json=asked).raise_for_status()
                for flow_run in answer.json():
                    given = flow_run.get("parameters") or {}
                    key = (run, str(given.get("address")), int(given.get("shard", -1)))
                    if key in shards:
                        found.setdefault(key, f"{ui}/runs/flow-run/{flow_run['id']}")
    except (httpx.HTTPError, ValueError, TypeError, KeyError):
        return found  # a server that is down has no pages
    return found
