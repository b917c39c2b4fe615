"""What is taken for a failure, and of which class."""

import json

import pytest

from tasks.annotation.analysis.failures import Failure, failure_of
from tasks.search import codes


def enveloped(response: object, error: str = "") -> str:
    text = response if isinstance(response, str) else json.dumps(response)
    return json.dumps({"error": error, "response": text})


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (codes.HALLUCINATED, "hallucinated name"),
        (codes.INPUT_ERROR, "unusable arguments"),
        (codes.TIMEOUT, "timeout"),
        (codes.NOT_WORKING, "dead API"),
        (codes.NOT_SUBSCRIBED, "auth"),
        (codes.UNAUTHORIZED, "auth"),
        (codes.TOO_MANY_REQUESTS, "rate limit"),
        (codes.RATE_LIMIT, "rate limit"),
        (codes.SENDING_FAILED, "not sent"),
    ],
)
def test_a_code_names_its_class_whatever_the_text_says(code: int, kind: str):
    assert failure_of(enveloped({"mm": 3}), code) == (True, Failure(kind))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", [codes.ANSWERED, codes.GAVE_UP])
def test_the_end_of_a_path_is_no_failure(code: int):
    assert failure_of('{"response": "given up"}', code) == (True, None)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("parameter 'day' must be a date", "bad argument"),
        ("there is no time zone 'Nairobi'; names look like Europe/Lisbon", "not found"),
        ("no particle is called 'Me'", "not found"),
        ("Endpoint does not exist", "dead API"),
        ("no city above 15,000 people is named 'Tasmania'", "not found"),
        ("CSS knows no colour '#f0e0d0'", "not found"),
        ("You are not subscribed to this API.", "auth"),
        ("You have exceeded the daily quota", "rate limit"),
        ("it did not please", "other error"),
    ],
)
def test_an_error_message_is_read(message: str, kind: str):
    observation = enveloped({"message": message}, "Message error...")
    assert failure_of(observation, codes.ERROR_MESSAGE) == (True, Failure(kind))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        ('{"status":"401","msg":"Authentication required"}', "auth"),
        ("{'type': 'https://x', 'title': 'Bad Request', 'status': 400, 'traceId': '|b1'}", "bad argument"),
        ("{'success': False, 'message': 'Tracking information not found'}", "not found"),
        ({"error": "Too many requests"}, "rate limit"),
        ({"message": "Request timed out"}, "timeout"),
        ("<!DOCTYPE html><html><body>Welcome</body></html>", "web page"),
        ("404 page not found", "dead API"),
        ("", "empty"),
        ("[]", "empty"),
        ("null", "empty"),
        ("{'ads': [], 'results': [], 'location': {'lang': 'en'}, 'ts': 1.2}", "empty"),
        ("{'ads': [], 'results': [], 'related': {'images': [], 'text': []}, 'imag...", "empty"),
    ],
)
def test_a_failure_under_a_good_code_is_seen(response: object, kind: str):
    expected = Failure(kind, under_good_code=True)  # type: ignore[arg-type]
    assert failure_of(enveloped(response), codes.NORMAL) == (True, expected)


@pytest.mark.parametrize(
    "response",
    [
        {"error": None, "mm": 3},
        {"status": "ok", "code": 200, "data": [1]},
        {"status": "delivered", "place": "Porto"},
        [{"results": []}],
        {"results": [], "totals": [3]},
        "An error is a difference between what is and what should be. " * 6,
        {"code": 404, "name": "Not Found", "is_error": True},
        {"meaning": "404 is the status of a page not found", "number": 404},
        "42",
        {"count": 0},
    ],
)
def test_a_good_answer_is_none(response: object):
    assert failure_of(enveloped(response), codes.NORMAL) == (True, None)


def test_an_error_label_under_a_good_code_is_a_failure():
    # As in ToolBench's files: labels that it does not list have code 0.
    observation = enveloped("", "Function executing from x error...\nExceeded 30 redirects.")
    assert failure_of(observation, codes.NORMAL) == (True, Failure("dead API", under_good_code=True))


def test_a_cut_observation_is_judged_as_far_as_it_goes():
    assert failure_of('{"error": "", "resp', 0, cut=True) == (True, None)
    assert failure_of('{"error": "Message err', 0, cut=True) == (True, Failure("other error", True))
    assert failure_of('{"erro', 0, cut=True) == (False, None)
    assert failure_of("", codes.HALLUCINATED, cut=True) == (False, Failure("hallucinated name"))
    assert failure_of(enveloped(""), 0, cut=True) == (True, Failure("empty", True))


def test_an_observation_of_hundreds_of_brackets_is_read_as_text():
    deep = f'{{"error": "", "response": {"[" * 400}{"]" * 400}}}'
    assert failure_of(deep, codes.NORMAL) == (True, None)


def test_an_observation_of_another_make_is_read_as_text():
    assert failure_of("Traceback: it failed", 0) == (True, Failure("other error", under_good_code=True))
    assert failure_of("It rains.", 0) == (True, None)
