"""Sample a student's next turn, one request at a time.

Every request has a generator of its own, seeded by the request, so equal requests get equal replies to the
bit whatever the server did before. On a CPU, answering several at once was measured slower (padding,
finished rows).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import DynamicCache

from tasks.training.students import open_model
from tasks.training.template import PAD, START_OF_TEXT, TURN_START
from tasks.training.tokenizer import Conversation, open_tokenizer, render


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request, ready to be continued."""

    input_ids: list[int]
    max_tokens: int
    temperature: float
    """0 takes the likeliest token."""
    top_p: float
    seed: int
    stop: tuple[str, ...] = ()
    """Strings that end the reply and are no part of it."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """What the student said."""

    text: str
    """Special tokens in their spelling, without the closing one."""
    tokens: int
    """Generated, the closing one included."""
    finished: bool
    """False where `max_tokens` ended it."""


class Student:
    """A trained model and its tokenizer, ready to answer."""

    def __init__(self, folder: Path):
        self.tokenizer = open_tokenizer(folder)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        model: Any = open_model(folder)
        self.model = model.to(self.device, torch.bfloat16 if self.device == "cuda" else torch.float32).eval()
        self.context = int(self.model.config.max_position_embeddings)
        self._end = int(self.tokenizer.eos_token_id)
        words = self.tokenizer.get_vocab()
        never = {words.get(token, self._end) for token in (PAD, START_OF_TEXT, TURN_START)}
        self._never = sorted(never - {self._end})

    def tokens_of(self, talk: Conversation) -> list[int]:
        """The conversation opened for the assistant's turn, as token ids."""
        ids: list[int] = self.tokenizer(
            render(self.tokenizer, talk, generate=True), add_special_tokens=False
        )["input_ids"]
        return ids

    def tokens_of_text(self, text: str) -> list[int]:
        """Plain text as token ids, with what the tokenizer puts before any text."""
        ids: list[int] = self.tokenizer(text)["input_ids"]
        return ids

    @torch.inference_mode()
    def continued(self, prompt: Prompt) -> Continuation:
        """The next turn of a prompt."""
        generator = torch.Generator().manual_seed(prompt.seed)
        cache = DynamicCache(config=self.model.config)
        ids = torch.tensor([prompt.input_ids], device=self.device)
        spoken: list[int] = []
        stopped: str | None = None
        while len(spoken) < prompt.max_tokens and self._end not in spoken[-1:] and stopped is None:
            logits = self.model(
                input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1
            ).logits[0, -1]
            logits[self._never] = float("-inf")
            spoken.append(_draw(logits.float().cpu(), prompt, generator))
            ids = torch.tensor([spoken[-1:]], device=self.device)
            stopped = self._stopped(spoken, prompt.stop)
        if stopped is not None:
            return Continuation(stopped, len(spoken), True)
        finished = spoken[-1] == self._end
        text = self.tokenizer.decode(spoken[:-1] if finished else spoken, skip_special_tokens=False)
        return Continuation(str(text), len(spoken), finished)

    def _stopped(self, spoken: list[int], stop: tuple[str, ...]) -> str | None:
        """What was said before the first of the strings that end it; None where none has come."""
        if not stop:
            return None
        text = str(self.tokenizer.decode(spoken, skip_special_tokens=False))
        ends = [at for each in stop if (at := text.find(each)) >= 0]
        return text[: min(ends)] if ends else None


def _draw(logits: torch.Tensor, prompt: Prompt, generator: torch.Generator) -> int:
    if prompt.temperature <= 0:
        return int(logits.argmax())
    chances = torch.softmax(logits / prompt.temperature, dim=0)
    if prompt.top_p < 1:
        ordered, tokens = chances.sort(descending=True)
        ordered[ordered.cumsum(0) - ordered > prompt.top_p] = 0
        chances = torch.zeros_like(chances).scatter(0, tokens, ordered)
    return int(torch.multinomial(chances, 1, generator=generator))
