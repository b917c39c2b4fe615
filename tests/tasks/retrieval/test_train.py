"""A real training run of a few steps from MiniLM's weights, beside its rivals."""

from pathlib import Path

import numpy as np
import pytest

from tasks.errors import AddressError, ConfigurationError
from tasks.retrieval.batches import arrange
from tasks.retrieval.encoder import encode, open_encoder, weights_folder
from tasks.retrieval.evaluate import corpus_index, dense_ranker, evaluate, lexical_ranker
from tasks.retrieval.train import TrainingSettings, TrainingStep, planned, train
from tests.tasks.retrieval.made_up import pair, pairs


def test_a_few_steps_lower_the_loss_and_leave_a_retriever_that_can_be_evaluated(tmp_path: Path) -> None:
    arranged = arrange(pairs())
    steps: list[TrainingStep] = []
    settings = TrainingSettings(epochs=4, batch=6, learning_rate=1e-4, max_length=64)
    trained = train(arranged, tmp_path / "retriever", settings, steps.append)
    assert [step.step for step in steps] == [1, 2, 3, 4]
    assert trained.losses == tuple(step.loss for step in steps)
    assert trained.losses[-1] < 0.8 * trained.losses[0]
    assert trained.pairs_seen == 24

    documents = list(arranged.documents.values())
    scores = evaluate(arranged, dense_ranker(trained.encoder, corpus_index(trained.encoder, arranged)))
    assert sorted(scores) == ["I1", "all"]
    assert scores["all"]["queries"] == 6
    assert scores["all"]["ndcg@5"] > 0.6
    assert 0 <= evaluate(arranged, lexical_ranker(documents))["all"]["ndcg@1"] <= 1

    again = encode(open_encoder(trained.folder, 64), documents)
    assert again.shape == (6, 384)
    assert np.abs(again - encode(trained.encoder, documents)).max() < 1e-6
    assert encode(trained.encoder, []).shape == (0, 384)


def test_one_query_alone_cannot_be_trained_on(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="two training queries"):
        train(arrange([pair("q1", "a"), pair("q1", "b")]), tmp_path, TrainingSettings())


def test_a_bounded_run_stops_after_its_pairs() -> None:
    positives = arrange(pairs()).positives["train"]
    bounded = planned(positives, TrainingSettings(epochs=5, batch=2, max_pairs=4))
    assert bounded == planned(positives, TrainingSettings(epochs=5, batch=2))[:2]


def test_a_split_without_queries_is_not_evaluated() -> None:
    with pytest.raises(ConfigurationError, match="no test query"):
        evaluate(arrange([pair("q1", "a")]), lexical_ranker(["text of a"]))


def test_a_base_that_is_no_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="no sentence-transformers model"):
        weights_folder(str(tmp_path))
