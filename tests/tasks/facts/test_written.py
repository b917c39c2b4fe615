"""The bars of the judge on answers written by hand."""

import json

from tests.tasks.facts.written import FOLDER, written

FALSE_REJECTS, FALSE_ACCEPTS = 0.02, 0.01


def test_at_least_three_hundred_right_answers_are_kept_of_every_kind_of_fact() -> None:
    right = written("right_answers")
    assert len(right) >= 300
    assert len({(each.question, each.answer) for each in right}) == len(right)
    kinds = {fact.kind for each in right for fact in each.facts}
    assert kinds == {"number", "text", "date", "time", "datetime", "boolean", "list", "state"}
    assert sum(not each.solvable for each in right) >= 20


def test_right_answers_in_other_formats_are_accepted() -> None:
    right = written("right_answers")
    rejected = [
        (each.note, each.answer, each.judged().findings) for each in right if not each.judged().correct
    ]
    assert len(rejected) <= FALSE_REJECTS * len(right), rejected


def test_near_misses_are_refused() -> None:
    wrong = written("wrong_answers")
    assert len(wrong) >= 100
    accepted = [(each.note, each.answer) for each in wrong if each.judged().correct]
    assert len(accepted) <= FALSE_ACCEPTS * len(wrong), accepted


def test_every_written_answer_can_be_checked() -> None:
    assert [each.note for each in written("right_answers") if not each.judged().checkable] == []


def test_a_line_says_what_is_special_about_it() -> None:
    for name in ("right_answers", "wrong_answers"):
        for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            assert json.loads(line)["note"].strip()
