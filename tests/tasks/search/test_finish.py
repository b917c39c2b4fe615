import pytest

from tasks.search.finish import read_finish


def test_an_answer_is_read():
    finish = read_finish('{"return_type": "give_answer", "final_answer": "Yes"}')
    assert (finish.answer, finish.observation.code) == ("Yes", 3)


def test_a_give_up_is_read():
    finish = read_finish('{"return_type": "give_up_and_restart", "final_answer": "never mind"}')
    assert (finish.answer, finish.observation.code) == (None, 4)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"return_type": "maybe"}',
        '{"return_type": "give_answer"}',
        '{"return_type": []}',
    ],
)
def test_a_mistake_is_told_and_does_not_end_the_path(arguments: str):
    finish = read_finish(arguments)
    assert (finish.answer, finish.observation.code) == (None, 2)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ('{"return_type": "give_answer", "final_answer": "It is "cold" today"}', 'It is "cold" today'),
        ('{"return_type": "give_answer",\n "final_answer": "cut of', "cut of"),
        ('{"return_type" : "give_answer", "final_answer" : "a"', "a"),
    ],
)
def test_broken_json_is_searched(arguments: str, answer: str):
    assert read_finish(arguments).answer == answer


def test_broken_json_may_give_up():
    assert read_finish('{"return_type": "give_up_and_restart", ').observation.code == 4


@pytest.mark.parametrize(("value", "text"), [('["a", 1]', '["a", 1]'), ("null", ""), ("3", "3")])
def test_an_answer_that_is_no_text_becomes_text(value: str, text: str):
    assert read_finish(f'{{"return_type": "give_answer", "final_answer": {value}}}').answer == text
