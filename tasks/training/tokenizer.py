"""A tokenizer of the student's own, and conversations as token ids with labels.

Byte-level BPE from scratch: any byte of any API's answer can be written and read back. Digits stand alone,
so that ids, dates and amounts are copied digit by digit instead of guessed as words.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from tasks.errors import AddressError
from tasks.training.template import (
    CHAT_TEMPLATE,
    GENERATION_MARK,
    PAD,
    SPECIAL_TOKENS,
    START_OF_TEXT,
    TURN_END,
)

CORPUS_CHARS = 20_000_000
"""Text the vocabulary is learnt from; more adds minutes and no words."""
NO_LABEL = -100
"""Label that cross-entropy leaves out."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A training sample's chat messages and tool schemas, parsed."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of a conversation and their labels, of equal length."""

    input_ids: list[int]
    labels: list[int]
    """The token's own id on assistant turns, -100 elsewhere."""
    turns_cut: int
    """Messages left out at the end to keep the length limit."""


def conversation(messages: str, tools: str) -> Conversation:
    """Parse the JSON columns of a training sample."""
    return Conversation(json.loads(messages), json.loads(tools))


def train_tokenizer(conversations: Iterable[Conversation], vocabulary: int) -> PreTrainedTokenizerFast:
    """Learn byte-level BPE from conversations as the template renders them.

    Args:
        conversations: what the student is to read and write; at least the bytes are known without any.
        vocabulary: tokens at most, special tokens and the 256 bytes included.
    """
    blank = _wrapped(Tokenizer(BPE()))
    return learn_words((render(blank, each) for each in conversations), vocabulary)


def learn_words(
    texts: Iterable[str], vocabulary: int, special_tokens: Sequence[str] = SPECIAL_TOKENS, end: str = TURN_END
) -> PreTrainedTokenizerFast:
    """Learn byte-level BPE from texts.

    Args:
        texts: as the student is to read and write them.
        vocabulary: tokens at most.
        special_tokens: those that are one token each; among them the padding and `end`.
        end: ends what the student says.
    """
    model = Tokenizer(BPE())
    model.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    model.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in special_tokens],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    model.train_from_iterator(_bounded(texts, CORPUS_CHARS), trainer=trainer)
    return _wrapped(model, end)


def open_tokenizer(folder: Path) -> PreTrainedTokenizerFast:
    """The tokenizer of a model folder.

    Raises:
        AddressError: the folder holds no tokenizer.
    """
    try:
        found: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    except (OSError, ValueError) as error:
        raise AddressError(f"{folder} holds no tokenizer; give the folder of a trained model") from error
    tokenizer: PreTrainedTokenizerFast = found
    return tokenizer


def adopt_template(tokenizer: PreTrainedTokenizerFast) -> int:
    """Give a base model's tokenizer our template if its own does not mark assistant turns.

    Returns:
        Tokens added to its vocabulary; the model's embeddings must grow by as many.
    """
    if GENERATION_MARK in (tokenizer.chat_template or "").replace("{%-", "{%").replace("-%}", "%}"):
        return 0
    tokenizer.chat_template = CHAT_TEMPLATE
    special = [token for token in SPECIAL_TOKENS if token not in (PAD, START_OF_TEXT)]
    added = tokenizer.add_special_tokens({"additional_special_tokens": special})
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.eos_token = TURN_END
    return int(added)


def render(tokenizer: PreTrainedTokenizerFast, talk: Conversation, generate: bool = False) -> str:
    """The conversation as text; with `generate`, opened for the assistant's next turn."""
    tools: Any = talk.tools or None
    return str(
        tokenizer.apply_chat_template(
            talk.messages, tools=tools, tokenize=False, add_generation_prompt=generate
        )
    )


def encode(tokenizer: PreTrainedTokenizerFast, talk: Conversation, max_length: int) -> Encoded | None:
    """Token ids and labels, cut after the last assistant turn that fits into `max_length` tokens.

    Returns:
        None where not even the first assistant turn fits, or where no turn that fits is to be learned.
    """
    tools: Any = talk.tools or None
    found: Any = tokenizer.apply_chat_template(
        talk.messages,
        tools=tools,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    ids: list[int] = found["input_ids"]
    spoken: list[int] = found["assistant_masks"]
    if len(ids) <= max_length:
        return _labelled(ids, spoken, 0)
    for end in _turn_ends(talk.messages):
        shorter = Conversation(talk.messages[: end + 1], talk.tools)
        length = len(tokenizer(render(tokenizer, shorter), add_special_tokens=False)["input_ids"])
        if length <= max_length:
            return _labelled(ids[:length], spoken[:length], len(talk.messages) - 1 - end)
    return None


def encode_all(
    tokenizer: PreTrainedTokenizerFast, talks: Sequence[Conversation], max_length: int
) -> list[Encoded | None]:
    """`encode` of each conversation, in order."""
    return [encode(tokenizer, talk, max_length) for talk in talks]


def _labelled(ids: list[int], spoken: list[int], turns_cut: int) -> Encoded | None:
    labels = [token if learned else NO_LABEL for token, learned in zip(ids, spoken, strict=True)]
    return Encoded(ids, labels, turns_cut) if any(spoken) else None


def _turn_ends(messages: list[dict[str, Any]]) -> list[int]:
    """Positions of assistant turns before the last message, latest first."""
    return [at for at in range(len(messages) - 2, -1, -1) if messages[at]["role"] == "assistant"]


def _bounded(texts: Iterable[str], chars: int) -> Iterator[str]:
    for text in texts:
        if chars <= 0:
            return
        chars -= len(text)
        yield text


def _wrapped(model: Tokenizer, end: str = TURN_END) -> PreTrainedTokenizerFast:
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=model,
        bos_token=START_OF_TEXT,
        eos_token=end,
        pad_token=PAD,
        chat_template=CHAT_TEMPLATE if end == TURN_END else None,
        clean_up_tokenization_spaces=False,
        model_max_length=1_000_000,
    )
