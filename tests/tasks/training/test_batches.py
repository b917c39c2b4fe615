import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import ConfigurationError
from tasks.training import batches

lengths = st.lists(st.integers(1, 2000), min_size=1, max_size=80)


@given(lengths, st.integers(1, 9), st.integers(0, 3))
def test_a_pass_sees_every_sample_in_whole_batches(found: list[int], batch: int, number: int) -> None:
    made = batches.epoch(found, batch, seed=3, number=number)
    assert {at for chosen in made for at in chosen} == set(range(len(found)))
    assert [len(chosen) for chosen in made] == [batch] * len(made)
    assert len(made) == -(-len(found) // batch)


@given(lengths, st.integers(1, 3), st.integers(1, 3), st.integers(1, 4))
def test_ranks_share_a_batch_without_loss_whatever_their_number(
    found: list[int], micro: int, accumulation: int, world: int
) -> None:
    (chosen, *_) = batches.epoch(found, micro * accumulation * world, seed=3, number=0)
    shares = [batches.share(chosen, found, rank, world, micro) for rank in range(world)]
    assert sorted(at for share in shares for part in share for at in part) == sorted(chosen)
    assert all([len(part) for part in share] == [micro] * accumulation for share in shares)


def test_batches_hold_samples_of_similar_length() -> None:
    found = [10, 1000] * 40
    mixed = [
        chosen
        for chosen in batches.epoch(found, 8, seed=1, number=0)
        if len({found[at] for at in chosen}) > 1
    ]
    assert len(mixed) <= 2  # where the sorted lengths of a pool change over; there are two pools


def test_passes_differ_and_seeds_repeat() -> None:
    found = list(range(100))
    assert batches.epoch(found, 10, 1, 0) == batches.epoch(found, 10, 1, 0)
    assert batches.epoch(found, 10, 1, 0) != batches.epoch(found, 10, 1, 1)
    assert batches.epoch(found, 10, 1, 0) != batches.epoch(found, 10, 2, 0)


def test_steps_go_on_into_the_next_pass() -> None:
    made = list(batches.steps([5] * 10, 4, seed=1, count=7))
    assert made == [*batches.epoch([5] * 10, 4, 1, 0), *batches.epoch([5] * 10, 4, 1, 1), *made[6:]]
    assert len(made) == 7


def test_steps_win_over_epochs() -> None:
    assert batches.step_count(samples=100, batch=8, wanted_steps=0, epochs=2) == 26
    assert batches.step_count(samples=100, batch=8, wanted_steps=5, epochs=2) == 5
    assert batches.step_count(samples=3, batch=8, wanted_steps=0, epochs=0.1) == 1


def test_a_batch_that_cannot_be_dealt_out_is_refused_with_what_would_work() -> None:
    assert batches.micro_batch(8, 2, 0) == 4
    assert batches.micro_batch(8, 2, 2) == 2
    with pytest.raises(ConfigurationError, match="multiple of 6"):
        batches.micro_batch(8, 2, 3)
    with pytest.raises(ConfigurationError, match="multiple of 4"):
        batches.micro_batch(3, 4, 0)
