from pathlib import Path
from typing import Any

import pytest
import torch

from tasks.errors import AddressError
from tasks.training import batches
from tasks.training.corpus import prepared
from tasks.training.objective import LearnedTokens
from tasks.training.students import from_scratch, open_model
from tasks.training.tokenizer import encode_all, train_tokenizer
from tests.tasks.training.made_up import conversations


def test_gradients_of_a_batch_do_not_depend_on_how_it_is_dealt_out() -> None:
    """Each sample alone and unpadded is the reference; shares of ranks must add up to it."""
    talks = conversations(5)
    talks[1] = type(talks[1])(talks[1].messages[:3], [])  # of another length
    words = train_tokenizer(talks, 400)
    source = prepared(encode_all(words, talks, 4096))
    torch.manual_seed(1)
    student: Any = from_scratch("tiny", words)
    objective = LearnedTokens(student)
    chosen, lengths = [0, 1, 2, 3], source.lengths
    learned = source.learned(chosen)

    def padded(part: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        ids, labels = source.padded(part, words.pad_token_id)
        return torch.from_numpy(ids), torch.from_numpy(labels)

    def gradient(parts: list[list[int]]) -> torch.Tensor:
        student.zero_grad()
        for part in parts:
            objective(*padded(part), learned).backward()
        return torch.cat([each.grad.flatten() for each in student.parameters()])

    alone = gradient([[at] for at in chosen])
    for world, micro in ((1, 4), (2, 2), (2, 1)):
        parts = [part for rank in range(world) for part in batches.share(chosen, lengths, rank, world, micro)]
        assert torch.linalg.norm(gradient(parts) - alone) < 1e-5 * torch.linalg.norm(alone)

    ids, labels = padded(chosen)
    published = student(input_ids=ids, labels=labels, num_items_in_batch=learned).loss
    assert torch.isclose(objective(ids, labels, learned), published, rtol=1e-6), "as transformers computes it"
    student.config.model_type = "gemma2"
    assert torch.equal(LearnedTokens(student)(ids, labels, learned), published)


def test_a_folder_without_a_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="holds no causal language model"):
        open_model(tmp_path)
