"""The hub in this process, and calls by nothing but its documentation."""

import itertools
import json
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode, urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from infra.sandbox.hub.app import create_app
from infra.sandbox.hub.catalogue import Catalogue, load_catalogue
from infra.sandbox.hub.marketplace import Marketplace

SEED = 7


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue()


def client_of(planted=None, seed=SEED, **marketplace) -> TestClient:
    return keyed(Marketplace(catalogue(), planted or {}, seed, **marketplace))


def keyed(marketplace: Marketplace) -> TestClient:
    """A client of the marketplace, with a key."""
    client = TestClient(create_app(marketplace))
    key = client.post("/hub/keys", json={"name": "tests"}).json()["key"]
    client.headers["X-Hub-Key"] = key
    return client


def rows(client, address):
    collected = []
    while address is not None:
        listing = client.get(address).json()
        collected += listing["results"]
        address = listing["next"]
    return collected


def pages_of(client):
    """The documentation of every tool, by its slug."""
    return {t["slug"]: client.get(f"/hub/tools/{t['slug']}").json() for t in rows(client, "/hub/tools")}


SESSIONS = itertools.count()


def call(client, page, api, arguments, session=None):
    """Call an API as its document says, in a fresh session if none is named."""
    path, query, body = api["path"], {}, {}
    for parameter in api["parameters"]:
        name = parameter["name"]
        if name not in arguments:
            continue
        value = arguments[name]
        if parameter["place"] == "path":
            path = path.replace("{" + name + "}", quoted(value))
        else:
            {"query": query, "body": body}[parameter["place"]][name] = value
    request = {
        "method": api["method"],
        "url": page["base_url"] + path,
        "params": {name: text(value) for name, value in query.items()},
        "content": json.dumps(body) if api["method"] == "POST" else "",
        "headers": {**client.headers, "X-Hub-Session": session or f"call-{next(SESSIONS)}"},
    }
    if isinstance(client, TestClient):
        return answered_at_once(client.app, **request)
    return client.request(**request)


def answered_at_once(app, method, url, params, content, headers):
    """Send a request to an application without a loop or a thread: thousands take seconds.

    It works because no call of an API waits for anything, except where it is slow on purpose.
    """
    raw_path = urlsplit(url).path
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("ascii"),
        "query_string": urlencode(params).encode("ascii"),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "root_path": "",
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": content.encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    answering = app(scope, receive, send)
    with pytest.raises(StopIteration):
        answering.send(None)
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=sent[1]["body"])


def quoted(value):
    return quote(text(value), safe="")


def text(value):
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def examples(api):
    return {p["name"]: p["example"] for p in api["parameters"] if p["required"]}


def every_api(pages):
    return [(page, api) for page in pages.values() for api in page["apis"]]
