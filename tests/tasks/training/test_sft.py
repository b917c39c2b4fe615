"""A real run: two ranks under torchrun, ended in the middle and continued."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from transformers import AutoModelForCausalLM

from tasks.errors import FactoryError, TransientError
from tasks.records import TrainingSample
from tasks.tables import to_table
from tasks.training.corpus import Prepared
from tasks.training.launch import failure, last_error, launch
from tasks.training.samples import samples_of
from tasks.training.settings import SftSettings
from tasks.training.sft import _prepare
from tasks.training.template import END_OF_TEXT, TURN_END
from tasks.training.tokenizer import open_tokenizer
from tasks.training.trainer import learning_share
from tests.tasks.training.made_up import trajectories


class EndedByOperatorError(Exception):
    """Stands for Ctrl-C or a cancelled flow run."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> SftSettings:
    folder = tmp_path_factory.mktemp("sft")
    samples, _ = samples_of(trajectories(30))
    (folder / "samples").mkdir()
    pq.write_table(to_table(TrainingSample, samples), folder / "samples" / "part.parquet")
    return SftSettings(
        samples=folder / "samples",
        output=folder / "run",
        vocabulary=500,
        steps=7,
        save_every=3,
        batch=4,
        max_length=512,
        learning_rate=1e-2,
    )


def processes_naming(text: str) -> list[str]:
    """Command lines of running processes that mention a text."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        if text in command:
            found.append(command)
    return found


def test_a_run_ended_in_the_middle_leaves_no_process_and_continues(settings: SftSettings) -> None:
    before: list[dict[str, Any]] = []

    def end_at_five(event: dict[str, Any]) -> None:
        before.append(event)
        if event.get("step") == 5:
            raise EndedByOperatorError

    with pytest.raises(EndedByOperatorError):
        launch(settings, world_size=2, on_event=end_at_five)
    until = time.monotonic() + 60
    while left := processes_naming(str(settings.output)):  # ranks that torchrun left end by themselves
        assert time.monotonic() < until, left
        time.sleep(0.1)
    assert not (settings.output / "summary.json").exists()

    after: list[dict[str, Any]] = []
    summary = launch(settings, world_size=2, on_event=after.append)
    assert [event["event"] for event in after] == ["ready", "step", "step", "step", "step", "done"]
    assert (summary["resumed_from"], summary["steps"], summary["world_size"]) == (3, 7, 2)

    first = {event["step"]: event["loss"] for event in before if event["event"] == "step"}
    second = {event["step"]: event["loss"] for event in after if event["event"] == "step"}
    assert first[4] == second[4], "step 4 was computed twice, from the start and from the checkpoint"
    assert summary["first_loss"] == first[1]
    assert summary["last_loss"] < 0.8 * summary["first_loss"]
    assert summary["test_loss"] < summary["first_loss"]
    assert json.loads((settings.output / "summary.json").read_text()) == summary

    model, loading = AutoModelForCausalLM.from_pretrained(
        settings.output / summary["folder"], output_loading_info=True
    )
    assert not loading["missing_keys"] and not loading["unexpected_keys"]
    assert sum(each.numel() for each in model.parameters()) == summary["parameters"]
    assert model.config.vocab_size == len(open_tokenizer(settings.output / summary["folder"]))


def test_the_learning_rate_rises_at_once_and_falls_to_nearly_nothing() -> None:
    rates = [learning_share(step, 50, 0.1) for step in range(50)]
    assert rates[0] == 0.2
    assert max(rates) == rates[5] == 1.0
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert 0 < rates[-1] < 0.01


def test_the_sentence_about_a_broken_run_names_its_first_error(tmp_path: Path) -> None:
    log = tmp_path / "stderr.log"
    log.write_text(
        "loading\n[rank1]: Traceback (most recent call last):\n[rank1]:   File x\n"
        "[rank1]: torch.OutOfMemoryError: CUDA out of memory\nChildFailedError: it failed\n"
    )
    assert last_error(log) == "torch.OutOfMemoryError: CUDA out of memory"
    log.write_text("Killed\n\n")
    assert last_error(log) == "Killed"
    log.write_text("")
    assert last_error(log) == "it said nothing"


TORCHRUN_REPORT = """
Failures:
[1]:
  exitcode  : -15 (pid: 12)
Root Cause (first observed failure):
[0]:
  rank      : 0 (local_rank: 0)
  exitcode  : {code} (pid: 11)
"""


def test_a_killed_rank_is_worth_a_retry_and_a_broken_one_is_not(tmp_path: Path) -> None:
    log = tmp_path / "stderr.log"
    log.write_text("ValueError: no\n" + TORCHRUN_REPORT.format(code=1))
    broken = failure(1, log)
    assert type(broken) is FactoryError
    assert "exit code 1: ValueError: no" in str(broken)
    log.write_text(TORCHRUN_REPORT.format(code=-9))
    assert isinstance(failure(1, log), TransientError)
    assert "signal 9" in str(failure(1, log))
    log.write_text("")
    assert isinstance(failure(-9, log), TransientError)


@pytest.mark.parametrize(
    ("layout", "examples", "end"), [("chat", 24, TURN_END), ("toolllama", 48, END_OF_TEXT)]
)
def test_a_layout_says_how_many_examples_a_sample_makes_and_what_ends_a_turn(
    settings: SftSettings, tmp_path: Path, layout: str, examples: int, end: str
) -> None:
    """24 samples of the training split, of two turns each."""
    chosen = replace(settings, output=tmp_path / "run", layout=layout)
    _prepare(chosen, 1)
    prepared = Prepared.open(chosen.output / "prepared" / "train.npz")
    assert (len(prepared), prepared.cut, prepared.dropped) == (examples, 0, 0)
    assert open_tokenizer(chosen.output / "prepared" / "tokenizer").eos_token == end
