"""Keys planted wherever a key can be, servers that repeat them, and a search of all that was written."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.records import Trajectory
from tasks.storage.table import Table
from tests.canaries import canary, found_in, said
from tests.conftest import CLONE
from tests.tasks.catalog.sandbox import running_hub
from tests.tasks.environment.served import Seen, Served, serving

KEYS = ("OPENAI_API_KEY", "RAPIDAPI_KEY", "TOOLBENCH_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN", "HF_TOKEN", "PREFECT_API_AUTH_STRING", "PREFECT_API_KEY",
        "FOUNDRY_PREFECT_AUTH")  # fmt: skip


def repeated(request: Seen) -> str:
    """What a careless server tells back: the headers and the body it was sent."""
    told = {name: text for name, text in request.headers.items() if name not in ("host", "accept-encoding")}
    return json.dumps(told) + request.body.decode(errors="replace")[:200]


@contextmanager
def careless(origin: str, *, refuse_every: int = 0) -> Iterator[Served]:
    """A server that forwards to another, and whose answers repeat the headers of their requests.

    Args:
        origin: of the server behind.
        refuse_every: each n-th request with a body is refused, by an error that repeats them.
    """
    count = iter(range(1, 1_000_000))

    def respond(request: Seen) -> tuple[int, dict[str, str], bytes]:
        kept = {
            name: text
            for name, text in request.headers.items()
            if name not in ("host", "content-length", "accept-encoding", "connection")
        }
        as_json = {"Content-Type": "application/json"}
        if request.body and refuse_every and next(count) % refuse_every == 0:
            return (
                400,
                as_json,
                json.dumps({"error": {"message": f"bad request {repeated(request)}"}}).encode(),
            )
        answer = client.request(request.method, request.target, headers=kept, content=request.body)
        return answer.status_code, as_json, with_echo(answer.content, repeated(request))

    kept = httpx.Limits(keepalive_expiry=2)  # hub and teacher close idle connections after five seconds
    with (
        httpx.Client(base_url=origin, timeout=60, trust_env=False, limits=kept) as client,
        serving(respond) as served,
    ):
        yield served


def with_echo(content: bytes, echo: str) -> bytes:
    """An answer that repeats something where people would read it."""
    try:
        body = json.loads(content)
    except ValueError:
        return content
    if not isinstance(body, dict):
        return content
    if body.get("choices"):
        message = body["choices"][0]["message"]
        if not (message.get("content") or "").lstrip().startswith(("{", "[", "`")):  # JSON that is asked for
            message["content"] = f"{message.get('content') or ''} {echo}"
    elif isinstance(body.get("description"), str):
        body["description"] += f" {echo}"
    elif "results" not in body:
        body["echo"] = echo
    return json.dumps(body).encode()


@dataclass
class Planted:
    """A world in which every key is a canary and every server repeats what it is sent."""

    folder: Path
    hub: Served
    teacher: Served
    canaries: dict[str, str]
    said: list[str] = field(default_factory=list)

    def run(self, *words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, **self.canaries, "OPENAI_BASE_URL": f"{self.teacher.address}/v1"}
        ended = subprocess.run(
            [sys.executable, "-m", "flows", *words], cwd=CLONE, env={**settings, **surroundings},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.said += [ended.stdout, ended.stderr]
        return ended


@contextmanager
def running_teacher() -> Iterator[str]:
    command = [sys.executable, "-m", "infra.sandbox.teacher", "--port", "0", "--seed", "1"]
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, text=True) as started:
        try:
            assert started.stdout is not None
            found = re.search(r"http://[0-9.:]+", started.stdout.readline())
            assert found is not None
            yield found[0]
        finally:
            started.kill()


@pytest.fixture
def planted(own_world: Path) -> Iterator[Planted]:
    canaries = {name: canary(name) for name in KEYS}
    with ExitStack() as stack:
        hub = stack.enter_context(running_hub("--plants", "0"))
        teacher = stack.enter_context(running_teacher())
        yield Planted(
            own_world,
            stack.enter_context(careless(hub.location)),
            stack.enter_context(careless(teacher, refuse_every=9)),
            {**canaries, "FOUNDRY_HUB_KEY": hub.key},
        )


def test_no_key_is_in_anything_that_a_journey_writes_though_every_server_repeats_it(planted: Planted) -> None:
    at = {name: str(planted.folder / "tables" / name / "v1") for name in ("catalog", "instructions", "paths")}
    stages = (
        ("crawl", "--location", planted.hub.address, "--catalog", at["catalog"], "--probes", "1",
         "--concurrency", "4"),  # two servers here forward and answer: on a busy machine a queue lasts
        ("instruct", "--catalog", at["catalog"], "--instructions", at["instructions"], "--count", "2",
         "--groups", "I1", "--model", "rehearsal-middle"),
        ("annotate", "--instructions", at["instructions"], "--trajectories", at["paths"],
         "--method", "CoT@1", "--model", "rehearsal-middle"),
        ("assemble", "--trajectories", at["paths"], "--samples", at["paths"].replace("paths", "samples")),
    )  # fmt: skip
    for stage in stages:
        ended = planted.run(*stage)
        assert ended.returncode == 0, ended.stderr
    for seen, name in ((planted.hub.seen, "FOUNDRY_HUB_KEY"), (planted.teacher.seen, "OPENAI_API_KEY")):
        assert any(said(str(each.headers).encode(), planted.canaries[name]) for each in seen), "never sent"
    trees = " ".join(row.tree for row in Table.open(at["paths"]).records(Trajectory, "trajectories"))
    assert "Bearer [key]" in trees, "the teacher's echo is not in the trees: nothing was tried"
    assert found_in(planted.folder, planted.canaries) == []
    assert [name for name, key in planted.canaries.items() if said("".join(planted.said).encode(), key)] == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--model", "{OPENAI_API_KEY}"), "model holds the key of OPENAI_API_KEY"),
        (
            ("--environment", "proxy", "--api-proxy", "http://me:{TOOLBENCH_KEY}@127.0.0.1:9/x"),
            "api_proxy holds",
        ),
        (
            ("--instructions", "{AWS_SECRET_ACCESS_KEY}"),
            "instructions holds the key of AWS_SECRET_ACCESS_KEY",
        ),
        (("--model", "{HF_TOKEN}"), "model holds the key of HF_TOKEN"),
        (("--model", "{PREFECT_API_AUTH_STRING}"), "model holds the key of PREFECT_API_AUTH_STRING"),
        (("--model", "x{PREFECT_API_KEY}"), "model holds the key of PREFECT_API_KEY"),
        (("--model", "{FOUNDRY_PREFECT_AUTH}"), "model holds the key of FOUNDRY_PREFECT_AUTH"),
        (("--instructions", "http://127.0.0.1:9/?rapidapi-key=k"), "instructions holds an address with"),
    ],
)
def test_a_key_in_a_parameter_is_refused_by_the_fields_name(
    planted: Planted, given: tuple[str, ...], sentence: str
) -> None:
    words = {
        "--instructions": "none.json",
        "--trajectories": str(planted.folder / "t"),
        "--model": "scripted",
    }
    words |= dict(zip(given[::2], (each.format(**planted.canaries) for each in given[1::2]), strict=True))
    ended = planted.run("annotate", *(word for pair in words.items() for word in pair))
    assert ended.returncode == 2
    assert sentence in ended.stderr and ended.stderr.count("\n") == 1
    assert found_in(planted.folder, planted.canaries) == []
    assert not any(said(text.encode(), key) for text in planted.said for key in planted.canaries.values())


def test_refusals_of_servers_do_not_bring_keys_along(planted: Planted, tmp_path: Path) -> None:
    def refusing(request: Seen) -> tuple[int, dict[str, str], bytes]:
        return 403, {"Content-Type": "application/xml"}, f"<Error>{repeated(request)}</Error>".encode()

    catalog = str(planted.folder / "catalog" / "v1")
    with serving(refusing) as server:
        bucket = {"AWS_ENDPOINT_URL": server.address, "AWS_REGION": "us-east-1"}
        model = {"OPENAI_BASE_URL": f"{server.address}/v1"}
        refused = [
            planted.run("crawl", "--location", server.address, "--catalog", catalog),
            planted.run(
                "crawl", "--location", planted.hub.address, "--catalog", "s3://b/catalog/v1", **bucket
            ),
            planted.run("show", "s3://b/catalog/v1", **bucket),
            planted.run("doctor", **bucket, **model, FOUNDRY_ROOT="s3://b/tables", FOUNDRY_MODEL="x"),
        ]
        assert server.seen
    assert all(ended.returncode for ended in refused)
    assert not any("Traceback" in ended.stderr for ended in refused), [ended.stderr for ended in refused]
    assert [name for name, key in planted.canaries.items() if said("".join(planted.said).encode(), key)] == []
    assert found_in(planted.folder, planted.canaries) == []


def test_a_key_may_lie_in_a_file(planted: Planted, tmp_path: Path) -> None:
    file = tmp_path / "hub-key"
    file.write_text(planted.canaries.pop("FOUNDRY_HUB_KEY") + "\n")
    catalog = str(planted.folder / "catalog" / "v1")
    words = ("crawl", "--location", planted.hub.address, "--catalog", catalog, "--no-probe")
    read = planted.run(*words, FOUNDRY_HUB_KEY_FILE=str(file))
    assert read.returncode == 0, read.stderr
    missing = planted.run(*words, "--as-new-version", FOUNDRY_HUB_KEY_FILE=str(tmp_path / "none"))
    assert missing.returncode == 2
    assert "FOUNDRY_HUB_KEY_FILE names" in missing.stderr and "No such file" in missing.stderr


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    key = canary("x")
    pq.write_table(pa.table({"text": [f"a {key} b"]}), tmp_path / "part.parquet", compression="zstd")
    (tmp_path / "log").write_text(f"http://host/?key={httpx.QueryParams({'k': key})}")
    (tmp_path / "quiet").write_text("CANARY")
    assert [hit.rpartition("/")[2] for hit in found_in(tmp_path, {"x": key})] == ["log: x", "part.parquet: x"]
