import pytest

from tasks.environment.classification import error_label


@pytest.mark.parametrize(
    "text",
    [
        "",
        "OK",
        '{"error": null, "temp": 3}',
        '{"error": false}',
        '{"errors": [], "data": [1]}',
        '{"text": "an error in the gateway has occurred, said the hero"}',
        '{"message": "an error is a mistake"}',
        '{"error": "partial", "results": [1]}',
        '{"status": "failed", "flights": ["LH1"]}',
        '{"message": "72 beats per minute"}',
        '["error"]',
        '{"error": ',
    ],
)
def test_a_good_answer_may_contain_the_word_error(text: str):
    assert error_label(200, text) == ""


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ('{"error": "no such city"}', "Message error..."),
        ('{"errors": [{"code": 1}], "data": null}', "Message error..."),
        ('{"success": false, "message": "bad day"}', "Message error..."),
        ('{"Status": "ERROR"}', "Message error..."),
        ('{"message":"You are not subscribed to this API."}', "Unsubscribed error..."),
        ('{"message":"Too many requests"}', "Too many requests error..."),
        (
            '{"message":"You have exceeded the rate limit per minute for your plan"}',
            "Rate limit per minute error...",
        ),
        ('{"messages":"The request to the API has timed out."}', "API temporarily not working error..."),
        (
            '{"info": "Your Client (working) ---> Gateway (working) ---> API (not working)"}',
            "API not working error...",
        ),
    ],
)
def test_an_envelope_without_content_may_be_a_failure_under_a_good_status(text: str, label: str):
    assert error_label(200, text) == label


@pytest.mark.parametrize(
    ("status", "text", "label"),
    [
        (401, "", "Unauthorized error..."),
        (403, '{"message":"You are not subscribed to this API."}', "Unsubscribed error..."),
        (402, "", "Rate limit error..."),
        (404, '{"message": "no city Atlantis"}', "Message error..."),
        (404, "<html>", "API not working error..."),
        (400, '{"message": "parameter lat is missing"}', "Message error..."),
        (408, "", "API temporarily not working error..."),
        (429, "", "Too many requests error..."),
        (429, '{"message": "Too many requests per minute"}', "Rate limit per minute error..."),
        (500, '{"message": "crash"}', "API not working error..."),
        (503, "", "Gateway error..."),
    ],
)
def test_a_bad_status_is_always_a_failure(status: int, text: str, label: str):
    assert error_label(status, text) == label


@pytest.mark.parametrize("key", ["status", "error", "message"])
def test_a_thousand_brackets_in_an_envelope_are_survived(key: str):
    body = f'{{"{key}": {"[" * 1_015}{"]" * 1_015}}}'
    assert error_label(400, body) == "Message error..."
    assert error_label(200, body) in ("", "Message error...")
