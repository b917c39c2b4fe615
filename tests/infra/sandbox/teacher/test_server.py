import asyncio
import hashlib
import json
import os
import socket
from functools import partial
from urllib.parse import urlsplit

import httpx
import openai
import pytest

from infra.sandbox.teacher.server import build_app
from tests.infra.sandbox.teacher.conftest import start, stop
from tests.infra.sandbox.teacher.conversations import body, opening
from tests.infra.sandbox.teacher.marketplace import TOOLS, functions

CHAT = "/chat/completions"
asked = partial(body, model="rehearsal-strong")
PLAN = opening("What is the first public holiday of France after 2026-07-01? I need it for my calendar.")


def test_models_are_listed_and_called_no_language_models(teacher: str) -> None:
    listed = httpx.get(f"{teacher}/models").json()["data"]
    assert [model["id"] for model in listed] == [
        f"rehearsal-{skill}{suffix}"
        for skill in ("strong", "middle", "weak")
        for suffix in ("", "-stubborn0.5", "-stubborn0.9")
    ]
    assert {model["owned_by"] for model in listed} == {"rule-based stand-in, not a language model"}


def test_a_model_is_shown_by_its_name_and_an_unknown_one_is_not(teacher: str) -> None:
    assert httpx.get(f"{teacher}/models/rehearsal-weak").json()["id"] == "rehearsal-weak"
    absent = httpx.get(f"{teacher}/models/rehearsal-wise")
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "model_not_found")


def test_health_tells_the_seed(teacher: str) -> None:
    health = httpx.get(teacher.removesuffix("/v1") + "/healthz").json()
    assert health["status"] == "ok"
    assert health["seed"] == 7


def test_openais_client_reads_a_planner_reply(teacher: str) -> None:
    with openai.OpenAI(base_url=teacher, api_key="none", max_retries=0) as client:
        completion = client.chat.completions.create(**json.loads(asked(PLAN, functions("Work Calendar"))))
    assert completion.system_fingerprint == "rehearsal-rules-3-seed7"
    assert completion.choices[0].finish_reason == "tool_calls"
    call = completion.choices[0].message.tool_calls[0].function
    assert call.name == "next_day_off_for_work_calendar"
    assert json.loads(call.arguments) == {"country": "FR", "after": "2026-07-01"}
    assert (
        completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    )


@pytest.mark.parametrize(
    ("wanted", "status", "kind"), [("429", 429, "rate_limit_error"), ("500", 500, "server_error")]
)
def test_an_error_comes_when_the_request_asks_for_it(
    teacher: str, wanted: str, status: int, kind: str
) -> None:
    by_header = httpx.post(teacher + CHAT, content=asked(PLAN), headers={"X-Rehearsal-Error": wanted})
    by_metadata = httpx.post(teacher + CHAT, content=asked(PLAN, metadata={"rehearsal_error": wanted}))
    for response in (by_header, by_metadata):
        assert response.status_code == status
        assert response.json()["error"]["type"] == kind
        assert ("retry-after" in response.headers) == (status == 429)


def test_a_rate_limit_is_an_error_of_openais_client(teacher: str) -> None:
    client = openai.OpenAI(base_url=teacher, api_key="none", max_retries=0)
    with client, pytest.raises(openai.RateLimitError):
        client.chat.completions.create(
            model="rehearsal-strong",
            messages=[{"role": "user", "content": "hello"}],
            extra_headers={"X-Rehearsal-Error": "429"},
        )


@pytest.mark.parametrize(
    "model",
    [
        "gpt-4o",
        "rehearsal",
        "rehearsal-middle-stubborn",
        "rehearsal-middle-stubborn1.5",
        "rehearsal-middle-stubborn-0.5",
        "rehearsal-middle-stubborn.5",
        "rehearsal-middle-stubborn0.5 ",
        "rehearsal-middle-stubborn0.5-stubborn0.5",
        "Rehearsal-middle",
    ],
)
def test_an_unknown_model_is_a_404_in_openais_form(teacher: str, model: str) -> None:
    response = httpx.post(teacher + CHAT, content=body(PLAN, model=model))
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "model_not_found"
    assert "rehearsal-middle-stubborn0.5, " in response.json()["error"]["message"]


