from dataclasses import replace
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.training.settings import SftSettings, begin, begun, check, parse


def chosen(tmp_path: Path) -> SftSettings:
    return SftSettings(samples=tmp_path / "samples", output=tmp_path / "run")


def test_settings_survive_the_command_line(tmp_path: Path) -> None:
    settings = replace(
        chosen(tmp_path), zero_stage=3, steps=12, learning_rate=1e-4, gradient_checkpointing=True, base="b"
    )
    assert parse(settings.arguments()) == (settings, False)
    assert parse([*settings.arguments(), "--until-stdin-closes"]) == (settings, True)


@pytest.mark.parametrize(
    "change",
    [
        {"zero_stage": 1},
        {"model_size": "huge"},
        {"layout": "alpaca"},
        {"learning_rate": 0.0},
        {"batch": 0},
        {"steps": -1},
        {"steps": 0, "epochs": 0.0},
    ],
)
def test_values_no_run_can_have_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        check(replace(chosen(tmp_path), **change))  # type: ignore[arg-type]


def test_a_begun_run_is_continued_only_with_its_own_settings(tmp_path: Path) -> None:
    settings = chosen(tmp_path)
    settings.output.mkdir()
    assert not begun(settings, "digest", world=2)
    begin(settings, "digest", world=2)
    assert begun(settings, "digest", world=2)
    assert begun(replace(settings, save_every=5, samples=tmp_path / "moved"), "digest", world=2)
    with pytest.raises(ConfigurationError, match="not the same seed, world_size"):
        begun(replace(settings, seed=8), "digest", world=4)
    with pytest.raises(ConfigurationError, match="samples_digest"):
        begun(settings, "other", world=2)
