"""Artifacts of a flow run: each made once under its key, then brought up to date in place.

So a run of twenty hours leaves one version of each artifact, not thousands. Nobody's work ends because an
artifact could not be sent: that is logged, and the next figure is sent again.
"""

import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from uuid import UUID

import httpx
import orjson
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.exceptions import PrefectException
from prefect.runtime import flow_run as this_flow_run
from prefect.runtime import task_run as this_task_run
from prefect.utilities.urls import url_for

from flows.pages import escaped
from tasks.errors import FactoryError

EVERY_S = 30.0
"""Artifacts that change while work goes on are sent at most this often."""
_MOST_OF_THE_TIME = 20
"""At most one part in so many of a parent's time goes into its artifacts."""
_LONGEST_LINE = 1000
"""Characters of one line of a description, which may be an address."""
Kind = Literal["table", "markdown", "progress"]

_made: dict[tuple[str, str], UUID] = {}
"""Flow run and key to the artifact that is brought up to date."""
_log = logging.getLogger(__name__)


class Pace:
    """Says when the next figure may be sent."""

    def __init__(self, every_s: float = EVERY_S):
        self._every_s = self._wait_s = every_s
        self._last: float | None = None

    def due(self) -> bool:
        """Whether it is time; asked again right after, it is not."""
        now = time.monotonic()
        if self._last is not None and now - self._last < self._wait_s:
            return False
        self._last = now
        return True

    def done(self) -> None:
        """Say that what was due is done: a ledger of a million calls takes seconds, and is read less."""
        took_s = time.monotonic() - (self._last or time.monotonic())
        self._wait_s = max(self._every_s, _MOST_OF_THE_TIME * took_s)


@contextmanager
def harmless() -> Iterator[None]:
    """What cannot be shown now is logged, and stops no work."""
    try:
        yield
    except (httpx.HTTPError, PrefectException, FactoryError, OSError) as error:
        _log.warning("an artifact was not sent (%s: %s)", type(error).__name__, error)


def keep_table(key: str, rows: Sequence[Mapping[str, Any]], description: str) -> None:
    """Show rows under a key of this flow run; no rows, no artifact.

    The UI renders cells as Markdown: here they are text, whoever wrote it.
    """
    if rows:
        shown = [{name: _as_text(cell) for name, cell in row.items()} for row in rows]
        _keep("table", key, orjson.dumps(shown).decode(), description)


def keep_page(key: str, markdown: str, description: str) -> None:
    """Show a page under a key of this flow run."""
    _keep("markdown", key, markdown, description)


def send(known: UUID | None, kind: Kind, key: str | None, content: Any, description: str) -> UUID:
    """Make an artifact of this flow run, or bring one that is known up to date; its id.

    Its description is text, each line a paragraph of its own; the UI would render it as Markdown. Prefect's
    own functions leave a connection open for each artifact they make.
    """
    shown = "\n\n".join(escaped(line, _LONGEST_LINE) for line in description.splitlines())
    with get_client(sync_client=True) as client:
        if known is not None:
            client.update_artifact(known, ArtifactUpdate(data=content, description=shown))
            return known
        made = client.create_artifact(
            ArtifactCreate(
                type=kind,
                key=key,
                description=shown,
                data=content,
                flow_run_id=_uuid(this_flow_run.get_id()),
                task_run_id=_uuid(this_task_run.get_id()),
            )
        )
    return made.id


def _keep(kind: Kind, key: str, content: str, description: str) -> None:
    own = (str(this_flow_run.get_id()), key)
    with harmless():
        _made[own] = send(_made.get(own), kind, key, content, description)


def _as_text(cell: Any) -> Any:
    return escaped(cell) if isinstance(cell, str) else cell


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def artifact_key(*parts: str) -> str:
    """Artifact keys hold lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-") or "table"


def page_of(flow_run: UUID) -> str:
    """Address of a flow run in the UI, by the server's or our settings; empty where nobody knows."""
    return url_for("flow-run", obj_id=flow_run) or ""


def page_of_artifact(key: str) -> str:
    """Address of an artifact of this flow run in the UI; empty where it was not made, or nobody knows."""
    made = _made.get((str(this_flow_run.get_id()), key))
    ui = (url_for("flow-run", obj_id=made) or "").partition("/runs/")[0] if made else ""
    return f"{ui}/artifacts/artifact/{made}" if ui else ""
