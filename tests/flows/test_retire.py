"""`foundry retire` as somebody types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from flows.__main__ import main
from tests.tasks.storage.market_made import MOON, SUN, journey


def test_the_report_is_one_line_and_the_proof_is_printed(tmp_path: Path) -> None:
    old = journey(str(tmp_path))
    words = [sys.executable, "-m", "flows", "retire", "--tool", SUN, "--reason", "asked", "--json"]
    outcome = subprocess.run([*words, "--root", str(tmp_path)], capture_output=True, text=True, check=True)
    report = json.loads(outcome.stdout)
    assert len(outcome.stdout.splitlines()) == 1
    assert report["tool_id"] == SUN
    assert [each["previous"] for each in report["tables"]] == list(old.values())[:4]
    assert report["tables"][1]["retired"] == {
        "combinations": 2, "instructions": 2, "calls": 2, "rejects": 2,
    }  # fmt: skip
    assert {each["stage"] for each in report["stale"]} == {"finetune", "tooleval"}
    assert report["searched"]["hits"] == 0
    said = " ".join(outcome.stderr.split())
    assert f"searched for {SUN}: every text of {report['searched']['rows']} rows in 4 versions" in said
    assert "hits: 0" in said
    assert f"stale: {old['student']}" in said


def test_tables_below_the_root_of_the_shell_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOUNDRY_ROOT", str(tmp_path))
    journey(str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["retire", "--tool", "moon", "--reason", "asked", "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["tool_id"] == MOON


def test_mistakes_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = journey(str(tmp_path))
    here = ["--root", str(tmp_path)]
    for words, sentence in (
        (["--tool", "mars", "--reason", "x", *here], "no catalogue knows a tool 'mars'"),
        (["--tool", "Sun", "--reason", "x", *here], "give the id"),
        (["--tool", SUN, "--reason", "x", old["samples"], *here], "not both"),
        (["--tool", SUN, *here], "--reason"),
        (["--tool", SUN, "--reason", "x", str(tmp_path / "none")], "holds no table"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["retire", *words])
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert said.startswith("foundry: ") and sentence in said
        assert len(said.strip().splitlines()) == 1
