from hypothesis import given
from hypothesis import strategies as st

from tasks.retrieval.batches import Positive, arrange, epoch, false_negatives
from tests.tasks.retrieval.made_up import pair, pairs

positives = st.lists(
    st.builds(Positive, st.sampled_from("abcdef"), st.sampled_from("123456789")), max_size=40, unique=True
)


@given(positives, st.integers(2, 8), st.integers(0, 3))
def test_a_pass_repeats_no_query_in_a_batch_and_loses_only_lone_pairs(
    found: list[Positive], batch: int, number: int
) -> None:
    made = epoch(found, batch, 1, number)
    assert all(2 <= len(chosen) <= batch for chosen in made)
    assert all(len({each.query for each in chosen}) == len(chosen) for chosen in made)
    seen = [each for chosen in made for each in chosen]
    assert len(seen) == len(set(seen))
    sizes = {len(chosen) for chosen in made}
    assert not sizes or max(sizes) - min(sizes) <= 1
    assert set(seen) == set(found) or min(sizes, default=2) == 2, "only pairs that stand alone are lost"


def test_a_querys_other_positives_are_no_negatives() -> None:
    arranged = arrange([pair("q1", "a"), pair("q1", "b"), pair("q2", "b"), pair("q3", "c")])
    batch = [Positive("q1", "a"), Positive("q2", "b"), Positive("q3", "c")]
    assert false_negatives(batch, arranged.relevant) == [
        [False, True, False],
        [False, False, False],
        [False, False, False],
    ]


def test_the_corpus_holds_every_api_of_either_split() -> None:
    arranged = arrange([*pairs(), pair("", "hub/z", relevant=False, split="test")])
    assert list(arranged.documents) == sorted(arranged.documents)
    assert "hub/z" in arranged.documents
    assert "" not in arranged.relevant
    assert {len(arranged.positives[split]) for split in ("train", "test")} == {6}
