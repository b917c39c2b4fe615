"""The packages that the sandbox installs by default: small, and under licences that ask for nothing more."""

import re
from importlib.metadata import metadata

import pytest

from tests.bench.install_size import sizes

LIMIT_MB = 150
COPYLEFT = re.compile(
    r"(?<!Lesser )(?<!Library or Lesser )General Public License|(?<![A-Z])A?GPL", re.IGNORECASE
)


@pytest.fixture(scope="module")
def default_set() -> dict[str, float]:
    return sizes()


def test_the_default_set_takes_less_than_150_mb(default_set: dict[str, float]) -> None:
    assert sum(default_set.values()) < LIMIT_MB, dict(list(default_set.items())[:12])


def test_no_package_of_the_default_set_is_under_the_gpl(default_set: dict[str, float]) -> None:
    for name in default_set:
        told = metadata(name)
        licences = [str(told.get("License-Expression") or "")]
        licences += [each for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
        licences += [str(told.get("License") or "").split("\n")[0]]
        assert not any(COPYLEFT.search(each) for each in licences), (name, licences)


def test_neither_numpy_nor_pandas_is_dragged_in(default_set: dict[str, float]) -> None:
    assert not {"numpy", "pandas"} & default_set.keys()
