"""Fine-tune a sentence encoder so that an instruction lies near the APIs it needs.

As ToolBench's retriever: a bi-encoder with mean pooling, softmax over scaled cosines of the batch
(MultipleNegativesRankingLoss, scale 20). Unlike it, a query's other positives never count as its negatives
(`batches.py`), and the held-out queries choose nothing.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.errors import ConfigurationError
from tasks.retrieval.batches import PairSet, Positive, epoch, false_negatives
from tasks.retrieval.encoder import MINILM, autocast, open_encoder, weights_folder

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

SCALE = 20.0
"""Multiplies the cosine before the softmax; sentence-transformers' default, which ToolBench uses."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What decides a trained retriever, besides its pairs."""

    base: str = MINILM
    """`minilm`, or a folder in sentence-transformers' format."""
    epochs: int = 2
    max_pairs: int = 0
    """Positives seen in all, for a bounded run; 0 sees all of them `epochs` times."""
    batch: int = 32
    learning_rate: float = 5e-5
    warmup_share: float = 0.1
    max_length: int = 160
    """Word pieces a text is cut to."""
    seed: int = 7


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One optimizer step, as told to `progress`."""

    step: int
    steps: int
    loss: float
    learning_rate: float
    pairs_per_s: float


@dataclass(frozen=True, slots=True)
class Trained:
    """The outcome of a training run."""

    folder: Path
    """Encoder in sentence-transformers' format."""
    encoder: "SentenceTransformer"
    """The same, ready to encode."""
    losses: tuple[float, ...]
    parameters: int
    pairs_seen: int
    wall_s: float


def train(
    pairs: PairSet,
    output: Path,
    settings: TrainingSettings,
    progress: Callable[[TrainingStep], None] = lambda step: None,
) -> Trained:
    """Train on the `train` positives and save the encoder to `output`.

    Raises:
        ConfigurationError: fewer than two queries to train on: in-batch negatives need two.
    """
    plan = planned(pairs.positives["train"], settings)
    if not plan:
        raise ConfigurationError(
            "the retriever needs at least two training queries; write more instructions first"
        )
    import torch

    torch.manual_seed(settings.seed)
    encoder = open_encoder(weights_folder(settings.base), settings.max_length)
    optimizer = torch.optim.AdamW(encoder.parameters(), lr=settings.learning_rate, weight_decay=0.01)
    started = time.monotonic()
    losses: list[float] = []
    seen = 0
    encoder.train()
    for number, batch in enumerate(plan):
        rate = settings.learning_rate * _ramp(number, len(plan), settings.warmup_share)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = _loss(encoder, batch, pairs)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        seen += len(batch)
        losses.append(float(loss.detach()))
        progress(TrainingStep(number + 1, len(plan), losses[-1], rate, seen / (time.monotonic() - started)))
    encoder.eval()
    encoder.save(str(output), create_model_card=False)
    size = sum(parameter.numel() for parameter in encoder.parameters())
    return Trained(output, encoder, tuple(losses), size, seen, time.monotonic() - started)


def settings_json(settings: TrainingSettings) -> dict[str, Any]:
    """The settings as plain JSON values."""
    return asdict(settings)


def planned(positives: Sequence[Positive], settings: TrainingSettings) -> list[list[Positive]]:
    """The batches of a run: `epochs` passes, or as many whole batches as hold `max_pairs`."""
    batches = [
        batch
        for number in range(settings.epochs)
        for batch in epoch(positives, settings.batch, settings.seed, number)
    ]
    if not settings.max_pairs:
        return batches
    return batches[: -(-settings.max_pairs // settings.batch)]


def _ramp(number: int, steps: int, warmup_share: float) -> float:
    """Share of the learning rate at a step: a linear rise, then a linear fall that never reaches zero."""
    warmup = max(1, round(steps * warmup_share))
    return min((number + 1) / warmup, (steps - number) / max(1, steps - warmup + 1))


def _loss(encoder: "SentenceTransformer", batch: list[Positive], pairs: PairSet) -> "torch.Tensor":
    import torch
    from torch.nn import functional

    device = encoder.device
    with autocast(device.type):
        queries = _embed(encoder, [positive.query for positive in batch])
        documents = _embed(encoder, [pairs.documents[positive.api_id] for positive in batch])
    scores = SCALE * functional.normalize(queries.float()) @ functional.normalize(documents.float()).T
    mask = torch.tensor(false_negatives(batch, pairs.relevant), device=device)
    return functional.cross_entropy(
        scores.masked_fill(mask, float("-inf")), torch.arange(len(batch), device=device)
    )


def _embed(encoder: "SentenceTransformer", texts: list[str]) -> "torch.Tensor":
    """Sentence vectors with gradients, shape (n_texts, width)."""
    inputs = {
        name: value.to(encoder.device) if hasattr(value, "to") else value
        for name, value in encoder.preprocess(texts).items()
    }
    vectors: torch.Tensor = encoder(inputs)["sentence_embedding"]
    return vectors
