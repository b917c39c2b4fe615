import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.evaluation.pass_rate import (
    AnswerStatus,
    TaskStatus,
    Verdict,
    counted,
    label,
    majority,
    rule_name,
)

LABELS = st.lists(st.sampled_from(["pass", "fail", "unsure"]), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("answer", "task", "expected"),
    [
        ("Solved", "Solvable", "pass"),
        ("Solved", "Unsure", "pass"),
        ("Solved", "Unsolvable", "pass"),
        ("Solved", None, "pass"),
        ("Unsolved", "Solvable", "fail"),
        ("Unsolved", "Unsure", "unsure"),
        ("Unsolved", "Unsolvable", "pass"),
        ("Unsure", "Solvable", "unsure"),
        ("Unsure", "Unsure", "unsure"),
        ("Unsure", "Unsolvable", "pass"),
    ],
)
def test_the_matrix_is_tooleval_s(answer: AnswerStatus, task: TaskStatus | None, expected: Verdict) -> None:
    assert label(answer, task) == expected


@pytest.mark.parametrize("answer", ["Unsolved", "Unsure"])
def test_an_answer_not_solved_needs_a_task_status(answer: AnswerStatus) -> None:
    with pytest.raises(ValueError, match="without the status of its task"):
        label(answer, None)


@pytest.mark.parametrize("votes", list(product(("pass", "fail", "unsure"), repeat=3)))
def test_of_three_votes_two_equal_ones_decide_and_three_different_ones_are_unsure(
    votes: tuple[Verdict, ...],
) -> None:
    twice = [each for each in ("pass", "fail", "unsure") if votes.count(each) >= 2]
    assert majority(votes, "repaired") == (twice[0] if twice else "unsure")


@pytest.mark.parametrize(
    ("votes", "repaired", "published"),
    [
        (["pass"], "pass", "pass"),
        (["pass", "fail"], "unsure", "pass"),
        (["pass", "pass", "fail", "fail"], "unsure", "pass"),
        (["fail", "fail", "pass"], "fail", "fail"),
        (["pass", "pass", "fail", "fail", "unsure"], "unsure", "pass"),
        (["fail", "unsure", "unsure"], "unsure", "fail"),
    ],
)
def test_a_tie_is_unsure_where_the_published_rule_passes_it(
    votes: list[Verdict], repaired: Verdict, published: Verdict
) -> None:
    assert majority(votes, "repaired") == repaired
    assert majority(votes, "published") == published


def test_no_votes_are_refused() -> None:
    with pytest.raises(ValueError, match="needs a vote"):
        majority([], "repaired")


@given(LABELS, st.integers())
def test_repaired_labels_are_counted_as_they_are(votes: list[Verdict], seed: int) -> None:
    assert counted(votes, "repaired", random.Random(seed)) == votes


@given(LABELS, st.integers())
def test_the_published_coin_touches_unsure_labels_only_and_is_seeded(votes: list[Verdict], seed: int) -> None:
    first = counted(votes, "published", random.Random(seed))
    assert first == counted(votes, "published", random.Random(seed))
    assert "unsure" not in first
    assert all(after == before for before, after in zip(votes, first, strict=True) if before != "unsure")


def test_the_published_coin_is_fair() -> None:
    tossed = counted(["unsure"] * 10_000, "published", random.Random(7))
    assert 4_800 < tossed.count("pass") < 5_200


@given(LABELS, st.sampled_from(["repaired", "published"]), st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(votes: list[Verdict], rule: str, shuffle: random.Random) -> None:
    shuffled = list(votes)
    shuffle.shuffle(shuffled)
    assert majority(votes, rule) == majority(shuffled, rule)  # type: ignore[arg-type]


def test_rules_are_named_with_their_version() -> None:
    assert rule_name("repaired") != rule_name("published")
    assert rule_name("repaired").startswith("tooleval-pass-repaired-")
