"""What is settled and reserved never passes a cap, whoever races or dies."""

import os
import random
import select
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import ConfigurationError, StorageUnavailable
from tasks.llm import booking
from tasks.llm.booking import CallKey, Refusal
from tasks.llm.ledger import NANO, Ledger, caps_of, open_ledger, summary
from tasks.llm.protocol import Usage
from tests.conftest import CLONE
from tests.tasks.llm.spender import WORST

RUN, STAGE = "run:r", "run:r/annotate"


def today() -> str:
    return f"day:{datetime.now(UTC):%Y-%m-%d}"


def key(subject: str = "i", ordinal: int = 0, **changed: object) -> CallKey:
    given = {
        "run": "r",
        "stage": "annotate",
        "shard": 0,
        "address": "/t/v1",
        "subject": subject,
        "model": "m",
    }
    return CallKey(**{**given, "request": "q", "ordinal": ordinal, **changed})  # type: ignore[arg-type]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger.sqlite")


def reserved(ledger: Ledger, worst: int, subject: str = "i", ordinal: int = 0) -> int:
    outcome = ledger.reserve(key(subject, ordinal), worst, "test")
    assert isinstance(outcome, int)
    return outcome


def refused(ledger: Ledger, worst: int) -> Refusal:
    outcome = ledger.reserve(key(), worst, "test")
    assert isinstance(outcome, Refusal)
    return outcome


def amounts(path: Path) -> tuple[int, int]:
    """Settled and reserved by the rows themselves."""
    rows = sqlite3.connect(path)
    found = rows.execute(
        "SELECT SUM(CASE state WHEN 'settled' THEN cost WHEN 'lost' THEN reserved ELSE 0 END),"
        " SUM(CASE state WHEN 'reserved' THEN reserved ELSE 0 END) FROM calls"
    ).fetchone()
    rows.close()
    return found[0] or 0, found[1] or 0


def a_dead_process(script: str) -> None:
    """Run a script to its end: its reservations belong to nobody."""
    subprocess.run([sys.executable, "-c", script], cwd=CLONE, check=True)


def abandoned(ledger: Ledger, worst: int) -> None:
    a_dead_process(
        "from pathlib import Path; from tasks.llm.booking import CallKey\n"
        "from tasks.llm.ledger import Ledger\n"
        f"key = CallKey('r', 'annotate', 0, '/t/v1', 'gone', 'm', 'q', 0)\n"
        f"Ledger(Path({str(ledger.path)!r})).reserve(key, {worst}, 'test')"
    )


def test_a_call_is_reserved_at_its_worst_and_settled_at_its_cost(ledger: Ledger) -> None:
    call = reserved(ledger, 900)
    assert [ledger.spent(scope) for scope in (today(), RUN, STAGE)] == [(0, 900, None)] * 3
    ledger.settle(call, Usage(10, 20, 30, 40), 250, 0.5, "ok")
    assert [ledger.spent(scope) for scope in (today(), RUN, STAGE)] == [(250, 0, None)] * 3
    ledger.settle(call, Usage(), 999, 0.5, "again")
    assert ledger.spent(RUN) == (250, 0, None)
    assert ledger.by_model("r") == [("annotate", "m", 1, 0, 0, 10, 20, 30, 40, 250)]
    assert summary(ledger, "r")[0]["cost_usd"] == 250 / NANO


@pytest.mark.parametrize("scope", [RUN, STAGE, "day"])
def test_every_cap_binds(ledger: Ledger, scope: str) -> None:
    ledger.set_cap(scope, 1000 / NANO)
    first = reserved(ledger, 600)
    refusal = refused(ledger, 401)
    assert (refusal.cap, refusal.settled, refusal.reserved) == (1000, 0, 600)
    assert refusal.scope == (today() if scope == "day" else scope)
    assert isinstance(ledger.reserve(key(), 400, "test"), int)
    ledger.settle(first, Usage(), 100, 0.0, "ok")
    assert isinstance(ledger.reserve(key(), 500, "test"), int)
    assert refused(ledger, 1).reserved == 900


