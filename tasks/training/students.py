"""Models to train: LLaMA-architecture shapes from scratch, or the folder of a model to go on from.

Sizes are for a vocabulary of 4,096 and tied embeddings. `tiny` trains on two CPU cores in seconds and
learns the form of a call, not much of its meaning.
"""

from pathlib import Path
from typing import Any

from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedModel
from transformers import PreTrainedTokenizerFast as Tokenizer

from tasks.errors import AddressError

CONTEXT = 8192
"""Positions a model from scratch can hold; rotary positions cost no weights."""
SHAPES: dict[str, dict[str, Any]] = {
    "tiny": {"hidden_size": 128, "intermediate_size": 352, "num_hidden_layers": 4, "num_attention_heads": 2},
    "small": {"hidden_size": 192, "intermediate_size": 512, "num_hidden_layers": 6, "num_attention_heads": 3},
    "medium": {
        "hidden_size": 512,
        "intermediate_size": 1408,
        "num_hidden_layers": 8,
        "num_attention_heads": 8,
    },
}


def from_scratch(size: str, tokenizer: Tokenizer) -> PreTrainedModel:
    """A new model for a tokenizer's vocabulary; torch's seed decides its weights."""
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **SHAPES[size],
    )
    return LlamaForCausalLM(config)


def open_model(folder: Path, vocabulary: int = 0) -> PreTrainedModel:
    """The model of a folder, in its stored precision; embeddings grow to `vocabulary` where that is larger.

    Raises:
        AddressError: the folder holds no model that transformers can load.
    """
    try:
        model = AutoModelForCausalLM.from_pretrained(
            str(folder), local_files_only=True, attn_implementation="sdpa"
        )
    except (OSError, ValueError) as error:
        raise AddressError(
            f"{folder} holds no causal language model: {str(error).splitlines()[0]}"
        ) from error
    if vocabulary > model.config.vocab_size:
        model.resize_token_embeddings(vocabulary, mean_resizing=False)
    return model
