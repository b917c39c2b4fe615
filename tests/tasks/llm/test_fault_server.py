"""A provider that bills what it likes: the ledger holds what it says, and stops trusting it at once."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from tasks.errors import BudgetExceeded, FactoryError, ModelOverloaded
from tasks.llm.call_log import CallLog
from tasks.llm.ledger import NANO, Ledger, open_ledger
from tasks.llm.metered import MeteredModel
from tasks.llm.openai_compatible import OpenAICompatible
from tasks.llm.payment import BILLED_TRIES
from tasks.llm.pricing import Price
from tasks.llm.protocol import ChatRequest
from tasks.storage.canonical import canonical_json
from tests.postgres import a_database, looking
from tests.tasks.llm.chat_server import Answer, ChatServer, chat_server, completion

STAGE = "run:r/annotate"
PRICE = Price(1000, 500, 1000, 4000, "test")
REQUEST = ChatRequest("m", [{"role": "user", "content": "When does the sun rise?"}], max_tokens=50)
BYTES = len(canonical_json(REQUEST.body()))
WORST = PRICE.worst(BYTES, REQUEST.max_tokens)
TENFOLD = {"prompt_tokens": BYTES, "completion_tokens": 10 * REQUEST.max_tokens}
TENFOLD_COST = BYTES + 4 * 10 * REQUEST.max_tokens


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(
    request: pytest.FixtureRequest, own_world: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ledger]:
    place = a_database() if request.param == "postgres" else nullcontext(str(own_world / "ledger.sqlite"))
    with place as address:
        monkeypatch.setenv("FOUNDRY_LEDGER", address)
        with closing(open_ledger()) as ledger:
            yield ledger


def says(usage: Any, **more: Any) -> Answer:
    return completion({"content": "At 6:12."}, usage=usage, **more)


async def asked(url: str, log: Path, subjects: list[str], timeout_s: float = 30.0) -> list[Any]:
    """What each of several requests, all at once, came to."""
    client = OpenAICompatible("m", url=url, timeout_s=timeout_s, first_pause_s=0.01)
    calls = CallLog(log)
    model = MeteredModel(
        client, PRICE, open_ledger(), calls, run="r", stage="annotate", shard=0, address="/t/v1"
    )
    try:
        return await asyncio.gather(*(model.ask(REQUEST, each) for each in subjects), return_exceptions=True)
    finally:
        await client.aclose()
        calls.close()


def booked(ledger: Ledger) -> list[Any]:
    with looking(ledger.place) as rows:
        found = rows("SELECT cost, tokens, overrun, reserved, status FROM calls ORDER BY id")
    return [tuple(row) for row in found]


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        "many",
        {"prompt_tokens": -5, "completion_tokens": 7},
        {"prompt_tokens": 100, "completion_tokens": -7},
        {"prompt_tokens": 10, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 11}},
        {"prompt_tokens": 10, "completion_tokens": 10**9},
        {"prompt_tokens": 10, "completion_tokens": 101 * (BYTES + 50)},
    ],
    ids=["none", "empty", "a word", "negative prompt", "negative reply", "more cached than asked",
         "more than any model writes", "more than a hundred times what it can be"],
)  # fmt: skip
def test_usage_that_is_missing_or_absurd_is_booked_at_the_reservation(
    usage: Any, ledger: Ledger, tmp_path: Path
) -> None:
    with chat_server(says(usage)) as server:
        asyncio.run(asked(server.url, tmp_path / "log.sqlite", ["i"]))
    assert booked(ledger) == [(WORST, BYTES + 50, 0, WORST, "ok")]
    assert ledger.factor("m") == 1.0


def test_ten_times_the_limit_is_an_overrun_and_the_model_is_not_trusted_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    with chat_server(says(TENFOLD)) as server:
        asyncio.run(asked(server.url, tmp_path / "log.sqlite", ["i"]))
        asyncio.run(asked(server.url, tmp_path / "log.sqlite", ["j"]))
    first, second = booked(ledger)
    assert first == (TENFOLD_COST, BYTES + 500, TENFOLD_COST - WORST, WORST, "ok")
    assert second[0] == TENFOLD_COST and second[2] == 0 and second[3] >= TENFOLD_COST


def test_the_sum_above_a_cap_is_at_most_the_calls_in_flight_and_said(ledger: Ledger, tmp_path: Path) -> None:
    flying = 4
    cap = flying * WORST + WORST // 2
    ledger.set_cap(STAGE, cap / NANO)
    together = threading.Event()

    async def releasing(server: ChatServer) -> None:
        async with asyncio.timeout(60):
            while len(server.bodies) < flying:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)  # in which a fifth would be asked
        together.set()

    async def all_at_once(server: ChatServer) -> list[Any]:
        subjects = [str(each) for each in range(12)]
        outcomes, _ = await asyncio.gather(
            asked(server.url, tmp_path / "log.sqlite", subjects), releasing(server)
        )
        return outcomes

    with chat_server(Answer(says(TENFOLD).body, until=together)) as server:
        outcomes = asyncio.run(all_at_once(server))
        asked_of_it = len(server.bodies)
    refused = [each for each in outcomes if isinstance(each, BudgetExceeded)]
    settled, reserved, _ = ledger.spent(STAGE)
    assert (asked_of_it, len(refused), reserved) == (flying, 12 - flying, 0)
    assert settled == flying * TENFOLD_COST
    assert 0 < settled - cap <= flying * (TENFOLD_COST - WORST)
    above = f"{(settled - cap) / NANO:.4f} above it: servers billed more than was reserved"
    assert all(above in str(each) for each in refused)


def test_an_answer_after_the_client_gave_up_is_booked_in_full(ledger: Ledger, tmp_path: Path) -> None:
    late = threading.Event()
    with chat_server(Answer(says(TENFOLD).body, until=late)) as server:
        (outcome,) = asyncio.run(asked(server.url, tmp_path / "log.sqlite", ["i"], timeout_s=0.2))
        late.set()
    assert isinstance(outcome, ModelOverloaded)
    assert booked(ledger) == [(WORST, BYTES + 50, 0, WORST, "ModelOverloaded")] * BILLED_TRIES


def test_usage_in_the_last_chunk_of_a_stream_that_nobody_asked_for_is_booked_in_full(
    ledger: Ledger, tmp_path: Path
) -> None:
    """We ask for no streams; a gateway that sends one anyway has billed, and its answer is no JSON."""
    chunks = [{"choices": [{"delta": {"content": "At"}}]}, {"choices": [], "usage": TENFOLD}]
    stream = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks) + "data: [DONE]\n\n"
    with chat_server(Answer(stream.encode(), headers={"Content-Type": "text/event-stream"})) as server:
        (outcome,) = asyncio.run(asked(server.url, tmp_path / "log.sqlite", ["i"]))
        tries = len(server.bodies)
    assert isinstance(outcome, FactoryError)
    assert booked(ledger) == [(WORST, BYTES + 50, 0, WORST, "ModelOverloaded")] * tries


def test_a_cap_on_tokens_ends_a_run_and_raised_it_goes_on_where_it_stopped(
    ledger: Ledger, tmp_path: Path
) -> None:
    tokens = BYTES + 50
    ledger.set_token_cap(STAGE, 2 * tokens + 20)
    usage = {"prompt_tokens": BYTES, "completion_tokens": 50}
    subjects = ["a", "b", "c"]
    with chat_server(says(usage)) as server:
        outcomes = asyncio.run(asked(server.url, tmp_path / "log.sqlite", subjects))
        (refusal,) = [each for each in outcomes if isinstance(each, BudgetExceeded)]
        assert f"{2 * tokens:,} of {2 * tokens + 20:,} tokens are spent" in str(refusal)
        assert "raise --budget-tokens and run again" in str(refusal)
        ledger.set_token_cap(STAGE, 3 * tokens)
        again = asyncio.run(asked(server.url, tmp_path / "log.sqlite", subjects))
        assert len(server.bodies) == 3, "what was paid is not asked for again"
    assert not any(isinstance(each, BaseException) for each in again)
    assert ledger.account(STAGE).settled.tokens == 3 * tokens
