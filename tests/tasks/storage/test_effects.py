"""What a machine yields is done by a store, and what a store raises a machine may mend."""

from pathlib import Path

import pytest

from tasks.errors import AddressError
from tasks.storage.commits import PartFile
from tasks.storage.effects import (
    Create,
    Dated,
    Delete,
    Elapsed,
    Keys,
    Machine,
    Read,
    StoreTime,
    Unfinished,
    Upload,
    carry_out,
    since_boot,
)
from tasks.storage.store import store_of


def test_every_effect_is_done(address: str, tmp_path: Path) -> None:
    (tmp_path / "rows").write_bytes(b"rows")

    def machine() -> Machine[list[object]]:
        told: list[object] = [(yield Create("a/x", b"first")), (yield Create("a/x", b"second"))]
        told += [(yield Read("a/x")), (yield Read("a/none")), (yield Keys("a"))]
        yield Upload(PartFile("a/y", 1, 4, ""), tmp_path / "rows")
        now = yield StoreTime()
        stamps = yield Dated("a")
        told.append([(each.key, each.size, abs(each.written - now) < 60) for each in stamps])
        yield Delete("a/x")
        yield Delete("a/x")
        return [*told, (yield Keys("a")), (yield Unfinished(now - 60, True)), (yield Elapsed())]

    assert carry_out(machine(), store_of(address), lambda: 7.0) == [
        True, False, b"first", None, ["a/x"], [("a/x", 5, True), ("a/y", 4, True)], ["a/y"], 0, 7.0,
    ]  # fmt: skip


def test_a_machine_may_mend_what_a_store_raises(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    def machine() -> Machine[str]:
        try:
            yield Create("file/x", b"")
        except AddressError as error:
            return f"mended: {error}"
        return "nothing was raised"

    assert carry_out(machine(), store_of(str(tmp_path))).startswith("mended: cannot write to")


def test_what_no_machine_mends_is_raised(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    def machine() -> Machine[None]:
        yield Create("file/x", b"")

    with pytest.raises(AddressError):
        carry_out(machine(), store_of(str(tmp_path)))


def test_the_clock_goes_forward() -> None:
    first = since_boot()
    assert since_boot() >= first > 0
