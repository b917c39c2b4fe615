"""Answers that somebody has given to tasks: from a file of lines, or from trajectories."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tasks.storage.addresses import is_s3
from tasks.storage.table import Table

ID_KEYS = ("instruction_id", "id")
"""Names of the key that says what is answered; a file's own ids are as good as instruction ids."""


@dataclass(frozen=True, slots=True)
class Given:
    """One answer."""

    named: str
    """Instruction id, or the task's own id."""
    answer: str
    end_state: str | None = None
    """JSON object by tool slug; None where nobody knows."""
    gave_up: bool = False


def load_given(place: str) -> list[Given]:
    """Read answers.

    Args:
        place: a file with one JSON object a line, `{"instruction_id": ..., "answer": ..., "state": {...}}`
            (`id` for the task's own id; `state` is optional), or the address of a table of trajectories.

    Raises:
        ConfigurationError: nothing there, malformed, or an instruction is answered twice.
    """
    if not is_s3(place) and Path(place).suffix in (".json", ".jsonl"):
        found = list(_lines(Path(place)))
    else:
        found = [_of_trajectory(row) for row in _trajectories(place)]
    seen: set[str] = set()
    for each in found:
        if each.named in seen:
            raise ConfigurationError(f"{place} answers {each.named} twice; leave one answer to each")
        seen.add(each.named)
    return found


def by_task(given: Iterable[Given], tasks: Mapping[str, Any], place: str) -> dict[str, Given]:
    """Answers by the key under which `tasks` knows what they answer.

    Raises:
        ConfigurationError: an answer is to none of the tasks: these are other tasks' answers.
    """
    known = {each.named: each for each in given}
    strange = [name for name in known if name not in tasks]
    if strange:
        raise ConfigurationError(
            f"{place} answers {len(strange)} instructions that are not among the tasks, such as "
            f"{strange[0]}; give the tasks that were answered"
        )
    return known


def _trajectories(place: str) -> Iterator[Trajectory]:
    """One after the other: their trees may not fit into memory."""
    table = Table.open(place)
    if "trajectories" not in table.members():
        raise ConfigurationError(
            f"{place} holds the output of '{table.manifest.stage}', and no trajectories; give what annotate "
            "wrote, or a file of answers (.jsonl)"
        )
    return table.each(Trajectory, "trajectories")


def _of_trajectory(row: Trajectory) -> Given:
    return Given(row.instruction_id, row.final_answer, row.end_state or None, row.finish_type == "give_up")


def _lines(path: Path) -> Iterator[Given]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"the answers {path} cannot be read: {error.strerror}") from None
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield _given(line, f"{path}, line {number}")


def _given(line: bytes, place: str) -> Given:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{place} is no JSON: {error}") from None
    named = next((said[key] for key in ID_KEYS if key in said), None) if isinstance(said, dict) else None
    if not isinstance(named, str | int) or isinstance(named, bool) or "answer" not in said:
        raise ConfigurationError(
            f'{place} is no answer; each line is {{"instruction_id": "...", "answer": "..."}}'
        )
    answer, state = said["answer"], said.get("state")
    if answer is not None and not isinstance(answer, str):
        raise ConfigurationError(f"{place}: the answer must be text")
    if state is not None and not isinstance(state, dict):
        raise ConfigurationError(f"{place}: the state must be a JSON object by tool slug")
    return Given(str(named), answer or "", None if state is None else orjson.dumps(state).decode())
