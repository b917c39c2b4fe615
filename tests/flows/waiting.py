"""Waiting for what flow runs come to, on machines that may be busy."""

import time
from collections.abc import Callable
from typing import TypeVar

from prefect.client.schemas.objects import FlowRun

Found = TypeVar("Found")


def until(found: Callable[[], Found | None], within_s: float = 300.0, every_s: float = 0.3) -> Found:
    """What `found` gives as soon as it gives something: not None, False, or an empty list.

    A busy server is left alone for twice as long as it took to answer: asked without a pause it has no time
    for anything else, and what is waited for never comes.
    """
    deadline = time.monotonic() + within_s
    while (began := time.monotonic()) < deadline:
        given = found()
        if given:
            return given
        time.sleep(max(every_s, 2 * (time.monotonic() - began)))
    raise AssertionError(f"it did not come to that within {within_s:g} s")


def pid_of(run: FlowRun) -> int:
    """Process of a flow run: the worker records `host:pid`; 0 while there is none."""
    return int((run.infrastructure_pid or "").rpartition(":")[2] or 0)
