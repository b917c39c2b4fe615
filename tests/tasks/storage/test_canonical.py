import json
import random

from hypothesis import given
from hypothesis import strategies as st

from tasks.storage.canonical import canonical_json, digest, random_of, seed_of

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_canonical_json_says_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(
    st.dictionaries(st.text(max_size=5), VALUES, min_size=2, max_size=6), st.randoms(use_true_random=False)
)
def test_the_order_of_keys_changes_no_byte(value: dict[str, object], shuffle: random.Random) -> None:
    names = list(value)
    shuffle.shuffle(names)
    assert canonical_json({name: value[name] for name in names}) == canonical_json(value)


def test_what_models_send_beyond_plain_json_has_a_key_too() -> None:
    assert len(digest({"half a pair": "\ud83d", "whole number": 10**30})) == 16


def test_seeds_and_digests_are_the_same_on_every_machine() -> None:
    assert digest({"b": 1, "a": [1.5, None, "ü"]}) == "af9cdee17a28fee0"
    assert seed_of(1, "annotate", "x", 0) == 6313785101840447241
    assert random_of(1, "combine", 7).random() == 0.28750908713122436


def test_a_seed_depends_on_every_part_and_on_where_parts_end() -> None:
    parts = [(1, "a", "b"), (1, "ab", ""), (1, "", "ab"), (2, "a", "b"), (1, "a", "c")]
    assert len({seed_of(*each) for each in parts}) == len(parts)


def test_a_generator_of_ones_own_is_not_moved_by_others() -> None:
    undisturbed = random_of(1, "combine", 7)
    expected = [undisturbed.random() for _ in range(3)]
    mine, found = random_of(1, "combine", 7), []
    for _ in range(3):
        random.random()
        random_of(1, "combine", 8).random()
        found.append(mine.random())
    assert found == expected
