"""Winning paths as chat conversations, in today's form of calling and in the legacy one.

One line of OpenAI's fine-tuning format: `{"messages": [...], "tools": [...]}`, or with `functions` and
`function_call` as that format spelled them until 2023. The diversity messages of a search are no part of it.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from tasks.errors import ConfigurationError
from tasks.records import Trajectory
from tasks.search.effects import Message
from tasks.search.messages import Form, offered, render


def conversation(trajectory: Trajectory, form: Form) -> dict[str, Any] | None:
    """The kept path of a trajectory; None where nothing is kept."""
    messages: list[Message] = orjson.loads(trajectory.messages)
    if not messages:
        return None
    while messages[-1]["role"] != "assistant":
        messages.pop()  # what `Finish` returned: nothing follows it, and the format ends with an assistant
    return {"messages": render(messages, form), **offered(orjson.loads(trajectory.functions), form)}


def write_conversations(trajectories: Iterable[Trajectory], form: Form, path: Path) -> int:
    """Write one conversation a line, each as it comes, for all may not fit into memory; returns how many.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    written = 0
    try:
        with path.open("wb") as lines:
            for each in trajectories:
                line = conversation(each, form)
                if line is not None:
                    lines.write(orjson.dumps(line) + b"\n")
                    written += 1
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from None
    return written