def test_a_cap_of_one_stage_does_not_bind_another(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 0.0)
    assert isinstance(ledger.reserve(key(), 1, "test"), Refusal)
    assert isinstance(ledger.reserve(key(stage="tooleval"), 1, "test"), int)
    assert isinstance(ledger.reserve(key(run="r2"), 1, "test"), int)


def test_a_day_has_its_own_cap_or_that_of_every_day(ledger: Ledger) -> None:
    ledger.set_cap("day", 1.0)
    assert ledger.spent("day:2026-01-01") == (0, 0, NANO)
    ledger.set_cap("day:2026-01-01", 2.0)
    assert ledger.spent("day:2026-01-01") == (0, 0, 2 * NANO)


def test_a_raised_cap_lets_the_next_call_pass(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 100 / NANO)
    assert refused(ledger, 101).reserved == 0
    ledger.set_cap(STAGE, 101 / NANO)
    reserved(ledger, 101)
    ledger.set_cap(STAGE, None)
    reserved(ledger, 10**15)


def test_what_costs_nothing_passes_any_cap_and_is_counted(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 0.0)
    ledger.settle(reserved(ledger, 0), Usage(uncached=5), 0, 0.1, "ok")
    assert ledger.by_model("r")[0][:6] == ("annotate", "m", 1, 0, 0, 5)


def test_the_second_call_for_the_same_is_marked_as_repeated(ledger: Ledger) -> None:
    reserved(ledger, 1, "i", 0)
    reserved(ledger, 1, "i", 1)
    assert ledger.by_model("r")[0][3] == 0
    reserved(ledger, 1, "i", 0)
    assert ledger.by_model("r")[0][3] == 1


