import asyncio
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tasks.errors import BudgetExceeded, ConfigurationError, FactoryError, ModelOverloaded
from tasks.evaluation.student import OnTheClock, form_of, last_words, require_student, serving
from tasks.llm.ledger import open_ledger
from tasks.llm.machine import machine_time
from tasks.llm.protocol import ChatRequest
from tasks.llm.scripted import ScriptedModel, says
from tasks.records import Checkpoint
from tests.tasks.evaluation.conftest import SCRIPTED_STUDENT
from tests.tasks.evaluation.made import (
    checkpoint,
    instruction,
    instructions_table,
    student_table,
)
from tests.tasks.one_shard import table

FOREVER = "import threading; threading.Event().wait()"
ANNOUNCE = "print('student on http://127.0.0.1:9/v1', flush=True); "


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def gone(pids: str) -> bool:
    """Whether all of these end; what was killed is not dead in the same instant."""
    deadline = time.monotonic() + 10
    while left := [pid for pid in map(int, pids.split()) if alive(pid)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02 * len(left))
    return True


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_the_server_answers_while_it_is_open_and_is_gone_afterwards(tmp_path: Path, files: Path) -> None:
    command = [
        sys.executable,
        str(SCRIPTED_STUDENT),
        "--notes",
        str(tmp_path / "n"),
        "--checkpoint",
        str(files),
    ]

    async def use() -> str:
        async with serving(command, tmp_path / "log") as url:
            assert url.startswith("http://127.0.0.1:")
            assert url.endswith("/v1")
            body = {
                "model": "m",
                "seed": 1,
                "messages": [{"role": "user"}],
                "tools": [{"function": {"name": "f"}}],
            }
            async with httpx.AsyncClient() as client:
                assert (await client.post(f"{url}/chat/completions", json=body)).status_code == 200
            return url

    url = asyncio.run(use())
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_an_error_while_it_serves_ends_it_with_its_children(tmp_path: Path) -> None:
    child = f"import subprocess, sys; c = subprocess.Popen([sys.executable, '-c', '{FOREVER}']); "
    stubborn = "import signal; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0)); "
    pids = tmp_path / "pids"
    note = f"import os; open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{c.pid}}'); "

    async def use() -> None:
        async with serving(program(child + stubborn + note + ANNOUNCE + FOREVER), tmp_path / "log"):
            raise RuntimeError("the judge fell over")

    with pytest.raises(RuntimeError, match="the judge fell over"):
        asyncio.run(use())
    assert gone(pids.read_text())


def test_a_cancelled_shard_leaves_no_server(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    note = f"import os; open({str(pids)!r}, 'w').write(str(os.getpid())); "

    async def use() -> None:
        ready = asyncio.Event()

        async def shard() -> None:
            async with serving(program(note + ANNOUNCE + FOREVER), tmp_path / "log"):
                ready.set()
                await asyncio.Event().wait()

        running = asyncio.create_task(shard())
        await ready.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(use())
    assert not alive(int(pids.read_text()))


def test_a_server_that_ends_by_itself_is_told_with_its_last_words(tmp_path: Path) -> None:
    text = "import sys; print('loading'); print('student: no config.json', file=sys.stderr); sys.exit(2)"

    async def use() -> None:
        async with serving(program(text), tmp_path / "log"):
            raise AssertionError("never served")

    with pytest.raises(ConfigurationError, match=r"ended with exit code 2: student: no config\.json"):
        asyncio.run(use())


def test_a_killed_server_is_no_mistake_of_the_user(tmp_path: Path) -> None:
    async def use() -> None:
        async with serving(program("import os; os.kill(os.getpid(), 9)"), tmp_path / "log"):
            raise AssertionError("never served")

    with pytest.raises(FactoryError, match="exit code -9: it said nothing") as error:
        asyncio.run(use())
    assert not isinstance(error.value, ConfigurationError)


def test_a_server_that_never_announces_itself_is_given_up(tmp_path: Path) -> None:
    async def use() -> None:
        async with serving(program(FOREVER), tmp_path / "log", ready_s=0.2):
            raise AssertionError("never served")

    with pytest.raises(ModelOverloaded, match="did not come up in 0 s"):
        asyncio.run(use())


def test_a_server_that_prints_on_is_read_on(tmp_path: Path) -> None:
    door = tmp_path / "door"
    os.mkfifo(door)
    chatter = f"[print('x' * 9999, flush=True) for _ in range(50)]; open({str(door)!r}, 'w').write('.'); "
    opened = os.open(door, os.O_RDONLY | os.O_NONBLOCK)

    async def use() -> None:
        said_all = asyncio.Event()
        asyncio.get_running_loop().add_reader(opened, said_all.set)
        async with serving(program(ANNOUNCE + chatter + FOREVER), tmp_path / "log"), asyncio.timeout(30):
            await said_all.wait()

    try:
        asyncio.run(use())
    finally:
        os.close(opened)


def test_keys_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    text = "import os, sys; print(os.environ.get('OPENAI_API_KEY', 'no key'), file=sys.stderr); sys.exit(1)"

    async def use() -> None:
        async with serving(program(text), tmp_path / "log"):
            raise AssertionError("never served")

    with pytest.raises(ConfigurationError, match="no key"):
        asyncio.run(use())


def test_last_words_are_short(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(f"line {n} " + "x" * 900 for n in range(9)))
    assert len(last_words(log)) <= 600
    assert last_words(tmp_path / "absent") == "it said nothing"


def test_a_student_s_checkpoint_is_found(tmp_path: Path, files: Path) -> None:
    assert require_student(student_table(tmp_path, files)) == checkpoint()


def test_what_is_no_student_is_refused(tmp_path: Path, files: Path) -> None:
    with pytest.raises(ConfigurationError, match="output of 'instruct', not a student"):
        require_student(instructions_table(tmp_path, [instruction(1)]))
    with pytest.raises(ConfigurationError, match="holds no student's files"):
        require_student(student_table(tmp_path, files, kind="retriever"))
    without_files = table(tmp_path / "s", "finetune", {"checkpoints": (Checkpoint, [checkpoint()])})
    with pytest.raises(ConfigurationError, match="holds no student's files"):
        require_student(without_files)


@pytest.mark.parametrize(
    ("settings", "form"),
    [("{}", "tools"), ('{"layout": "chat"}', "tools"), ('{"layout": "toolllama"}', "toolllama")],
)
def test_a_student_is_searched_in_the_form_it_was_trained_in(settings: str, form: str) -> None:
    assert form_of(replace(checkpoint(), settings=settings)) == form


def test_a_student_is_asked_nothing_more_once_its_machine_time_fits_under_no_cap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3600")
    inner = ScriptedModel(lambda request: says("x"))

    async def ask_on(model: OnTheClock) -> None:
        async with asyncio.timeout(60):
            while True:
                await model.complete(ChatRequest("m", []))
                open_ledger().set_cap("run:r/tooleval", 0.2)  # however much has passed before the first reply
                await asyncio.sleep(0.01)

    with machine_time("r", "tooleval", 0, "/t/v1", slice_s=0.05) as clock:
        model = OnTheClock(inner, clock)
        with pytest.raises(BudgetExceeded, match="run:r/tooleval"):
            asyncio.run(ask_on(model))
        asked = len(inner.requests)
        with pytest.raises(BudgetExceeded):
            asyncio.run(ask_on(model))
    assert asked == len(inner.requests) > 0
