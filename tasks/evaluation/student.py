"""A trained student as a model to ask: checkpoint fetched, served by a process of its own, ended for sure.

The process belongs to `python -m tasks.training.serve`; they meet over HTTP, so that nothing here imports
torch. It lives in its own session and ends with its standard input, so that it outlives neither a cancelled
shard nor a killed one.
"""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import orjson

from tasks.errors import ConfigurationError, FactoryError, ModelOverloaded
from tasks.llm.ledger import open_ledger
from tasks.llm.machine import Clock, machine_time
from tasks.llm.metered import MeteredModel
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatModel, ChatReply, ChatRequest
from tasks.records import Checkpoint
from tasks.search.forms import CallingForm
from tasks.storage.keys import environment_without_keys
from tasks.storage.table import Table

SERVER = (sys.executable, "-m", "tasks.training.serve")
ANNOUNCEMENT = "student on "
READY_S = 180.0
"""Longest wait for the server's first line: importing torch alone takes up to a minute on a busy machine."""
END_WAIT_S = 5.0
REPLY_S = 600.0
"""Longest wait for one reply: the server writes one at a time, the others queue."""
MODEL, CHECKPOINTS = "model", "checkpoints"
"""Members of a checkpoint's table."""
_REPOSITORY = Path(__file__).resolve().parents[2]


def require_student(address: str) -> Checkpoint:
    """The checkpoint at an address, when it is one that can be served here.

    Raises:
        ConfigurationError: no student there, not finished, or nothing installed that could serve it.
    """
    table = Table.open(address)
    if table.manifest.stage != "finetune":
        raise ConfigurationError(
            f"{address} holds the output of '{table.manifest.stage}', not a student; name what finetune wrote"
        )
    found = [each for each in table.records(Checkpoint, CHECKPOINTS) if each.kind == "student"]
    if not found or MODEL not in table.members():
        raise ConfigurationError(f"{address} holds no student's files; run finetune again")
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise ConfigurationError("a student is served by torch and transformers; install toolfoundry[train]")
    return found[-1]


def form_of(checkpoint: Checkpoint) -> CallingForm:
    """The form of calling that a student was trained in."""
    layout = orjson.loads(checkpoint.settings).get("layout")
    return "toolllama" if layout == "toolllama" else "tools"


class OnTheClock:
    """A model that is asked nothing more once its machine time fits under no cap."""

    def __init__(self, model: ChatModel, clock: Clock | None):
        self.name, self.kind = model.name, model.kind
        self._model, self._clock = model, clock

    async def complete(self, request: ChatRequest) -> ChatReply:
        """As the model.

        Raises:
            BudgetExceeded: the next slice of its machine's time did not fit under a cap.
        """
        if self._clock is not None:
            self._clock.check()
        return await self._model.complete(request)

    async def aclose(self) -> None:
        """Give connections back."""
        await self._model.aclose()


@asynccontextmanager
async def open_student(
    table: Table, shard: int, judge: MeteredModel, address: str, name: str
) -> AsyncIterator[MeteredModel]:
    """The student as a model of a shard; it shares the judge's call log, and costs nothing.

    Args:
        table: what is written; its run is booked.
        shard: which part of it.
        judge: the shard's judge.
        address: the checkpoint's.
        name: the checkpoint's id; part of every logged request, so it must not change between runs.

    Raises:
        FactoryError: the server does not start, or its first minute fits under no cap.
    """
    with tempfile.TemporaryDirectory(prefix="foundry-student-") as scratch:
        folder = Path(scratch, "model")
        await asyncio.to_thread(Table.open(address).fetch, MODEL, folder)
        booked = machine_time(table.manifest.run_id, table.manifest.stage, shard, table.address)
        with booked as clock:
            async with serving([*SERVER, "--checkpoint", str(folder)], Path(scratch, "stderr.log")) as url:
                client = OpenAICompatible(name, url=url, timeout_s=REPLY_S)
                try:
                    yield MeteredModel(
                        OnTheClock(client, clock),
                        Price(0, 0, 0, 0, "own process"),
                        open_ledger(),
                        judge.log,
                        run=table.manifest.run_id,
                        stage=table.manifest.stage,
                        shard=shard,
                        address=table.address,
                    )
                finally:
                    await client.aclose()


@asynccontextmanager
async def serving(command: Sequence[str], log: Path, ready_s: float = READY_S) -> AsyncIterator[str]:
    """Start a student's server; its address, once it answers. Ended, with all its children, at the end.

    Args:
        command: starts the server; port and lifeline are added.
        log: file for its stderr.
        ready_s: longest wait for its announcement [s].

    Raises:
        ConfigurationError: it ended by itself, with its last words.
        ModelOverloaded: it did not come up in time.
    """
    with log.open("wb") as stderr:
        server = await asyncio.create_subprocess_exec(
            *command,
            *("--port", "0", "--until-stdin-closes"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
            env=_environment(),
        )
    draining: asyncio.Task[None] | None = None
    try:
        assert server.stdout is not None
        url = await _announced(server, server.stdout, log, ready_s)
        draining = asyncio.create_task(_drain(server.stdout))
        yield url
    finally:
        if draining is not None:
            draining.cancel()
        await _end(server)


def last_words(log: Path, lines: int = 3) -> str:
    """The last lines that a server wrote to stderr, as one sentence's end."""
    text = log.read_text(errors="replace") if log.exists() else ""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(said[-lines:])[-600:] or "it said nothing"


async def _announced(
    server: asyncio.subprocess.Process, stdout: asyncio.StreamReader, log: Path, ready_s: float
) -> str:
    try:
        async with asyncio.timeout(ready_s):
            async for line in stdout:
                text = line.decode(errors="replace").strip()
                if text.startswith(ANNOUNCEMENT):
                    return text.removeprefix(ANNOUNCEMENT)
            code = await server.wait()
    except TimeoutError:
        raise ModelOverloaded(
            f"the student's server did not come up in {ready_s:.0f} s ({last_words(log)}); "
            "run the stage again"
        ) from None
    error = f"the student's server ended with exit code {code}: {last_words(log)}"
    raise ConfigurationError(error) if code > 0 else FactoryError(error)


async def _drain(stdout: asyncio.StreamReader) -> None:
    """Read on, so that a server that prints more does not stop at a full pipe."""
    while await stdout.read(65_536):
        pass


async def _end(server: asyncio.subprocess.Process) -> None:
    assert server.stdin is not None
    if server.returncode is None:
        _signal(server.pid, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(END_WAIT_S):
                await server.wait()
    # The whole session: a server that ended may have left children.
    _signal(server.pid, signal.SIGKILL)
    server.stdin.close()
    await server.wait()


def _signal(session: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, number)


def _environment() -> dict[str, str]:
    """This process's without keys, which a server on loopback needs none of, and with our packages."""
    packages = os.pathsep.join(filter(None, [str(_REPOSITORY), os.environ.get("PYTHONPATH")]))
    return {
        **environment_without_keys(),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": packages,
    }
