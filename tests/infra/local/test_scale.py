"""Prefect on PostgreSQL and Redis, with a password: what is told to whom, and that it works."""

import os
import time
from pathlib import Path

import httpx
import pytest
import yaml

from infra.local import programs, settings
from infra.local.errors import LocalError
from infra.local.scale import AUTH, DATABASE, REDIS, of_redis, server_settings
from infra.local.supervisor import Supervisor
from tests.conftest import CLONE
from tests.debian_servers import NotInstalled, own_postgres, own_redis

PORTS = {"hub": 1001, "teacher": 1002, "prefect": 1003}
STEPPED_UP = {
    DATABASE: "postgresql+asyncpg://prefect:canary@db.example/prefect",
    REDIS: "redis://:canary@redis.example:6379/0",
    AUTH: "factory:tweety",
}
DOCKER = CLONE / "infra" / "docker"


def test_only_the_server_is_told_where_its_database_lies(tmp_path: Path) -> None:
    shared = settings.shared(tmp_path, PORTS, STEPPED_UP)
    known = {each.name: each for each in programs.servers(tmp_path, PORTS, shared, STEPPED_UP)}
    server = known["prefect"].environment
    assert server["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == STEPPED_UP[DATABASE]
    assert server["PREFECT_SERVER_API_AUTH_STRING"] == "factory:tweety"
    others = [known["hub"], known["teacher"], *programs.workers(shared, STEPPED_UP)]
    for each in others:
        assert "canary" not in str(each.environment)
        assert each.environment["PREFECT_API_AUTH_STRING"] == "factory:tweety"


def test_another_database_asks_for_another_server_and_leaves_the_rest_running(tmp_path: Path) -> None:
    def made_of(shell: dict[str, str]) -> dict[str, str]:
        shared = settings.shared(tmp_path, PORTS, shell)
        every = programs.servers(tmp_path, PORTS, shared, shell) + programs.workers(shared, shell)
        return {each.name: each.made_of for each in every}

    plain, stepped_up = made_of({}), made_of({DATABASE: STEPPED_UP[DATABASE]})
    assert [name for name in plain if plain[name] != stepped_up[name]] == ["prefect"]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (DATABASE, "postgresql://prefect:canary@db.example/prefect"),
        (DATABASE, "postgresql+asyncpg://prefect:canary@db.example"),
        (DATABASE, "postgresql+asyncpg://prefect:canary@db.example:port/prefect"),
        (REDIS, "http://canary@redis.example"),
        (REDIS, "redis://"),
        (AUTH, "canary"),
    ],
)
def test_an_address_of_another_kind_is_refused_and_not_repeated(name: str, wrong: str) -> None:
    with pytest.raises(LocalError, match=f"^{name} is no .*; write ") as refused:
        server_settings({name: wrong})
    assert "canary" not in str(refused.value)


def test_containers_are_told_the_same() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    told = services["server"]["environment"]
    ours = server_settings(STEPPED_UP)
    assert set(ours) <= set(told)
    assert {name: told[name] for name in of_redis("x")} == of_redis("redis://redis:6379/0")
    published = [port for each in services.values() for port in each.get("ports", [])]
    assert published == ["${FOUNDRY_LISTEN:-127.0.0.1}:4200:4200"], "loopback unless told otherwise"
    for name in ("deploy", "worker-control", "worker-local"):
        assert services[name]["environment"]["PREFECT_API_AUTH_STRING"] == "${PREFECT_AUTH}"
        assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in services[name]["environment"]


def test_browsers_are_told_an_address_they_can_call_whatever_is_listened_on() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
    told = services["server"]["environment"]
    public = "${FOUNDRY_PUBLIC_URL:-http://127.0.0.1:4200}"
    assert told["PREFECT_SERVER_UI_API_URL"] == f"{public}/api"
    assert told["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] == public
    assert "FOUNDRY_LISTEN" not in str(told)


def test_variables_of_containers_have_examples_without_values() -> None:
    example = dict(
        line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if "=" in line[1:]
    )
    compose = (DOCKER / "compose.yaml").read_text()
    for name in ("POSTGRES_PASSWORD", "PREFECT_AUTH"):
        assert example[name] == "" and f"${{{name}" in compose


@pytest.mark.prefect
def test_a_flow_run_on_postgresql_and_redis_behind_a_password(tmp_path: Path) -> None:
    try:
        with own_postgres() as postgres, own_redis() as redis:
            shell = {name: text for name, text in os.environ.items() if not name.startswith("PREFECT_")}
            shell |= {
                DATABASE: f"postgresql+asyncpg://{postgres.database('prefect')}",
                REDIS: redis.address,
                AUTH: "factory:tweety",
                "FOUNDRY_ROOT": str(tmp_path / "tables"),
            }
            supervisor = Supervisor(tmp_path / "state", say=lambda text: None, shell=shell)
            try:
                known = supervisor.up()
                assert httpx.post(f"{known['PREFECT_API_URL']}/flow_runs/count").status_code == 401
                refused = _refused_flow_run(known)
                assert refused["state"]["type"] == "FAILED"
                assert "lies outside" in refused["state"]["message"]
                stored = postgres.ask("prefect", "select id, state_type from flow_run")
                assert [refused["id"], "FAILED"] in stored
                assert not list((tmp_path / "state" / "prefect").glob("prefect.db*")), "no SQLite beside it"
                assert "tweety" not in "".join(
                    path.read_text(errors="replace") for path in (tmp_path / "state" / "logs").glob("*.log")
                )
            finally:
                supervisor.down(patience_s=3)
    except NotInstalled as missing:
        pytest.skip(str(missing))


def _refused_flow_run(known: dict[str, str]) -> dict[str, dict[str, str]]:
    """A flow run that ends as soon as it has begun: its catalogue would lie outside the root."""
    with httpx.Client(
        base_url=known["PREFECT_API_URL"], auth=("factory", "tweety"), timeout=60, trust_env=False
    ) as client:
        crawl = client.get("/deployments/name/crawl/crawl").raise_for_status().json()
        told = {"location": known["FOUNDRY_HUB_URL"], "catalog": "/elsewhere/v1"}
        made = client.post(
            f"/deployments/{crawl['id']}/create_flow_run", json={"parameters": {"parameters": told}}
        ).raise_for_status()
        deadline = time.monotonic() + 240
        while True:
            found = client.get(f"/flow_runs/{made.json()['id']}").raise_for_status().json()
            if found["state"]["type"] in ("FAILED", "CRASHED", "COMPLETED"):
                return dict(found)
            assert time.monotonic() < deadline, found["state"]
            time.sleep(0.5)
