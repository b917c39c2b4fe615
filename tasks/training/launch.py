"""Start a fine-tuning run under torchrun, hear its progress, and leave nothing behind.

The ranks are processes of their own: neither Prefect nor a shell command pays for importing torch, and a
rank that dies takes nobody with it.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from tasks.errors import ConfigurationError, FactoryError, TransientError
from tasks.training.settings import STDERR_FILE, SftSettings, check

_REPOSITORY = Path(__file__).resolve().parents[2]
END_WAIT_S = 10.0
"""Time the ranks have to end by themselves before they are killed."""
_ROOT_CAUSE = re.compile(r"Root Cause.*?exitcode\s*:\s*(-?\d+)", re.DOTALL)
_ERROR_LINE = re.compile(r"(?:\[rank\d+\]:\s*)?((?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt)\b.*)$")


def gpu_count() -> int:
    """NVIDIA devices this process may use; asks the device files, because importing torch costs seconds."""
    if os.environ.get("DS_ACCELERATOR") == "cpu":
        return 0
    found = len(list(Path("/dev").glob("nvidia[0-9]*")))
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None:
        return found
    return min(found, len([each for each in visible.split(",") if each.strip() not in ("", "-1")]))


def default_world_size() -> int:
    """Every GPU, or two ranks on a machine without one."""
    return gpu_count() or 2


def launch(
    settings: SftSettings,
    world_size: int = 0,
    on_event: Callable[[dict[str, Any]], None] = lambda event: None,
) -> dict[str, Any]:
    """Train, and return the run's summary; a finished run in the output folder is returned as it is.

    `on_event` is given each JSON line of rank 0 (`event` is `ready`, `step` or `done`). An exception,
    raised by it or by an interrupt, ends the ranks before it goes on.

    Raises:
        ConfigurationError: the run was refused; the sentence says why.
        TransientError: one of its processes was killed; the next run goes on from the newest checkpoint.
        FactoryError: it broke; the sentence has the last error, the whole output stands in OUTPUT/stderr.log.
    """
    check(settings)
    settings.output.mkdir(parents=True, exist_ok=True)
    summary: dict[str, Any] | None = None
    refusal = ""
    with _Ranks(settings, world_size or default_world_size()) as ranks:
        for event in ranks.events():
            if event["event"] == "refused":
                refusal = event["reason"]
                continue
            if event["event"] == "done":
                summary = {name: value for name, value in event.items() if name != "event"}
            on_event(event)
        code = ranks.wait()
    if refusal:
        raise ConfigurationError(refusal)
    if code or summary is None:
        raise failure(code, settings.output / STDERR_FILE)
    return summary


def failure(code: int, log: Path) -> FactoryError:
    """Why a run broke; transient where a process was killed: a retry goes on from a checkpoint."""
    cause = _ROOT_CAUSE.search(log.read_text(errors="replace"))
    rank_code = int(cause[1]) if cause else code
    if rank_code < 0:
        return TransientError(
            f"a training process was killed by signal {-rank_code} (out of memory?); run it again to go on "
            f"from its newest checkpoint; its whole output stands in {log}"
        )
    return FactoryError(
        f"fine-tuning ended with exit code {rank_code}: {last_error(log)}; its whole output stands in {log}"
    )


def last_error(log: Path) -> str:
    """The first exception of a run's output, which is the cause of those after it; else its last line."""
    lines = [line.rstrip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    for line in lines:
        if found := _ERROR_LINE.match(line):
            return found[1][:300]
    return lines[-1][:300] if lines else "it said nothing"


class _Ranks:
    """torchrun and its ranks, ended whatever happens."""

    def __init__(self, settings: SftSettings, world_size: int):
        self._settings, self._world_size = settings, world_size

    def __enter__(self) -> "_Ranks":
        command = [
            *(sys.executable, "-u", "-m", "torch.distributed.run", "--standalone"),
            *("--nproc_per_node", str(self._world_size), "-m", "tasks.training.sft"),
            *self._settings.arguments(),
            "--until-stdin-closes",
        ]
        self._log = (self._settings.output / STDERR_FILE).open("wb")
        self._torchrun = subprocess.Popen(
            command,
            env=_environment(self._world_size),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        return self

    def events(self) -> Iterator[dict[str, Any]]:
        """Rank 0's JSON lines, until every rank has closed its output."""
        assert self._torchrun.stdout is not None
        for line in self._torchrun.stdout:
            if line.startswith(b'{"event"'):
                yield orjson.loads(line)

    def wait(self) -> int:
        """Exit code of torchrun."""
        return self._torchrun.wait()

    def __exit__(self, *raised: object) -> None:
        """End torchrun, which passes SIGTERM on to its ranks.

        Its ranks live in sessions of their own. Those it leaves, because it had to be killed or was, end by
        their standard input, which closes here.
        """
        if self._torchrun.poll() is None:
            self._signal(signal.SIGTERM)
            try:
                self._torchrun.wait(END_WAIT_S)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._torchrun.wait()
        for stream in (self._torchrun.stdin, self._torchrun.stdout):
            assert stream is not None
            stream.close()
        self._log.close()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._torchrun.pid, number)


def _environment(world_size: int) -> dict[str, str]:
    """One thread a core, shared out among ranks; no hub; only the loopback where there is no GPU."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // world_size)),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(_REPOSITORY), os.environ.get("PYTHONPATH")])),
    }
    if not gpu_count():
        environment |= {"DS_ACCELERATOR": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        if sys.platform == "linux":
            environment.setdefault("GLOO_SOCKET_IFNAME", "lo")
    return environment
