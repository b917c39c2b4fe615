"""A reply is paid for once, logged before it is used, and counted with what was made from it."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BudgetExceeded, ConfigurationError, ModelOverloaded, RecordError, StorageUnavailable
from tasks.llm.accounts import CallKey
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import NANO, Ledger, open_ledger
from tasks.llm.metered import MeteredModel, open_session, require_usable
from tasks.llm.payment import BILLED_TRIES
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatReply, ChatRequest, Usage
from tasks.llm.scripted import Line, ScriptedModel, says
from tasks.records import Call, Spend
from tests.conftest import CLONE
from tests.postgres import looking
from tests.tasks.llm.chat_server import chat_server, completion, failure
from tests.tasks.llm.looper import COST, PRICE
from tests.tasks.storage.tables_made import a_table

REQUEST = ChatRequest("m", [{"role": "user", "content": "When does the sun rise?"}], max_tokens=50)
STAGE = "run:r/annotate"


@pytest.fixture
def ledger() -> Ledger:
    return open_ledger()


def metered(
    script: Iterable[Line] | Callable[[ChatRequest], ChatReply], tmp_path: Path, price: Price = PRICE
) -> MeteredModel:
    return MeteredModel(
        ScriptedModel(script), price, open_ledger(), CallLog(tmp_path / "log.sqlite"),
        run="r", stage="annotate", shard=3, address="/t/v1",
    )  # fmt: skip


def run(act: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(act)


def asked(model: MeteredModel) -> int:
    assert isinstance(model._model, ScriptedModel)
    return len(model._model.requests)


def states(ledger: Ledger) -> list[tuple[str, str, int]]:
    with looking(ledger.place) as rows:
        return rows("SELECT state, status, cost FROM calls ORDER BY id")  # type: ignore[no-any-return]


def test_a_reply_is_reserved_settled_logged_and_counted(tmp_path: Path, ledger: Ledger) -> None:
    model = metered([says("At 6:12.", Usage(60, 40, 0, 7))], tmp_path)
    reply = run(model.ask(REQUEST, "i1", 2))
    assert (reply.content, reply.usage) == ("At 6:12.", Usage(60, 40, 0, 7))
    assert ledger.spent(STAGE) == (107, 0, None)
    [call] = model.take_calls()
    assert (call.stage, call.shard, call.subject_id, call.kind, call.target) == (
        "annotate",
        3,
        "i1",
        "model",
        "rehearsal-scripted",
    )
    assert (call.ordinal, call.status, call.cost_nano_usd, call.replayed) == (2, "ok", 107, False)
    assert (call.uncached_tokens, call.cached_tokens, call.cache_write_tokens, call.output_tokens) == (
        60,
        40,
        0,
        7,
    )


def test_a_logged_reply_is_never_asked_again(tmp_path: Path, ledger: Ledger) -> None:
    model = metered([says("once")], tmp_path)
    first = run(model.ask(REQUEST, "i1"))
    again = metered([], tmp_path)
    second = run(again.ask(REQUEST, "i1"))
    assert second == first
    assert asked(again) == 0
    assert [call.replayed for call in again.take_calls()] == [True]
    assert ledger.spent(STAGE) == (15, 0, None)


def test_another_subject_ordinal_or_request_is_another_call(tmp_path: Path) -> None:
    model = metered(lambda request: says("x"), tmp_path)
    others = [
        (REQUEST, "i1", 0),
        (REQUEST, "i2", 0),
        (REQUEST, "i1", 1),
        (ChatRequest("m", REQUEST.messages, seed=2), "i1", 0),
    ]
    for request, subject, ordinal in others:
        run(model.ask(request, subject, ordinal))
    assert asked(model) == 4


def test_calls_are_handed_out_once_with_their_subject(tmp_path: Path) -> None:
    model = metered(lambda request: says("x"), tmp_path)
    for subject in ("i1", "i2", "i1", "i3"):
        run(model.ask(REQUEST, subject, 0 if subject != "i1" else len(model._calls["i1"])))
    assert [call.subject_id for call in model.take_calls(["i1", "unknown"])] == ["i1", "i1"]
    assert model.take_calls(["i1"]) == []
    assert sorted(call.subject_id for call in model.take_calls()) == ["i2", "i3"]
    assert model.take_calls() == []


def test_spend_sums_model_calls_by_model(tmp_path: Path) -> None:
    model = metered([says("x", Usage(1, 2, 3, 4)), says("y", Usage(10, 20, 30, 40))], tmp_path)
    run(model.ask(REQUEST, "i1"))
    run(model.ask(REQUEST, "i2"))
    api = Call("annotate", 3, "i1", "api", "hub/sun/rise", 0, "k", "ok", 0.1, 0, 0, 0, 0, 0, False)
    model.record_api_call(api)
    calls = model.take_calls()
    assert api in calls
    assert model.spend_of(calls) == [Spend("r", "annotate", 3, "rehearsal-scripted", 2, 11, 22, 33, 44, 110)]
    assert model.spend_of([api]) == []


def test_tables_and_ledger_agree_after_a_replay(tmp_path: Path, ledger: Ledger) -> None:
    model = metered(lambda request: says("x"), tmp_path)
    run(model.ask(REQUEST, "i1"))
    published = model.spend_of(model.take_calls())
    run(model.ask(REQUEST, "i2"))  # not published: the process ends here
    again = metered(lambda request: says("x"), tmp_path)
    for subject in ("i2", "i3"):
        run(again.ask(REQUEST, subject))
    published += again.spend_of(again.take_calls())
    assert sum(row.cost_nano_usd for row in published) == ledger.spent(STAGE)[0] == 45


@pytest.mark.parametrize(
    ("error", "status", "cost"),
    [
        (RecordError("request_refused", "too long"), "request_refused", 0),
        (ConfigurationError("no such model"), "ConfigurationError", 0),
        (ModelOverloaded("busy"), "ModelOverloaded", 0),
        (ZeroDivisionError("a bug"), "ZeroDivisionError", -1),
        (asyncio.CancelledError(), "CancelledError", -1),
    ],
)
def test_what_fails_is_settled_at_nothing_or_where_it_may_have_been_billed_in_full(
    error: BaseException, status: str, cost: int, tmp_path: Path, ledger: Ledger
) -> None:
    model = metered([error], tmp_path)
    with pytest.raises(type(error)):
        run(model.ask(REQUEST, "i1"))
    worst = PRICE.worst(
        len(
            b'{"max_tokens":50,"messages":[{"content":"When does the sun rise?","role":"user"}],"model":"m"}'
        ),
        50,
    )
    assert states(ledger) == [("settled", status, worst if cost else 0)]
    assert ledger.spent(STAGE)[1] == 0


def test_a_refused_request_is_counted_and_asked_again_when_the_shard_is_run_again(tmp_path: Path) -> None:
    model = metered([RecordError("request_refused", "too long"), says("now it fits")], tmp_path)
    with pytest.raises(RecordError):
        run(model.ask(REQUEST, "i1"))
    assert [(call.status, call.cost_nano_usd) for call in model.take_calls()] == [("request_refused", 0)]
    assert run(model.ask(REQUEST, "i1")).content == "now it fits"


def test_an_answer_lost_on_the_way_is_reserved_anew_each_time(tmp_path: Path, ledger: Ledger) -> None:
    lost = ModelOverloaded("cut", maybe_billed=True)
    model = metered([lost, lost, says("third time")], tmp_path)
    assert run(model.ask(REQUEST, "i1")).content == "third time"
    settled = [cost for _, _, cost in states(ledger)]
    assert settled[0] == settled[1] > settled[2] == 15
    assert ledger.by_model("r")[0][3] == 2  # repeated
    model = metered([lost] * 9, tmp_path)
    with pytest.raises(ModelOverloaded):
        run(model.ask(REQUEST, "i2"))
    assert asked(model) == BILLED_TRIES


def test_a_reply_without_usage_is_booked_at_its_reservation(tmp_path: Path, ledger: Ledger) -> None:
    reply = ChatReply("x", (), Usage(), usage_known=False)
    model = metered([reply], tmp_path)
    assert not run(model.ask(REQUEST, "i1")).usage_known
    booked = ledger.spent(STAGE)[0]
    assert booked > 50
    assert [call.cost_nano_usd for call in model.take_calls()] == [booked]


def test_a_call_that_does_not_fit_waits_for_those_in_the_air(tmp_path: Path, ledger: Ledger) -> None:
    flying = most = 0

    class Slow(ScriptedModel):
        async def complete(self, request: ChatRequest) -> ChatReply:
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            flying -= 1
            return says("x")

    model = metered([], tmp_path)
    model._model = Slow([])
    worst = PRICE.worst(94, 50)
    ledger.set_cap(STAGE, (2 * worst + 30) / NANO)

    async def main() -> None:
        await asyncio.gather(*(model.ask(REQUEST, f"i{each}") for each in range(5)))

    run(main())
    assert most <= 2
    assert ledger.spent(STAGE)[0] == 75


def test_the_budget_is_exceeded_only_when_nothing_is_in_flight(tmp_path: Path, ledger: Ledger) -> None:
    model = metered(lambda request: says("x"), tmp_path)
    worst = PRICE.worst(94, 50)
    ledger.set_cap(STAGE, (worst + 20) / NANO)

    async def main() -> list[Any]:
        return await asyncio.gather(
            *(model.ask(REQUEST, f"i{each}") for each in range(5)), return_exceptions=True
        )

    ends = run(main())
    refused = [end for end in ends if isinstance(end, BudgetExceeded)]
    assert len(refused) == 3, "two of five fit: 15 + 15 + 144 are above 164"
    assert "raise --budget-usd and run again, finished work stays" in str(refused[0])
    assert states(ledger) == [("settled", "ok", 15)] * 2
    ledger.set_cap(STAGE, 1.0)
    assert run(model.ask(REQUEST, "i9")).content == "x"


def test_a_reply_that_was_logged_is_settled_even_when_its_process_died_before(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = metered([says("x")], tmp_path)

    async def died(*_: object) -> None:
        """Books nothing."""

    with monkeypatch.context() as killed:
        killed.setattr(ledger, "settle_soon", died)
        run(model.ask(REQUEST, "i1"))
    assert ledger.spent(STAGE)[1] > 0
    run(metered([], tmp_path).ask(REQUEST, "i1"))
    assert ledger.spent(STAGE) == (15, 0, None)


def test_a_log_beside_a_ledger_made_anew_books_nothing_there(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(metered([says("x")], tmp_path).ask(REQUEST, "i1"))
    monkeypatch.setenv("FOUNDRY_LEDGER", str(tmp_path / "anew.sqlite"))
    anew = open_ledger()
    other = anew.reserve(CallKey("r", "annotate", 0, "/t/v1", "other", "m", "q", 0), 700, "test")
    run(metered([], tmp_path).ask(REQUEST, "i1"))
    assert (other, anew.spent(STAGE)) == ((1, 700, 0), (0, 700, None))


def test_a_killed_process_pays_again_for_the_call_in_the_air_and_no_other(
    tmp_path: Path, ledger: Ledger
) -> None:
    subjects, paid = 20, 0
    environment = {**os.environ, "FOUNDRY_LEDGER": str(ledger.path)}

    def looper() -> "subprocess.Popen[str]":
        command = [
            sys.executable,
            "-m",
            "tests.tasks.llm.looper",
            str(tmp_path / "log.sqlite"),
            str(subjects),
        ]
        return subprocess.Popen(command, cwd=CLONE, env=environment, stdin=-1, stdout=-1, text=True)

    for replies in (0, 6, 3):
        with looper() as process:
            assert process.stdout is not None and process.stdin is not None
            for _ in range(replies):
                paid += process.stdout.readline().startswith("asked")
                process.stdin.write("\n")
                process.stdin.flush()
            paid += process.stdout.readline().startswith("asked")
            process.kill()
    with looper() as process:
        said = process.communicate("\n" * subjects)[0].splitlines()
    paid += len(said) - 1
    assert said[-1] == f"done {subjects * COST}"
    assert paid == subjects + 3
    _, _, calls, repeated, _, *_ = ledger.by_model("r")[0]
    assert (calls, repeated) == (paid, 3)
    settled, in_flight, _ = ledger.spent(STAGE)
    assert settled == subjects * COST
    assert in_flight > 0, "and what was in the air at a kill stays counted"


def test_a_session_gives_back_its_connections_and_keeps_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = a_table(str(tmp_path / "v1"))

    async def main() -> tuple[ChatReply, ChatReply]:
        async with open_session(table, 0, "rehearsal-strong") as model:
            first = await model.ask(REQUEST, "i1")
        async with open_session(table, 0, "rehearsal-strong") as model:
            assert model.kind == "rehearsal"
            return first, await model.ask(REQUEST, "i1")

    with chat_server(completion({"content": "yes"})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first, second = run(main())
    assert first == second
    assert len(server.bodies) == 1
    assert open_ledger().by_model("annotate-1")[0][:3] == ("annotate", "rehearsal-strong", 1)


def test_a_table_made_anew_at_an_address_starts_with_an_empty_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(run_id: str) -> None:
        async with open_session(a_table(str(tmp_path / "v1"), run_id=run_id), 0, "rehearsal-x") as model:
            await model.ask(REQUEST, "i1")

    with chat_server(completion({"content": "yes"})) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        run(ask("one"))
        run(ask("one"))
        assert len(server.bodies) == 1
        shutil.rmtree(tmp_path / "v1")
        run(ask("two"))
        assert len(server.bodies) == 2


def test_what_is_wrong_with_a_model_is_said_before_it_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="no price is known"):
        require_usable("unknown-9b")
    with pytest.raises(ConfigurationError, match="no key for"):
        require_usable("gpt-4o-mini")
    with chat_server(failure(401)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        with pytest.raises(ConfigurationError, match="refuses the key"):
            require_usable("rehearsal-strong")


def test_a_reply_that_could_not_be_logged_is_booked_and_holds_up_no_other_call(
    tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = metered([says("x"), says("y")], tmp_path)

    def full(*_: object) -> None:
        raise StorageUnavailable("the call log cannot be used (disk full)")

    with monkeypatch.context() as spoilt:
        spoilt.setattr(model.log, "put", full)
        with pytest.raises(StorageUnavailable):
            run(model.ask(REQUEST, "i1"))
    assert states(ledger) == [("settled", "not logged", 15)]
    assert run(model.ask(REQUEST, "i1")).content == "y"
