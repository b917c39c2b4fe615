"""One rank's part of a fine-tuning run: a model under DeepSpeed, from its first step to its saved weights.

Importing this module imports torch and DeepSpeed; only ranks do.
"""

import json
import math
import shutil
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import deepspeed
import torch

from tasks.errors import ConfigurationError
from tasks.training import batches
from tasks.training.corpus import Prepared
from tasks.training.objective import LearnedTokens
from tasks.training.settings import CHECKPOINTS, LOG_FILE, MODEL_FOLDER, PREPARED, SUMMARY_FILE, SftSettings
from tasks.training.students import from_scratch, open_model
from tasks.training.tokenizer import open_tokenizer

TEST_SAMPLES = 32
"""Held-out samples behind the loss of the summary."""
CURVE_POINTS = 200
"""Most losses that the summary keeps; all of them stand in the log."""


class Trainer:
    """A model under DeepSpeed between its first step and its saved weights."""

    def __init__(self, settings: SftSettings, rank: int, world: int, micro: int, device: str):
        self.settings, self.rank, self.world, self.micro, self.device = settings, rank, world, micro, device
        folder = settings.output / PREPARED
        self.words = open_tokenizer(folder / "tokenizer")
        self.train, self.test = Prepared.open(folder / "train.npz"), Prepared.open(folder / "test.npz")
        self.lengths = self.train.lengths
        self.steps = batches.step_count(len(self.train), settings.batch, settings.steps, settings.epochs)
        torch.manual_seed(settings.seed)
        self.model = (
            open_model(Path(settings.base), len(self.words))
            if settings.base
            else from_scratch(settings.model_size, self.words)
        )
        self.parameters = sum(each.numel() for each in self.model.parameters())
        for configuration in (self.model.config, self.model.generation_config):
            configuration.eos_token_id = self.words.eos_token_id
            configuration.pad_token_id = self.words.pad_token_id
        self.model.config.use_cache = False
        if settings.gradient_checkpointing:
            self.model.gradient_checkpointing_enable({"use_reentrant": False})  # type: ignore[no-untyped-call]
        self.engine = self._engine()
        self.step, self.losses = self._resume()
        self.resumed_from = self.step
        self._plan = batches.steps(self.lengths, settings.batch, settings.seed, self.steps)
        for _ in range(self.step):
            next(self._plan)
        self._log = (settings.output / LOG_FILE).open("a", buffering=1) if rank == 0 else None
        self._started = time.monotonic()
        self._tokens = 0

    def facts(self) -> dict[str, Any]:
        """What a reader wants to know before the first step."""
        return {
            "parameters": self.parameters,
            "vocabulary": len(self.words),
            "samples": len(self.train),
            "test_samples": len(self.test),
            "cut": self.train.cut,
            "dropped": self.train.dropped,
            "mean_tokens": round(sum(self.lengths) / max(1, len(self.lengths)), 1),
            "steps": self.steps,
            "step": self.step,
            "world_size": self.world,
            "device": self.device.partition(":")[0],
            "zero_stage": self.settings.zero_stage,
        }

    def advance(self) -> dict[str, Any]:
        """One optimizer step over one batch."""
        chosen = next(self._plan)
        learned = self.train.learned(chosen)
        rate = self.engine.get_lr()[0]
        total = torch.zeros((), device=self.device)
        for part in batches.share(chosen, self.lengths, self.rank, self.world, self.micro):
            loss = self._loss(part, self.train, learned)
            # DeepSpeed averages gradients over ranks; the loss above is a share of the whole batch's mean.
            self.engine.backward(loss * self.world, scale_wrt_gas=False)
            self.engine.step()
            total += loss.detach().float()
        torch.distributed.all_reduce(total)
        self.step += 1
        self.losses.append(round(total.item(), 5))
        self._tokens += sum(self.lengths[at] for at in chosen)
        told = {
            "step": self.step,
            "steps": self.steps,
            "loss": self.losses[-1],
            "learning_rate": rate,
            "tokens_per_s": round(self._tokens / (time.monotonic() - self._started), 1),
        }
        if self._log:
            print(json.dumps(told), file=self._log)
        return told

    def save_checkpoint(self) -> None:
        """Write the newest checkpoint, then forget the one before it."""
        folder = self.settings.output / CHECKPOINTS
        tag = f"step-{self.step:07d}"
        self.engine.save_checkpoint(
            str(folder), tag=tag, client_state={"step": self.step, "losses": self.losses}
        )
        torch.distributed.barrier()
        if self.rank == 0:
            for old in folder.glob("step-*"):
                if old.name != tag:
                    shutil.rmtree(old)

    def finish(self) -> dict[str, Any]:
        """Measure the held-out loss, save the model and the summary, drop the checkpoints."""
        train_s = time.monotonic() - self._started
        summary = {
            **self.facts(),
            "first_loss": self.losses[0],
            "last_loss": self.losses[-1],
            "mean_of_last_losses": round(sum(self.losses[-5:]) / len(self.losses[-5:]), 5),
            "test_loss": self._test_loss(),
            "curve": curve(self.losses),
            "resumed_from": self.resumed_from,
            "train_s": round(train_s, 2),
            "tokens_per_s": round(self._tokens / train_s, 1),
            "folder": MODEL_FOLDER,
        }
        self._save_model()
        torch.distributed.barrier()
        if self.rank == 0:
            shutil.rmtree(self.settings.output / CHECKPOINTS, ignore_errors=True)
            (self.settings.output / SUMMARY_FILE).write_text(json.dumps(summary, indent=2))
        return summary

    def _engine(self) -> Any:
        rates = torch.optim.AdamW(
            self.model.parameters(), lr=self.settings.learning_rate, weight_decay=self.settings.weight_decay
        )
        schedule = torch.optim.lr_scheduler.LambdaLR(
            rates, lambda step: learning_share(step, self.steps, self.settings.warmup_share)
        )
        configuration = json.loads(
            (files("infra") / f"deepspeed/zero{self.settings.zero_stage}.json").read_text()
        )
        configuration["train_micro_batch_size_per_gpu"] = self.micro
        configuration["gradient_accumulation_steps"] = self.settings.batch // (self.world * self.micro)
        engine, *_ = deepspeed.initialize(
            model=LearnedTokens(self.model),
            model_parameters=list(self.model.parameters()),
            optimizer=rates,
            lr_scheduler=schedule,
            config=configuration,
        )
        return engine

    def _resume(self) -> tuple[int, list[float]]:
        """Load the newest checkpoint, if any: the step it was written after, the losses up to it."""
        folder = self.settings.output / CHECKPOINTS
        if not (folder / "latest").exists():
            return 0, []
        path, state = self.engine.load_checkpoint(str(folder))
        if path is None:
            raise ConfigurationError(
                f"the checkpoint in {folder} cannot be read; remove the folder to start over"
            )
        return int(state["step"]), list(state["losses"])

    def _loss(self, chosen: list[int], source: Any, learned: int) -> Any:
        """Sum of the cross-entropy of some samples' learned tokens, divided by `learned`."""
        ids, labels = source.padded(chosen, self.words.pad_token_id)
        return self.engine(
            torch.from_numpy(ids).to(self.device), torch.from_numpy(labels).to(self.device), learned
        )

    def _test_loss(self) -> float | None:
        """Mean loss over learned tokens of the first held-out samples; every rank computes all of it."""
        chosen = list(range(min(TEST_SAMPLES, len(self.test))))
        if not chosen:
            return None
        learned = self.test.learned(chosen)
        self.engine.eval()
        with torch.no_grad():
            parts = [chosen[at : at + self.micro] for at in range(0, len(chosen), self.micro)]
            total = sum(float(self._loss(part, self.test, learned)) for part in parts)
        return round(total, 5)

    def _save_model(self) -> None:
        """Weights gathered over ranks, as safetensors with configuration and tokenizer."""
        partial = self.settings.output / f"{MODEL_FOLDER}.partial"
        self.engine.save_16bit_model(str(partial), "gathered.bin")
        if self.rank:
            return
        gathered = partial / "gathered.bin"
        found = torch.load(gathered, map_location="cpu", weights_only=True, mmap=True)
        weights = {name.removeprefix("student."): value for name, value in found.items()}
        self.model.config.use_cache = True
        self.model.save_pretrained(str(partial), state_dict=weights)
        self.words.save_pretrained(str(partial))
        gathered.unlink()
        shutil.rmtree(self.settings.output / MODEL_FOLDER, ignore_errors=True)
        partial.rename(self.settings.output / MODEL_FOLDER)


def curve(losses: list[float]) -> list[list[float]]:
    """Step and loss of at most `CURVE_POINTS` steps, evenly spread, the last one included."""
    stride = -(-len(losses) // CURVE_POINTS)
    return [[len(losses) - back, losses[-1 - back]] for back in range(0, len(losses), max(1, stride))][::-1]


def learning_share(step: int, steps: int, warmup_share: float) -> float:
    """Share of the peak learning rate: a linear warm-up that starts above zero, then half a cosine."""
    warmup = max(1, round(steps * warmup_share))
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1.0 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))
