"""Sentences get their values and are joined."""

from random import Random

import pytest

from infra.sandbox.tasks.wording import begun, filled, joined, led


@pytest.mark.parametrize(
    ("sentence", "phrase", "text"),
    [
        ("Where is {x}?", "the city of Porto", "Where is the city of Porto?"),
        ("How large is the {x}?", "the city of Porto", "How large is the city of Porto?"),
        ("Who holds account {x}?", "the account 4711", "Who holds account 4711?"),
        ('Read "{x}" aloud.', "some words", 'Read "some words" aloud.'),
        ("Read {x} aloud.", "some words", 'Read "some words" aloud.'),
        ("Read {x} aloud.", 'some "words"', 'Read “some "words"” aloud.'),
    ],
)
def test_phrases_fit_the_sentence_around_them(sentence, phrase, text):
    quoted = frozenset({"x"} if sentence.startswith("Read") else ())
    assert filled(sentence, {"x": phrase}, quoted) == text


def test_braces_in_a_value_stay():
    assert filled("Parse {x}.", {"x": '{"a": {y}}'}, frozenset()) == 'Parse {"a": {y}}.'


def test_only_ordinary_words_lose_their_capital():
    assert led("Also, ", "What is due?") == "Also, what is due?"
    assert led("Also, ", "Porto lies where?") == "Also: Porto lies where?"
    assert led("Then ", "I need a loan.") == "Then: I need a loan."
    assert begun("the city of Porto: how large?") == "The city of Porto: how large?"


def test_all_sentences_stand_in_the_instruction_in_their_order():
    sentences = ["Porto is where?", "Lyon is how large?", "Oslo lies in which country?"]
    texts = {joined(sentences, Random(n), False) for n in range(200)}
    assert len(texts) > 50
    for text in texts:
        places = [text.index(sentence) for sentence in sentences]
        assert places == sorted(places)


def test_an_order_that_matters_is_said():
    texts = {joined(["Do this.", "Do that."], Random(n), True) for n in range(50)}
    assert all("1)" in text or "irst" in text or "To begin" in text for text in texts)
