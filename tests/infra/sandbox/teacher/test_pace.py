import time
from statistics import mean

import httpx
import orjson
import pytest

from infra.sandbox.teacher.__main__ import main
from infra.sandbox.teacher.pace import AT_ONCE, Pace
from tests.infra.sandbox.teacher.conftest import start, stop
from tests.infra.sandbox.teacher.conversations import body, opening

HOSTED = Pace(first_token_s=0.9, tokens_per_s=60)


def reply(number: int, tokens: int) -> bytes:
    return orjson.dumps({"id": number, "usage": {"completion_tokens": tokens}})


def test_a_reply_takes_its_first_token_and_then_its_tokens() -> None:
    short = mean(HOSTED.takes_s(reply(number, 0)) for number in range(2000))
    long = mean(HOSTED.takes_s(reply(number, 120)) for number in range(2000))
    assert short == pytest.approx(0.93, rel=0.03)  # the mean of the stretch is exp(SPREAD² / 2)
    assert long - short == pytest.approx(2 * 1.03, rel=0.03)


def test_an_equal_reply_takes_equally_long_and_by_default_no_time() -> None:
    assert HOSTED.takes_s(reply(1, 50)) == HOSTED.takes_s(reply(1, 50)) != HOSTED.takes_s(reply(2, 50))
    assert AT_ONCE.takes_s(b"not even looked at") == 0.0


def test_a_server_that_is_told_a_pace_keeps_it_and_says_the_same(teacher: str) -> None:
    process, slow = start(7, options=("--first-token-s", "0.5"))
    try:
        asked = body(opening("Hello"), model="rehearsal-strong")
        began = time.monotonic()
        answer = httpx.post(f"{slow}/chat/completions", content=asked, timeout=60)
        assert time.monotonic() - began > 0.2
        assert answer.content == httpx.post(f"{teacher}/chat/completions", content=asked).content
    finally:
        stop(process)


@pytest.mark.parametrize("wrong", ["-1", "nan", "inf", "fast"])
def test_a_pace_that_is_none_ends_in_a_sentence(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--tokens-per-s", wrong])
    assert ended.value.code == 2
    assert "--tokens-per-s" in capsys.readouterr().err