def test_a_reservation_of_a_dead_process_is_lost_and_stays_counted(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    abandoned(ledger, 700)
    assert ledger.spent(STAGE) == (0, 700, 1000)
    refusal = refused(ledger, 301)
    assert (refusal.settled, refusal.reserved) == (700, 0)
    assert ledger.by_model("r")[0][4] == 1
    reserved(ledger, 300)


def test_a_lost_call_that_was_logged_after_all_is_settled_at_its_cost(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    abandoned(ledger, 700)
    refused(ledger, 301)
    ledger.settle_logged(1, key("gone"), Usage(uncached=7), 70, 0.1)
    assert ledger.spent(STAGE) == (70, 0, 1000)
    ledger.settle_logged(1, key("gone"), Usage(uncached=7), 70, 0.1)
    assert ledger.spent(STAGE) == (70, 0, 1000)


def test_a_logged_reply_settles_no_other_call_of_the_same_number(ledger: Ledger) -> None:
    call = reserved(ledger, 700, "i")
    ledger.settle_logged(call, key("of another ledger"), Usage(), 5, 0.1)
    ledger.settle_logged(99, key("i"), Usage(), 5, 0.1)
    assert ledger.spent(RUN) == (0, 700, None)


def test_a_process_that_was_given_the_number_of_a_dead_one_does_not_keep_its_reservation(
    ledger: Ledger,
) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    reserved(ledger, 700)
    rows = sqlite3.connect(ledger.path)
    rows.execute("UPDATE calls SET born='before'")
    rows.commit()
    rows.close()
    assert refused(ledger, 301).reserved == 0


def test_a_killed_process_that_nobody_collected_is_dead(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    reserved(ledger, 700)
    with subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True); input()"], stdin=-1, stdout=-1
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        rows = sqlite3.connect(ledger.path)
        rows.execute("UPDATE calls SET pid=?, born=''", (child.pid,))
        rows.commit()
        assert refused(ledger, 301).reserved == 700
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and left for its parent to collect
        assert refused(ledger, 301).reserved == 0
        rows.close()


def test_a_reservation_of_another_host_is_lost_when_no_call_can_last_so_long(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 1000 / NANO)
    reserved(ledger, 700)
    rows = sqlite3.connect(ledger.path)
    rows.execute("UPDATE calls SET host='elsewhere'")
    rows.commit()
    assert refused(ledger, 301).reserved == 700
    rows.execute("UPDATE calls SET created='2026-01-01T00:00:00+00:00'")
    rows.commit()
    rows.close()
    assert refused(ledger, 301).reserved == 0


@settings(max_examples=20)
@given(
    acts=st.lists(
        st.one_of(
            st.tuples(st.just("reserve"), st.integers(0, 400)),
            st.tuples(st.just("settle"), st.integers(0, 400)),
            st.tuples(st.just("cap"), st.integers(0, 2000)),
        ),
        max_size=25,
    )
)
def test_sums_agree_with_rows_to_the_nano_and_no_reservation_passes_the_cap(
    acts: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("property") / "ledger.sqlite"
    ledger, open_calls = Ledger(path), []
    cap = 1000
    ledger.set_cap(STAGE, cap / NANO)
    for act, amount in acts:
        if act == "cap":
            cap = amount
            ledger.set_cap(STAGE, cap / NANO)
        elif act == "reserve":
            before = sum(ledger.spent(STAGE)[:2])
            outcome = ledger.reserve(key(ordinal=amount), amount, "test")
            assert isinstance(outcome, Refusal) == (amount > 0 and before + amount > cap)
            if isinstance(outcome, int):
                open_calls.append((outcome, amount))
        elif open_calls:
            call, worst = open_calls.pop(amount % len(open_calls))
            ledger.settle(call, Usage(uncached=1), min(amount, worst), 0.0, "ok")
        assert {ledger.spent(scope)[:2] for scope in (today(), RUN, STAGE)} == {amounts(path)}
        by_model = ledger.by_model("r")
        assert sum(row[-1] for row in by_model) == sum(amounts(path))
    ledger.close()


def test_threads_may_share_a_ledger(ledger: Ledger) -> None:
    ledger.set_cap(STAGE, 100 * 10 / NANO)
    together = threading.Barrier(8)

    def spend(who: int) -> int:
        together.wait()
        spent = 0
        for ordinal in range(30):
            outcome = ledger.reserve(key(str(who), ordinal), 10, "test")
            if isinstance(outcome, int):
                ledger.settle(outcome, Usage(), 10, 0.0, "ok")
                spent += 10
        return spent

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(spend, range(8))) == 1000
    assert ledger.spent(STAGE) == (1000, 0, 1000)


def test_eight_processes_and_their_killed_successors_never_pass_the_cap(ledger: Ledger) -> None:
    scope, cap, kills, billed, mine = "run:run/annotate", 120 * WORST, 0, 0, random.Random(1)
    ledger.set_cap(scope, cap / NANO)
    with ExitStack() as ended:

        def spender(name: str) -> "subprocess.Popen[str]":
            command = [sys.executable, "-m", "tests.tasks.llm.spender", str(ledger.path), name]
            process = subprocess.Popen(command, cwd=CLONE, stdin=-1, stdout=-1, text=True)
            ended.enter_context(process)
            ended.callback(process.kill)
            return process

        running = [spender(f"first {each}") for each in range(8)]
        while running:
            speaking, _, _ = select.select([each.stdout for each in running], [], [])
            process = next(each for each in running if each.stdout in speaking)
            running.remove(process)
            assert process.stdout is not None and process.stdin is not None
            line = process.stdout.readline().strip()
            if line == "full":
                continue
            billed += int(line)
            settled, in_flight, _ = ledger.spent(scope)
            assert settled + in_flight <= cap
            if (
                kills < 6 and mine.random() < 0.3
            ):  # billed and not settled, or somewhere after it was told to settle
                if mine.random() < 0.5:
                    process.stdin.write("\n")
                    process.stdin.flush()
                process.kill()
                billed += sum(int(each) for each in process.stdout.read().split() if each != "full")
                kills += 1
                process = spender(f"successor {kills}")
            else:
                process.stdin.write("\n")
                process.stdin.flush()
            running.append(process)
    settled, in_flight, _ = ledger.spent(scope)
    assert kills == 6
    assert in_flight == 0, "the last refusal came with nothing in flight"
    assert billed <= settled <= cap, "what a provider has billed is in the ledger"
    assert settled > cap - WORST, "and the cap is used up to less than one call"
    assert 0 < ledger.by_model("run")[0][4] <= kills
    assert (settled, in_flight) == amounts(ledger.path)


@pytest.mark.parametrize("cap_usd", [-1.0, float("nan"), float("inf"), 1e12])
def test_what_is_no_sum_of_money_is_no_cap(ledger: Ledger, cap_usd: float) -> None:
    with pytest.raises(ConfigurationError, match="is none; give a sum"):
        ledger.set_cap(STAGE, cap_usd)


def test_caps_of_a_run_come_from_its_budget_and_the_shell(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    caps_of(ledger, "r", "annotate", 2.5)
    assert ledger.spent(STAGE) == (0, 0, 2_500_000_000)
    caps_of(ledger, "r", "annotate", None)
    assert ledger.spent(STAGE)[2] == 2_500_000_000
    monkeypatch.setenv("FOUNDRY_DAY_CAP_USD", "7")
    caps_of(ledger, "r", "annotate", 3.0)
    assert (ledger.spent(STAGE)[2], ledger.spent(today())[2]) == (3 * NANO, 7 * NANO)


@pytest.mark.parametrize("cap", ["much", "nan", "inf", "-1"])
def test_a_day_cap_that_is_no_number_is_said(
    ledger: Ledger, cap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_DAY_CAP_USD", cap)
    with pytest.raises(ConfigurationError, match=f"FOUNDRY_DAY_CAP_USD must be a number of USD, not '{cap}'"):
        caps_of(ledger, "r", "annotate", 1.0)
    assert ledger.spent(STAGE)[2] is None


def garbage(path: Path) -> None:
    path.write_bytes(b"this is no ledger" * 100)


@pytest.mark.parametrize(
    "spoil",
    [garbage, Path.mkdir, lambda path: path.parent.joinpath("ledger.sqlite").symlink_to("/nowhere/at/all/x")],
    ids=["garbage", "a folder", "a link to nowhere"],
)
def test_a_ledger_that_cannot_be_read_is_said(
    tmp_path: Path, spoil: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(tmp_path / "ledger.sqlite")
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "ledger.sqlite"))
    with pytest.raises(
        ConfigurationError, match=r"the ledger .*ledger\.sqlite cannot be opened .* FOUNDRY_LEDGER"
    ):
        open_ledger()


def test_a_ledger_below_a_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "file" / "ledger.sqlite"))
    with pytest.raises(ConfigurationError, match="cannot be opened"):
        open_ledger()


def test_a_ledger_elsewhere_is_not_supported_yet_and_its_password_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FOUNDRY_LEDGER", "postgresql://user:canary@host/db")
    with pytest.raises(ConfigurationError, match="not supported yet") as error:
        open_ledger()
    assert "canary" not in str(error.value)


def test_one_ledger_is_open_in_a_process_and_a_closed_one_is_opened_anew(own_world: Path) -> None:
    first = open_ledger()
    assert open_ledger() is first
    assert first.path == own_world / "ledger.sqlite"
    first.close()
    with pytest.raises(StorageUnavailable, match="cannot be used"):
        first.spent(RUN)
    assert open_ledger() is not first


def test_a_ledger_of_an_earlier_version_is_read_on(ledger: Ledger) -> None:
    reserved(ledger, 5)
    rows = sqlite3.connect(ledger.path)
    rows.execute("ALTER TABLE calls DROP COLUMN born")
    rows.commit()
    rows.close()
    ledger.close()
    again = Ledger(ledger.path)
    again.settle(reserved(again, 5), Usage(), 3, 0.0, "ok")
    assert again.spent(RUN) == (3, 5, None)


def test_what_could_not_be_booked_is_booked_with_the_next_reservation(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = reserved(ledger, 900)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as spoilt:
        spoilt.setattr(booking, "settle", full)
        with pytest.raises(StorageUnavailable, match="disk is full"):
            ledger.settle(call, Usage(), 250, 0.5, "ok")
    assert ledger.spent(RUN) == (0, 900, None)
    reserved(ledger, 100, "j")
    assert ledger.spent(RUN) == (250, 100, None)
