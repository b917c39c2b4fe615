import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.catalog.quality import Answer, Decision, decide, ignores_input, undecided, verdict

PAGE = "<!DOCTYPE html><html><head><title>Sorry</title></head><body>Application unavailable</body></html>"


def of(
    text: str, status: int | None = 200, latency_s: float = 0.1, documented: str | None = None, **more
) -> str:
    return verdict(Answer(status, text, latency_s, **more), 3.0, documented)


@pytest.mark.parametrize(
    "text",
    [
        '{"error": null, "data": {"id": 7}}',
        '{"error": "", "results": [1, 2]}',
        '{"error": false, "message": "success", "value": 3}',
        '{"error": "two rows were left out", "results": [{"id": 1}]}',
        '{"message": "success", "data": []}',
        '{"success": true, "message": "nothing to report"}',
        '{"status": "ok", "result": []}',
        '{"code": 404, "name": "Not Found", "description": "Nothing matches the given address."}',
        '{"code": 500, "phrase": "Internal Server Error", "class": "server error"}',
        '{"title": "Access Denied", "year": 1948, "director": "Jack Bernhard"}',
        '{"order": 17, "status": "failed", "steps": [{"step": "pay", "status": "failed"}]}',
        '{"valid": false, "reason": "no such domain"}',
        '{"margin_of_error": 0.3, "share": 0.51}',
        "[]",
        '[{"id": 1}]',
        "0",
        "false",
        "42.5",
        '"Lisbon"',
        "Lisbon",
        "404 is the number of the German highway that was never built.",
        "An error is a deviation from accuracy; errors are human.",
        "x" * 5000 + " too many requests",
        "<image/png, 4312 bytes>",
        '{"html": "<html><body>rendered</body></html>"}',
        '<?xml version="1.0"?><rates><rate currency="USD">1.08</rate></rates>',
        "date;close\n2026-03-02;17.5",
        '{"text": "test"}',
        '{"count": 0}',
        '{"a": NaN}',
    ],
)
def test_an_answer_that_only_looks_like_a_failure_is_ok(text: str):
    assert of(text) == "ok"


@pytest.mark.parametrize(
    "text",
    [
        '{"message": "You are not subscribed to this API."}',
        '{"message":"Too many requests"}',
        '{"messages": "The request to the API has timed out.", "info": "API (not working)"}',
        '{"message": "Invalid API key. Go to https://docs.rapidapi.com"}',
        '{"message": "Endpoint \'/v2/rates\' does not exist"}',
        '{"message": "Whatever it is, it is no answer"}',
        '{"success": false}',
        '{"success": false, "error": {"code": 104, "info": "quota"}}',
        '{"ok": "false", "description": "chat not found"}',
        '{"error": "city not found", "query": "Lisbon"}',
        '{"error": {"type": "invalid_request", "message": "no"}}',
        '{"errors": [{"message": "Cannot query field"}]}',
        '{"statusCode": 400, "message": "Bad thing", "path": "/v1"}',
        '{"status": "error", "message": "Something is off", "code": "E17"}',
        '{"status": 500, "detail": "Unexpected"}',
        '[{"error": "no such user"}]',
        '{"detail": "Access denied"}',
        '{"status": "401", "msg": "Authentication required"}',
        '{"type": "https://example.test/400", "title": "Bad Request", "status": 400, "traceId": "|b1"}',
        "Error: cannot connect to database",
        "Not Found",
        "404 Not Found",
        "Cannot GET /v1/rates",
        "Too many requests, try again later",
        '"Unauthorized"',
        "Traceback (most recent call last):\n  File",
        '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code></Error>',
        "Warning: mysql_connect(): Access denied for user",
        '{"data": null, "error": "upstream failed"}',
    ],
)
def test_a_failure_told_under_200_is_an_error_message(text: str):
    assert of(text) == "error_message"


@pytest.mark.parametrize("text", ["", "  \n", "null", "{}", '""', '" "', "\ufeff"])
def test_an_answer_without_content_is_empty(text: str):
    assert of(text) == "empty"


@pytest.mark.parametrize(
    "text",
    [
        '{"key1":"value","key2":"value"}',
        '{"message":"Hello World"}',
        '[{"id": 0, "name": "string", "kind": "string"}]',
        '{"foo": "bar", "baz": "test"}',
        "Hello, World!",
        "Lorem ipsum dolor sit amet",
    ],
)
def test_an_answer_that_its_author_never_filled_in_is_a_placeholder(text: str):
    assert of(text) == "placeholder"


