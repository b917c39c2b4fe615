"""What decides a fine-tuning run: a value, a command line, and a file beside its checkpoints."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from tasks.errors import ConfigurationError

SIZES = ("tiny", "small", "medium")
LAYOUTS = ("chat", "toolllama")
SETTINGS_FILE, SUMMARY_FILE, LOG_FILE, STDERR_FILE = (
    "settings.json",
    "summary.json",
    "log.jsonl",
    "stderr.log",
)
MODEL_FOLDER, CHECKPOINTS, PREPARED = "model", "checkpoints", "prepared"
"""What lies in a run's output folder."""


@dataclass(frozen=True, slots=True)
class SftSettings:
    """Settings of one supervised fine-tuning run."""

    samples: Path
    """Folder with Parquet files of `TrainingSample`, or one such file."""
    output: Path
    """Folder for model, checkpoints, log and summary; an unfinished run in it is continued."""
    zero_stage: int = 2
    """DeepSpeed's ZeRO stage, 2 or 3; configuration in `infra/deepspeed/zero<stage>.json`."""
    base: str = ""
    """Folder of a model to start from; empty starts from scratch."""
    model_size: str = "tiny"
    """Shape of a model from scratch: tiny (1.3 M parameters), small (3.4 M), medium (28 M)."""
    vocabulary: int = 4096
    """Tokens of a tokenizer from scratch, at most."""
    layout: str = "chat"
    """How conversations are written: `chat` by a chat template, one example a sample; `toolllama` in
    ToolBench's prompt layout, one example a turn."""
    steps: int = 0
    """Optimizer steps; 0 counts epochs instead."""
    epochs: float = 2.0
    learning_rate: float = 3e-3
    """Peak; warm-up over the first share, then a cosine to zero."""
    warmup_share: float = 0.04
    weight_decay: float = 0.0
    batch: int = 8
    """Samples of one optimizer step, over all ranks."""
    micro_batch: int = 0
    """Samples of one rank in one forward pass; 0 divides the batch by the ranks."""
    max_length: int = 2048
    """Tokens of a sample; longer ones are cut after an assistant turn."""
    save_every: int = 50
    """Steps between checkpoints; 0 writes none."""
    gradient_checkpointing: bool = False
    seed: int = 7

    def decides(self) -> dict[str, Any]:
        """What must be equal for a checkpoint to be continued: all but places and how often to save."""
        kept = asdict(self)
        for name in ("samples", "output", "save_every"):
            del kept[name]
        return kept

    def arguments(self) -> list[str]:
        """The command line that gives these settings."""
        made: list[str] = []
        for each in fields(self):
            value = getattr(self, each.name)
            flag = "--" + each.name.replace("_", "-")
            if isinstance(value, bool):
                made += [flag] if value else []
            else:
                made += [flag, str(value)]
        return made


def parse(arguments: Sequence[str]) -> tuple[SftSettings, bool]:
    """Settings of a command line, and whether the run ends when its standard input does.

    Raises:
        ConfigurationError: a value that no run can have.
    """
    parser = argparse.ArgumentParser(prog="python -m tasks.training.sft", description=__doc__)
    for each in fields(SftSettings):
        flag = "--" + each.name.replace("_", "-")
        if each.name in ("samples", "output"):
            parser.add_argument(flag, type=Path, required=True)
        elif each.name == "gradient_checkpointing":
            parser.add_argument(flag, action="store_true")
        else:
            parser.add_argument(flag, type=type(each.default), default=each.default)
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does: whoever started the ranks is gone then",
    )
    given = vars(parser.parse_args(arguments))
    until_stdin_closes = bool(given.pop("until_stdin_closes"))
    settings = SftSettings(**given)
    check(settings)
    return settings, until_stdin_closes


def check(settings: SftSettings) -> None:
    """Refuse values that no run can have.

    Raises:
        ConfigurationError: names the value and what is allowed.
    """
    if settings.zero_stage not in (2, 3):
        raise ConfigurationError(f"ZeRO stage {settings.zero_stage} is not offered; use 2 or 3")
    if not settings.base and settings.model_size not in SIZES:
        raise ConfigurationError(f"model size '{settings.model_size}' is unknown; use {', '.join(SIZES)}")
    if settings.layout not in LAYOUTS:
        raise ConfigurationError(f"layout '{settings.layout}' is unknown; use {', '.join(LAYOUTS)}")
    positive = ("learning_rate", "batch", "max_length", "vocabulary")
    for name in (*positive, "steps", "epochs", "micro_batch", "save_every", "weight_decay", "warmup_share"):
        value = getattr(settings, name)
        if value < 0 or (name in positive and value == 0):
            raise ConfigurationError(
                f"{name} is {value}; it must be {'above 0' if name in positive else '0 or more'}"
            )
    if not settings.steps and not settings.epochs:
        raise ConfigurationError("steps and epochs are both 0; give one of them")


def begun(settings: SftSettings, samples_digest: str, world: int) -> bool:
    """Whether this very run has begun in the output folder.

    Raises:
        ConfigurationError: another run has: other settings, samples or ranks.
    """
    file = settings.output / SETTINGS_FILE
    if not file.exists():
        return False
    found, wanted = orjson.loads(file.read_bytes()), _identity(settings, samples_digest, world)
    different = [name for name in wanted if found.get(name) != wanted[name]]
    if different:
        raise ConfigurationError(
            f"{settings.output} holds a run with other settings (not the same {', '.join(different)}); "
            "use another output folder, or the old settings to continue it"
        )
    return True


def begin(settings: SftSettings, samples_digest: str, world: int) -> None:
    """Mark the output folder as this run's."""
    wanted = _identity(settings, samples_digest, world)
    (settings.output / SETTINGS_FILE).write_bytes(orjson.dumps(wanted, option=orjson.OPT_INDENT_2))


def _identity(settings: SftSettings, samples_digest: str, world: int) -> dict[str, Any]:
    return {**settings.decides(), "samples_digest": samples_digest, "world_size": world}
