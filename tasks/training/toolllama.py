"""Training samples in ToolLLaMA's layout: one example a turn, as its published checkpoints were trained.

The text is made by `tasks.search.toolllama`, which makes the prompts of a search by `--form toolllama` too:
an example's prompt is, byte for byte, what the student is asked with at that turn. Published training cuts
what is too long on the right, and loses the very turn that was to be learned; here such an example is left
out and counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from transformers import PreTrainedTokenizerFast

from tasks.search.messages import one_call_each
from tasks.search.toolllama import layout
from tasks.training.tokenizer import NO_LABEL, Conversation, Encoded


@dataclass(frozen=True, slots=True)
class Example:
    """One turn to be learned."""

    prompt: str
    """All that is read before it."""
    target: str
    """What is said; the end of the sentence is the tokenizer's."""


def examples_of(talk: Conversation) -> list[Example]:
    """An example for every assistant turn that is learned, in their order; each call is a turn of its own."""
    functions = [tool["function"] for tool in talk.tools]
    messages = one_call_each(talk.messages)
    parts = layout(messages, functions)
    read = accumulate((part.text for part in parts), initial="")
    turns = [message for message in messages if message["role"] == "assistant"]
    spoken = ((before, part.text) for before, part in zip(read, parts, strict=False) if part.spoken)
    return [
        Example(before, text)
        for (before, text), turn in zip(spoken, turns, strict=True)
        if turn.get("weight") != 0
    ]


def texts_of(talks: Iterable[Conversation]) -> Iterator[str]:
    """Whole conversations, for a vocabulary to be learned from."""
    for talk in talks:
        functions = [tool["function"] for tool in talk.tools]
        yield "".join(part.text for part in layout(talk.messages, functions))


def encode_example(tokenizer: PreTrainedTokenizerFast, example: Example, max_length: int) -> Encoded | None:
    """Token ids of prompt, target and end of sentence, loss on the last two; None where they do not fit.

    Text and target are split into tokens as one text, so that no token is learned that generation could not
    produce; what the tokenizer puts before any text (`<s>`) is there, as servers of plain prompts put it.
    """
    text = f"{example.prompt}{example.target}{tokenizer.eos_token}"
    found: Any = tokenizer(text, return_offsets_mapping=True)
    ids: list[int] = found["input_ids"]
    if len(ids) > max_length:
        return None
    learned = [end > start >= len(example.prompt) for start, end in found["offset_mapping"]]
    labels = [token if said else NO_LABEL for token, said in zip(ids, learned, strict=True)]
    return Encoded(ids, labels, 0)