@pytest.mark.parametrize("text", [PAGE, "\n" + PAGE.lower(), "<div><html lang=en><body>hi</body></html>"])
def test_a_page_is_html(text: str):
    assert of(text) == "html"


def test_half_an_answer_is_broken_unless_we_cut_it():
    assert of('{"rows": [1, 2') == "broken"
    assert of('{"rows": [1, 2', cut=True) == "ok"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "unreachable"),
        (301, "redirect"),
        (400, "bad_request"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "not_found"),
        (410, "not_found"),
        (422, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "server_error"),
    ],
)
def test_a_status_speaks_before_the_text(status: int | None, said: str):
    assert of('{"rate": 1.08}', status) == said


def test_a_late_answer_is_slow_and_a_late_failure_is_a_failure():
    assert of('{"rate": 1.08}', latency_s=3.5) == "slow"
    assert of("", latency_s=3.5) == "empty"
    assert of("", None, latency_s=4.0, timed_out=True) == "slow"


def test_an_answer_of_the_documented_shape_is_no_mere_message():
    documented = '{"message": "Good morning, Ada"}'
    assert of('{"message": "Good morning, Grace"}', documented=documented) == "ok"
    assert of('{"message": "You are not subscribed to this API."}', documented=documented) == "error_message"
    assert (
        of('{"error": "boom", "data": null}', documented='{"error": null, "data": {"a": 1}}')
        == "error_message"
    )
    assert of('{"from": "test", "to": "test"}', documented='{"from": "abc", "to": "abd"}') == "ok"


def test_a_documented_answer_that_was_never_filled_in_excuses_nothing():
    made_up = '{"key1":"value","key2":"value"}'
    assert of(made_up, documented=made_up) == "placeholder"


@settings(deadline=None)
@given(
    st.text(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["error", "message", "data", "status", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(json.dumps)
)
def test_every_text_gets_a_verdict(text: str):
    assert of(text, documented=text) in {"ok", "empty", "html", "broken", "error_message", "placeholder"}


@pytest.mark.parametrize(
    ("verdicts", "decision"),
    [
        (["ok", "ok", "ok"], Decision(True, "ok", flaky=False)),
        (["slow", "ok", "ok"], Decision(True, "ok", flaky=True)),
        (["ok", "not_found", "bad_request"], Decision(True, "ok", flaky=False)),
        (["not_found"] * 3, Decision(False, "not_found", flaky=False)),
        (["slow", "slow", "ok"], Decision(False, "slow", flaky=True)),
        (["slow", "slow", "ok", "ok", "ok", "server_error"], Decision(True, "ok", flaky=True)),
        (["server_error", "html", "server_error"], Decision(False, "server_error", flaky=False)),
        (["slow", "bad_request", "bad_request"], Decision(False, "bad_request", flaky=False)),
        ([], Decision(False, "no_example", flaky=False)),
    ],
)
def test_only_what_is_consistently_bad_is_dropped(verdicts: list[str], decision: Decision):
    assert decide(verdicts, 0.5) == decision


def test_a_second_round_is_made_where_calls_disagree():
    assert undecided(["slow", "slow", "ok"], 0.5)
    assert undecided(["slow", "bad_request", "bad_request"], 0.5)
    assert undecided(["slow", "ok", "ok"], 0.5)
    assert not undecided(["bad_request", "ok", "ok"], 0.5)
    assert not undecided(["html", "html", "html"], 0.5)


def test_a_picture_is_wrong_where_json_is_promised():
    picture = Answer(200, "<image/png, 2016 bytes>", 0.1)
    assert verdict(picture, 3.0, '{"hours": 9.4}') == "binary"
    assert verdict(picture, 3.0, "a picture") == verdict(picture, 3.0) == "ok"
    assert verdict(Answer(200, "<b>bold</b>, 12 bytes", 0.1), 3.0, '{"hours": 9.4}') == "ok"


def test_one_long_answer_to_many_questions_ignores_them_and_a_short_one_may_be_right():
    rich = '{"circumference_mm": 2130, "turns_per_km": 469.5}'
    assert ignores_input([(str(number), rich) for number in range(5)])
    assert not ignores_input([(str(number), rich) for number in range(4)])
    assert not ignores_input([(str(number), '{"valid": false}') for number in range(9)])
    assert not ignores_input([("same", rich)] * 9)
    assert not ignores_input([*((str(number), rich) for number in range(8)), ("8", rich + " ")])
