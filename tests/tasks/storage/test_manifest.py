import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import FingerprintMismatch
from tasks.storage.manifest import new_run_id, parse, require_same
from tests.tasks.storage.tables_made import a_manifest

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(decides=st.dictionaries(st.text(max_size=8), JSON, max_size=4), plan=st.lists(JSON, max_size=3))
def test_a_manifest_that_was_written_is_read_back_with_its_fingerprint(
    decides: dict[str, object], plan: list[object]
) -> None:
    wanted = a_manifest(decides=decides, plan=tuple(plan))
    found = parse(wanted.to_json(), "/t/v1")
    assert found.fingerprint == wanted.fingerprint
    require_same(found, wanted, "/t/v1")


def test_the_order_of_what_decides_does_not() -> None:
    one, two = a_manifest(decides={"a": 1, "b": 2}), a_manifest(decides={"b": 2, "a": 1})
    assert one.fingerprint == two.fingerprint


def test_the_first_differences_are_named_and_long_ones_cut() -> None:
    one = a_manifest(decides={name: 1 for name in "abcde"} | {"prompt": "x" * 500})
    two = a_manifest(decides={name: 2 for name in "abcde"} | {"prompt": "x" * 500})
    with pytest.raises(FingerprintMismatch) as error:
        require_same(one, two, "/t/v1")
    assert "a was 1, now 2; b was 1, now 2; c was 1, now 2)" in str(error.value)
    one, two = a_manifest(decides={"prompt": "x" * 500}), a_manifest(decides={"prompt": "y" * 500})
    with pytest.raises(FingerprintMismatch) as error:
        require_same(one, two, "/t/v1")
    assert len(str(error.value)) < 320


def test_names_of_runs_sort_by_time_and_differ() -> None:
    assert re.fullmatch(r"annotate-\d{8}-\d{6}-[0-9a-f]{4}", new_run_id("annotate"))
    assert len({new_run_id("annotate") for _ in range(50)}) > 45
