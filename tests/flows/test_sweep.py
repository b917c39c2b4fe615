"""`foundry sweep` as somebody types it."""

import json
import os
import time
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.tasks.storage.tables_made import a_table

ORPHAN = "data/rows/shard-00000/part-00001-0123.parquet"


@pytest.fixture
def address(tmp_path: Path) -> str:
    table = a_table(str(tmp_path / "v1"))
    orphan = tmp_path / "v1" / ORPHAN
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"of a killed worker")
    old = time.time() - 30 * 3600
    os.utime(orphan, (old, old))
    return table.address


def swept(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    with pytest.raises(SystemExit) as ended:
        main(["sweep", *words, "--json"])
    assert ended.value.code == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_garbage_is_shown_and_removed_only_where_that_is_asked_for(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert swept(capsys, address)["objects"] == 1
    assert Path(address, ORPHAN).exists()
    assert swept(capsys, address, "--older-than-h", "40")["young"] == 1
    assert swept(capsys, address, "--remove")["removed"]
    assert not Path(address, ORPHAN).exists()


@pytest.mark.parametrize(
    ("words", "said"), [(["--older-than-h", "1"], "may still be committed"), ([], "no table")]
)
def test_a_mistake_is_one_sentence(
    address: str, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sweep", address if words else f"{address}-not", *words])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert said in error and len(error.strip().splitlines()) == 1
