"""A real hub beside the teacher: its APIs as the factory offers them, and its answers as observations."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from tasks.environment.hub_pages import read_page
from tasks.records import Api
from tasks.search.functions import Offer, offer
from tests.infra.sandbox.teacher.conftest import ROOT


class HubOffers:
    """Offers and answers of one running hub."""

    def __init__(self, client: httpx.Client):
        self.client = client
        self._pages: dict[str, dict[str, Any]] = {}

    def page(self, slug: str) -> dict[str, Any]:
        """Documentation of a tool."""
        if slug not in self._pages:
            self._pages[slug] = self.client.get(f"/hub/tools/{slug}").raise_for_status().json()
        return self._pages[slug]

    def offer(self, tools: Sequence[str]) -> Offer:
        """All APIs of some tools, as `foundry annotate` offers them."""
        apis: list[Api] = []
        for slug in tools:
            apis += read_page(self.page(slug), f"hub/{slug}", str(self.client.base_url)).apis
        return offer(apis)

    def documents(self, slug: str) -> dict[str, Any]:
        """A tool as `foundry instruct` shows it to the writer."""
        page = self.page(slug)
        apis = [
            {key: api[key] for key in ("name", "description", "method")}
            | {
                f"{kind}_parameters": [
                    {name: value for name, value in each.items() if name not in ("place", "required")}
                    for each in api["parameters"]
                    if each["required"] is (kind == "required")
                ]
                for kind in ("required", "optional")
            }
            for api in page["apis"]
        ]
        return {"tool_name": page["name"], "tool_description": page["description"], "api_list": apis}

    def observe(self, offered: Offer, name: str, arguments: dict[str, Any]) -> str:
        """What the hub answers to a call, in the envelope that a model is shown."""
        api = offered.api(name)
        url, rest = api.url, dict(arguments)
        for key in list(rest):
            if "{" + key + "}" in url:
                url = url.replace("{" + key + "}", str(rest.pop(key)))
        if api.method == "POST":
            answer = self.client.post(url, json=rest)
        else:
            answer = self.client.get(url, params=rest)
        error = "" if answer.status_code == 200 else f"status {answer.status_code}"
        return json.dumps({"error": error, "response": answer.text})[:1024]


@contextmanager
def running_hub() -> Iterator[HubOffers]:
    """A hub without planted faults, on a free port."""
    command = [sys.executable, "-m", "infra.sandbox.hub", "--port", "0", "--plants", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    watchdog = threading.Timer(300, process.kill)  # a hub that does not come up; one that has is ours to end
    watchdog.start()
    try:
        assert process.stdout is not None
        address = process.stdout.readline().removeprefix("hub on ").strip()
        watchdog.cancel()
        kept = httpx.Limits(keepalive_expiry=2)  # the hub closes idle connections after five seconds
        with httpx.Client(base_url=address, timeout=30, limits=kept) as client:
            client.headers["X-Hub-Key"] = client.post("/hub/keys", json={"name": "teacher"}).json()["key"]
            yield HubOffers(client)
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()
