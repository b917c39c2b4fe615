"""A real PostgreSQL for tests: a database of its own for each; skipped where no server is.

`FOUNDRY_TEST_POSTGRES` names another server than the one on this machine, as a user who may make databases.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"


def server() -> str:
    return os.environ.get("FOUNDRY_TEST_POSTGRES") or LOCAL


@lru_cache(maxsize=1)
def _refusal() -> str:
    try:
        psycopg.connect(server(), connect_timeout=5).close()
    except psycopg.Error as error:
        return str(error).splitlines()[0]
    return ""


def is_running() -> bool:
    """Whether there is a server."""
    return not _refusal()


@contextmanager
def a_database() -> Iterator[str]:
    """Address of a new database; gone afterwards, whoever is still connected."""
    if _refusal():
        pytest.skip(f"no PostgreSQL server ({_refusal()}); name one in FOUNDRY_TEST_POSTGRES")
    name = f"foundry_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server(), autocommit=True) as rows:
        rows.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server())._replace(path=f"/{name}"))
        finally:
            rows.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def looking(place: Any) -> Iterator[Any]:
    """Runs statements on a ledger's rows, beside whoever has it open: a file or an address."""
    import sqlite3

    if isinstance(place, str) and place.startswith("postgres"):
        with psycopg.connect(place, autocommit=True, options="-c search_path=foundry_ledger") as rows:
            yield lambda sql, *values: _fetched(rows.execute(sql.replace("?", "%s"), values))
    else:
        beside = sqlite3.connect(place, isolation_level=None, timeout=60)
        try:
            yield lambda sql, *values: beside.execute(sql, values).fetchall()
        finally:
            beside.close()


def _fetched(cursor: Any) -> list[Any]:
    return cursor.fetchall() if cursor.description else []