@pytest.mark.parametrize("stubborn", ["0", "0.5", "0.25", "1", "1.0"])
def test_any_stubbornness_between_0_and_1_is_understood(teacher: str, stubborn: str) -> None:
    model = f"rehearsal-weak-stubborn{stubborn}"
    response = httpx.post(teacher + CHAT, content=body(PLAN, functions("Work Calendar"), model=model))
    assert response.json()["model"] == model


def test_an_unknown_path_is_a_404_that_says_what_there_is(teacher: str) -> None:
    response = httpx.get(f"{teacher}/embeddings")
    assert response.status_code == 404
    assert "/v1/chat/completions" in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "raw",
    [
        b"not json",
        b"[]",
        b'{"model": "rehearsal-strong"}',
        b'{"model": "rehearsal-strong", "messages": [3]}',
        b'{"model": "rehearsal-strong", "messages": [{"role": "assistant", "tool_calls": 3}]}',
        asked(PLAN, stream=True),
        asked(PLAN, n=2),
        asked(PLAN, response_format={"type": "json_object"}),
        asked(PLAN, response_format={"type": "json_schema", "json_schema": {"name": "write_poems"}}),
        asked([{"role": "system", "content": "no user"}], functions("Work Calendar")),
        asked(PLAN, functions(), tool_choice={"type": "function", "function": {"name": "nobody"}}),
        asked(PLAN, metadata={"rehearsal_error": "418"}),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(teacher: str, raw: bytes) -> None:
    response = httpx.post(teacher + CHAT, content=raw)
    assert response.status_code == 400
    assert response.json()["error"]["message"].endswith(".")


def test_without_functions_or_schema_it_says_what_it_is(teacher: str) -> None:
    message = httpx.post(teacher + CHAT, content=asked(PLAN)).json()["choices"][0]["message"]
    assert "not a language model" in message["content"]


def test_it_listens_on_loopback_only(teacher: str) -> None:
    port = urlsplit(teacher).port or 0
    outward = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with outward:
        outward.connect(("192.0.2.1", 9))  # sends nothing; it names this machine's address on the way out
        address = outward.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    with socket.socket() as probe:
        probe.settimeout(2)
        assert probe.connect_ex((address, port)) != 0


def test_equal_requests_get_equal_bytes_from_another_process_with_another_hash_seed() -> None:
    prompt = "Write 5 instructions.\nAPIs:\n" + json.dumps(TOOLS[:3])
    schema = {"type": "json_schema", "json_schema": {"name": "write_instructions", "schema": {}}}
    requests = [
        body(PLAN, functions(), model="rehearsal-weak", seed=seed, temperature=1.0) for seed in range(15)
    ] + [body([{"role": "user", "content": prompt}], response_format=schema, model="rehearsal-weak", seed=3)]
    digests = []
    for hash_seed in ("1", "4242"):
        process, address = start(3, **{**os.environ, "PYTHONHASHSEED": hash_seed})
        with httpx.Client(base_url=address) as client:
            replies = [client.post(CHAT, content=raw).raise_for_status().content for raw in requests]
        stop(process)
        digests.append(hashlib.sha256(b"".join(replies)).hexdigest())
    assert digests[0] == digests[1]


def test_sigterm_ends_it_cleanly_with_one_line_said() -> None:
    process, address = start(1)
    with httpx.Client(base_url=address) as client:
        client.post(CHAT, content=asked(PLAN, functions()))
        code, stdout, stderr = stop(process)
    assert (code, stdout, stderr) == (0, "", "")


def test_a_taken_port_ends_in_a_sentence(teacher: str, capfd: pytest.CaptureFixture[str]) -> None:
    from infra.sandbox.teacher.__main__ import main

    assert main(["--port", str(urlsplit(teacher).port)]) == 1
    assert "choose another --port" in capfd.readouterr().err


def test_a_failure_of_the_rules_is_an_error_in_openais_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(raw: bytes, seed: int) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("infra.sandbox.teacher.server.respond", fail)
    transport = httpx.ASGITransport(build_app(1), raise_app_exceptions=False)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://teacher/v1") as client:
            return await client.post(CHAT, content=asked(PLAN))

    response = asyncio.run(ask())
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
