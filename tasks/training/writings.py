"""How a student reads and writes conversations: vocabulary, base tokenizer and examples of each layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from transformers import PreTrainedTokenizerFast

from tasks.training import tokenizer, toolllama
from tasks.training.template import END_OF_TEXT, PAD, START_OF_TEXT
from tasks.training.tokenizer import Conversation, Encoded


class Writing(Protocol):
    """A layout of conversations."""

    def learn(self, talks: Sequence[Conversation], vocabulary: int) -> PreTrainedTokenizerFast:
        """A tokenizer from scratch, of at most `vocabulary` tokens."""

    def adopt(self, words: PreTrainedTokenizerFast) -> None:
        """Make a base model's tokenizer fit; tokens may be added to it."""

    def encode(
        self, words: PreTrainedTokenizerFast, talks: Sequence[Conversation], max_length: int
    ) -> list[Encoded | None]:
        """Examples of conversations, in their order; None for one of which nothing to learn fits."""


@dataclass(frozen=True, slots=True)
class Chat:
    """By a chat template; one example a conversation, loss on every turn."""

    def learn(self, talks: Sequence[Conversation], vocabulary: int) -> PreTrainedTokenizerFast:
        """See `Writing`."""
        return tokenizer.train_tokenizer(talks, vocabulary)

    def adopt(self, words: PreTrainedTokenizerFast) -> None:
        """See `Writing`."""
        tokenizer.adopt_template(words)

    def encode(
        self, words: PreTrainedTokenizerFast, talks: Sequence[Conversation], max_length: int
    ) -> list[Encoded | None]:
        """See `Writing`."""
        return tokenizer.encode_all(words, talks, max_length)


@dataclass(frozen=True, slots=True)
class ToolLlama:
    """In ToolBench's prompt layout; one example a turn, loss on that turn."""

    def learn(self, talks: Sequence[Conversation], vocabulary: int) -> PreTrainedTokenizerFast:
        """See `Writing`."""
        special = (PAD, START_OF_TEXT, END_OF_TEXT)
        return tokenizer.learn_words(toolllama.texts_of(talks), vocabulary, special, END_OF_TEXT)

    def adopt(self, words: PreTrainedTokenizerFast) -> None:
        """See `Writing`."""
        if words.pad_token is None:
            words.pad_token = words.unk_token or words.eos_token

    def encode(
        self, words: PreTrainedTokenizerFast, talks: Sequence[Conversation], max_length: int
    ) -> list[Encoded | None]:
        """See `Writing`."""
        return [
            toolllama.encode_example(words, example, max_length)
            for talk in talks
            for example in toolllama.examples_of(talk)
        ]


def writing_of(layout: str) -> Writing:
    """The writing of a layout of `settings.LAYOUTS`."""
    return ToolLlama() if layout == "toolllama" else Chat()
