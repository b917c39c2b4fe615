import fcntl
from pathlib import Path
from typing import TextIO

import orjson
import pytest

from tasks.errors import AddressError, BudgetExceeded, ConfigurationError, TransientError
from tasks.records import Checkpoint, TrainingSample
from tasks.storage.stage import Silent
from tasks.storage.state import state_folder
from tasks.storage.table import Table
from tasks.training.finetune import Parameters, plan, run
from tasks.training.samples import samples_of
from tasks.training.tokenizer import open_tokenizer
from tasks.training.workplace import workplace
from tests.tasks.one_shard import table
from tests.tasks.training.made_up import trajectories
from tests.tasks.training.tables_made import samples_table


class Shown:
    """Remembers what was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int, int]] = []

    def show(self, what: str, done: int, total: int) -> None:
        self.shown.append((what, done, total))


@pytest.fixture
def samples(tmp_path: Path) -> str:
    return samples_table(tmp_path, samples_of(trajectories(20))[0], [])


def test_a_student_is_published_with_how_it_was_made(samples: str, tmp_path: Path) -> None:
    progress = Shown()
    parameters = Parameters(
        samples=samples, student=str(tmp_path / "student"), steps=3, batch=4, vocabulary=400, world_size=2
    )
    report = run(parameters, progress)
    assert progress.shown == [("training steps", step, 3) for step in (0, 1, 2, 3)]
    assert (report.figures["steps"], report.figures["samples"], report.figures["world_size"]) == (3, 16, 2)
    assert report.figures["last_loss"] < report.figures["first_loss"]

    table = Table.open(str(tmp_path / "student"))
    (row,) = table.records(Checkpoint, "checkpoints")
    assert (row.kind, row.base, row.folder, row.teacher_kind) == ("student", "scratch", "model", "rehearsal")
    assert orjson.loads(row.settings)["zero_stage"] == 2
    assert [step for step, _ in orjson.loads(row.metrics)["curve"]] == [1, 2, 3]
    table.fetch("model", tmp_path / "fetched")
    assert len(open_tokenizer(tmp_path / "fetched")) == orjson.loads(row.metrics)["vocabulary"]
    assert (tmp_path / "fetched" / "model.safetensors").exists()
    assert list((state_folder() / "training").iterdir()) == []

    again = run(parameters, progress)
    assert len(progress.shown) == 4, "a finished student is not trained again"
    assert again.figures == report.figures


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch": 5, "world_size": 2}, "multiple of"),
        ({"base": "no/such/model"}, "no folder and no address"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_anything_is_written(
    samples: str, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        plan(Parameters(samples=samples, student=str(tmp_path / "student"), **changes))  # type: ignore[arg-type]
    assert not (tmp_path / "student").exists()


def test_samples_that_are_none_are_refused(tmp_path: Path) -> None:
    catalog = table(tmp_path / "catalog", "crawl", {})
    held_out = [each for each in samples_of(trajectories(5))[0] if each.split == "test"]
    untrainable = table(tmp_path / "held_out", "assemble", {"samples": (TrainingSample, held_out)})
    for place, error, said in (
        (catalog, ConfigurationError, "not training samples"),
        (untrainable, ConfigurationError, "no training sample"),
        (str(tmp_path / "nowhere"), AddressError, "holds no table"),
    ):
        with pytest.raises(error, match=said):
            run(Parameters(samples=place, student=str(tmp_path / "student")), Silent())


def test_two_processes_do_not_train_in_one_workplace(samples: str) -> None:
    with (
        workplace("one") as folder,
        pytest.raises(TransientError, match="another process"),
        workplace("one"),
    ):
        pass
    assert not folder.exists()


def test_a_lock_that_is_removed_before_we_take_it_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process that had the workplace ends between our opening the lock and our taking it."""
    take, removed = fcntl.flock, list[str]()

    def beaten(lock: TextIO, how: int) -> None:
        if not removed:
            removed.append(lock.name)
            Path(lock.name).unlink()
        take(lock, how)

    monkeypatch.setattr(fcntl, "flock", beaten)
    with (
        workplace("one") as folder,
        pytest.raises(TransientError, match="another process"),
        workplace("one"),
    ):
        pass
    assert removed and not folder.exists()


def test_a_workplace_outlives_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyError), workplace("kept") as folder:
        (folder / "checkpoint").touch()
        raise KeyError
    with workplace("kept") as folder:
        assert (folder / "checkpoint").exists()


def test_training_whose_first_minute_is_above_its_budget_is_not_begun(
    samples: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3")
    parameters = Parameters(samples=samples, student=str(tmp_path / "s"), run_id="r", budget_usd=0.01)
    with pytest.raises(BudgetExceeded, match=r"run:r/finetune: .* raise --budget-usd and run again"):
        run(parameters, Silent())
