import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import torch

from tasks.training import serve
from tasks.training.students import CONTEXT, from_scratch
from tasks.training.tokenizer import train_tokenizer
from tests.tasks.training.made_up import FINISH, SUNRISE, conversations, solved_path

TOOLS = [{"type": "function", "function": each} for each in (SUNRISE, FINISH)]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("student")
    words = train_tokenizer(conversations(10), 500)
    torch.manual_seed(1)
    from_scratch("tiny", words).save_pretrained(str(folder))
    words.save_pretrained(str(folder))
    return folder


def started(checkpoint: Path, *flags: str) -> tuple[subprocess.Popen[str], str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "tasks.training.serve", "--checkpoint", str(checkpoint), *flags],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("student on http://127.0.0.1:")
    return server, line.removeprefix("student on ").strip()


@pytest.fixture(scope="module")
def address(checkpoint: Path) -> Iterator[str]:
    server, address = started(checkpoint)
    try:
        yield address
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == -signal.SIGTERM
        for stream in (server.stdin, server.stdout):
            assert stream is not None
            stream.close()


def ask(address: str, **changes: Any) -> httpx.Response:
    body = {
        "model": "student",
        "messages": solved_path()[:2],
        "tools": TOOLS,
        "max_tokens": 12,
        "seed": 5,
        **changes,
    }
    return httpx.post(f"{address}/chat/completions", json=body, timeout=60)


def test_equal_requests_get_equal_replies_and_seeds_differ(address: str) -> None:
    first, again, other = ask(address), ask(address), ask(address, seed=6)
    assert first.status_code == 200
    assert (
        first.json()["choices"][0]["message"]["content"] == again.json()["choices"][0]["message"]["content"]
    )
    assert first.json()["choices"] != other.json()["choices"]


def test_the_openai_client_is_served_with_usage(address: str) -> None:
    with openai.OpenAI(base_url=address, api_key="none", max_retries=0) as client:
        reply = client.chat.completions.create(
            model="student",
            messages=solved_path()[:4],  # type: ignore[arg-type]
            tools=TOOLS,  # type: ignore[arg-type]
            max_completion_tokens=7,
            temperature=0,
        )
        assert [each.id for each in client.models.list()] == ["student"]
    assert reply.usage is not None
    assert reply.usage.completion_tokens == 7
    assert reply.choices[0].finish_reason == "length"
    assert reply.choices[0].message.role == "assistant"


def go_on(address: str, **changes: Any) -> httpx.Response:
    body = {"model": "student", "prompt": "System: x\nAssistant: \nThought:", "max_tokens": 12, "seed": 5}
    return httpx.post(f"{address}/completions", json={**body, **changes}, timeout=60)


def test_plain_text_is_gone_on_with(address: str) -> None:
    first, again = go_on(address), go_on(address)
    assert first.status_code == 200
    assert first.json()["object"] == "text_completion"
    assert first.json()["choices"] == again.json()["choices"]
    assert first.json()["usage"]["completion_tokens"] == 12
    short = go_on(address, prompt="System: x")
    assert short.json()["usage"]["prompt_tokens"] < first.json()["usage"]["prompt_tokens"]


@pytest.mark.parametrize("asking", [ask, go_on], ids=["chat", "text"])
def test_a_string_ends_the_reply_and_is_no_part_of_it(address: str, asking: Any) -> None:
    whole = go_on(address).json()["choices"][0]["text"]
    middle = whole[len(whole) // 2 :][:2]
    cut = go_on(address, stop=[middle, "never said"]).json()
    assert cut["choices"][0]["text"] == whole[: whole.index(middle)]
    assert cut["choices"][0]["finish_reason"] == "stop"
    assert asking(address, stop=["a", "b", "c", "d", "e"]).status_code == 400


def test_a_prompt_that_cannot_be_gone_on_with_is_refused_in_a_sentence(address: str) -> None:
    for changes, said in [({"prompt": ""}, "prompt"), ({"echo": True}, "echo"), ({"n": 2}, "n:")]:
        reply = go_on(address, **changes)
        assert reply.status_code == 400
        assert said in reply.json()["error"]["message"]


def test_tools_reach_the_prompt(address: str) -> None:
    with_tools, without = (ask(address, tools=tools).json()["usage"] for tools in (TOOLS, None))
    assert with_tools["prompt_tokens"] > without["prompt_tokens"] + 50


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "oracle", "content": "x"}]}, "messages.0.role"),
        ({"n": 2}, "n:"),
        ({"stream": True}, "stream"),
        ({"temperature": 9}, "temperature"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"max_tokens": CONTEXT}, "exceed the context"),
    ],
)
def test_a_request_that_cannot_be_honoured_is_refused_in_a_sentence(
    address: str, changes: dict[str, Any], said: str
) -> None:
    reply = ask(address, **changes)
    assert reply.status_code == 400
    assert said in reply.json()["error"]["message"]


def test_the_server_ends_with_whoever_started_it(checkpoint: Path) -> None:
    server, _ = started(checkpoint, "--until-stdin-closes")
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.close()
    server.wait(20)
    server.stdout.close()


def test_a_folder_without_a_student_is_refused_before_serving(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert serve.main(["--checkpoint", str(tmp_path)]) == 2
    assert "holds no tokenizer" in capsys.readouterr().err
