"""Supervised fine-tuning with DeepSpeed ZeRO under torchrun.

    torchrun --standalone --nproc_per_node 2 -m tasks.training.sft --samples FOLDER --output FOLDER --steps 60

Rank 0 prints one JSON object a line: `ready`, a `step` each, `done`, or `refused` with the reason; the
steps also stand in OUTPUT/log.jsonl. OUTPUT/model is what transformers loads, OUTPUT/summary.json is
written last. A run that was ended continues from its newest checkpoint when it is started again with the
same settings.

Loss is the mean over all learned tokens of a step's batch, whichever rank holds them: micro-batches and
ranks with few learned tokens weigh no more than others.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from tasks.errors import ConfigurationError, FactoryError
from tasks.training import batches
from tasks.training.lifeline import end_when_stdin_closes
from tasks.training.settings import PREPARED, SUMMARY_FILE, SftSettings, begin, begun, parse


class Reporter:
    """Rank 0's voice: JSON lines on standard output. Other ranks, and all libraries, go to stderr."""

    def __init__(self, rank: int):
        self._rank = rank
        self._lines: TextIO = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)

    def say(self, event: str, **values: Any) -> None:
        """Print one event."""
        if self._rank == 0:
            print(json.dumps({"event": event, **values}), file=self._lines)


def main(arguments: list[str]) -> int:
    """Run one rank; 0 when the model is saved, 2 when the run was refused."""
    reporter = Reporter(int(os.environ.get("RANK", "0")))
    try:
        settings, until_stdin_closes = parse(arguments)
        if until_stdin_closes:
            end_when_stdin_closes()
        _train(settings, reporter)
    except FactoryError as error:
        reporter.say("refused", reason=str(error))
        return 2
    return 0


def _train(settings: SftSettings, reporter: Reporter) -> None:
    import torch

    from tasks.training.trainer import Trainer

    device = _device()
    rank, world = _join(device)
    micro = batches.micro_batch(settings.batch, world, settings.micro_batch)
    if rank == 0:
        _prepare(settings, world)
    torch.distributed.barrier()
    finished = settings.output / SUMMARY_FILE
    if finished.exists():
        reporter.say("done", **json.loads(finished.read_text()))
        return
    run = Trainer(settings, rank, world, micro, device)
    reporter.say("ready", **run.facts())
    while run.step < run.steps:
        reporter.say("step", **run.advance())
        if settings.save_every and run.step % settings.save_every == 0 and run.step < run.steps:
            run.save_checkpoint()
    reporter.say("done", **run.finish())
    torch.distributed.destroy_process_group()


def _device() -> str:
    import torch

    if os.environ.get("DS_ACCELERATOR") == "cpu" or not torch.cuda.is_available():
        os.environ["DS_ACCELERATOR"] = "cpu"
        return "cpu"
    local, gpus = int(os.environ.get("LOCAL_RANK", "0")), torch.cuda.device_count()
    if int(os.environ.get("LOCAL_WORLD_SIZE", "1")) > gpus:
        raise ConfigurationError(
            f"this machine has {gpus} GPU; start as many ranks, or set DS_ACCELERATOR=cpu"
        )
    torch.cuda.set_device(local)
    return f"cuda:{local}"


def _join(device: str) -> tuple[int, int]:
    """Join the other ranks: NCCL between GPUs, gloo between CPUs."""
    import deepspeed
    from deepspeed.ops import __compatible_ops__

    # Its shared-memory collectives are compiled at start and kill the run where there is no compiler.
    __compatible_ops__["deepspeed_shm_comm"] = False
    deepspeed.init_distributed(dist_backend="gloo" if device == "cpu" else "nccl", verbose=False)
    return deepspeed.comm.get_rank(), deepspeed.comm.get_world_size()


def _prepare(settings: SftSettings, world: int) -> None:
    """Tokenizer and encoded samples into OUTPUT/prepared, unless a run before this one did it."""
    from tasks.training import corpus, tokenizer, writings

    paths = corpus.sample_files(settings.samples)
    samples_digest = corpus.digest_of(paths)
    if begun(settings, samples_digest, world):
        return
    conversations = corpus.read_conversations(paths)
    writing = writings.writing_of(settings.layout)
    if settings.base:
        words = tokenizer.open_tokenizer(Path(settings.base))
        writing.adopt(words)
    else:
        words = writing.learn(conversations["train"], settings.vocabulary)
    folder = settings.output / PREPARED
    words.save_pretrained(str(folder / "tokenizer"))
    for split in ("train", "test"):
        encoded = writing.encode(words, conversations[split], settings.max_length)
        if split == "train" and not any(encoded):
            raise ConfigurationError(
                f"none of {len(encoded)} training samples fits into {settings.max_length} tokens; "
                "annotate more instructions or raise max_length"
            )
        corpus.prepared(encoded).save(folder / f"{split}.npz")
    begin(settings, samples_digest, world)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
