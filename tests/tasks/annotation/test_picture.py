"""A search tree as a picture."""

import re
from xml.etree import ElementTree

from tasks.annotation.analysis.turns import Searched
from tasks.annotation.picture import CARD, failed_branches, picture_of, winning_turns
from tests.tasks.annotation.analysis.grown import (
    DEAD,
    GOOD,
    WIND,
    answer,
    call,
    give_up,
    searched,
)
from tests.tasks.annotation.test_published import a_published_tree
from tests.tasks.search.played import says

SVG = "{http://www.w3.org/2000/svg}"
DAYS = [call(thought="look", day=day) for day in range(4)]
RESCUED = [*DAYS, give_up(), call(WIND), answer("Windy.")]
"""The fourth call reaches the depth limit, a give-up beside it climbs two levels, the next branch answers."""


def cards(picture: str) -> list[ElementTree.Element]:
    """The cards of a picture, the instruction's first; the picture must be well-formed."""
    return [
        each for each in ElementTree.fromstring(picture).iter(f"{SVG}g") if "card" in each.get("class", "")
    ]


def said(card: ElementTree.Element) -> str:
    return " / ".join(text.text or "" for text in card.iter(f"{SVG}text"))


def test_every_reply_has_a_card_with_thought_call_observation_and_cost():
    tree = searched([call(thought="look", day=1), call("snow"), answer()], [DEAD], searcher="CoT@1")
    instruction, first, second, last = cards(picture_of(tree))
    assert "Will it rain?" in said(instruction)
    assert "answered: 3 replies, 60 tokens" in said(instruction)
    cost, observed = "reply 1 / 20 tokens", "dead API: API not working error..."
    assert said(first) == f'{cost} / look / rain_for_weather / {{"day": 1}} / {observed}'
    assert "hallucinated name: No such function name" in said(second)
    assert said(last).endswith("Finish / It rains.")


def test_a_path_that_was_left_says_why():
    tree = searched([call(), call(), answer()], searcher="foundry")
    assert said(cards(picture_of(tree))[2]).endswith("left: made before")
    deep = searched([call(day=day) for day in range(6)], searcher="CoT@1")
    assert said(cards(picture_of(deep))[6]).endswith("left: depth limit")


def test_the_winning_path_is_marked_and_what_was_left_is_too():
    tree = searched(RESCUED)
    assert winning_turns(tree) == {0, 1, 5, 6}
    classes = {card.get("data-reply"): card.get("class") for card in cards(picture_of(tree))}
    assert classes["0"] == "card won" and classes["6"] == "card won"
    assert classes["2"] == classes["3"] == classes["4"] == "card left"


def test_cards_never_lie_on_each_other_and_lie_inside_the_picture():
    tree = searched([*[call(day=day) for day in range(40)]][:40], [GOOD, DEAD] * 30, searcher="CoT@4")
    picture = ElementTree.fromstring(picture_of(tree))
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    boxes = []
    for card in picture.iter(f"{SVG}rect"):
        x, y, high = (float(card.get(name, "")) for name in ("x", "y", "height"))
        assert x + CARD <= width and y + high <= height
        boxes.append((x, y, x + CARD, y + high))
    for number, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


def test_a_folded_branch_is_one_line_that_says_what_is_in_it():
    tree = searched(RESCUED)
    folded = failed_branches(tree)
    assert folded == {2}
    shown = cards(picture_of(tree, folded))
    assert len(shown) == len(tree.turns) + 1 - 2
    (line,) = [card for card in shown if "folded" in card.get("class", "")]
    assert said(line) == "reply 3 and on / 60 tokens / folded: 3 replies, 1 give-ups"


def test_a_tree_without_an_answer_is_folded_from_its_second_level_on():
    tree = searched([*DAYS, give_up()], searcher="CoT@1")
    assert failed_branches(tree) == {1}
    assert len(cards(picture_of(tree, failed_branches(tree)))) == 3


def test_what_models_and_apis_say_is_text_and_never_markup():
    wild = '<script>alert("x")</script>\x00\x1b[0m ]]> & &amp; \u202e'
    tree = searched([says(wild), call(wild), answer(wild)], searcher="CoT@1")
    picture = picture_of(tree)
    assert "<script" not in picture
    assert "<script>" in said(cards(picture)[1]), "as text it is there"
    assert not re.search(r"[\x00-\x08\x1b\u202e]", picture)


def test_long_texts_are_cut_on_the_card_and_whole_when_hovered_over():
    tree = searched([says("word " * 100), answer("x" * 500)], searcher="CoT@1")
    _, first, last = cards(picture_of(tree))
    assert all(len(text.text or "") < 70 for card in (first, last) for text in card.iter(f"{SVG}text"))
    title = first.find(f"{SVG}title")
    assert title is not None and (title.text or "").count("word") == 100


def test_a_cost_that_was_shared_out_says_so():
    assert "≈" in picture_of(Searched(a_published_tree()))
    assert "≈" not in picture_of(searched([answer()]))


def test_nothing_is_fetched_and_zoom_changes_the_size_alone():
    tree = searched(RESCUED)
    whole, half = picture_of(tree), picture_of(tree, zoom=0.5)
    assert not re.search(r"href|url\(|@import|src=", whole)
    sizes = [ElementTree.fromstring(each).get("width") for each in (whole, half)]
    assert int(sizes[1] or 0) * 2 == int(sizes[0] or 0)
    assert whole.partition("<style>")[2] == half.partition("<style>")[2]
