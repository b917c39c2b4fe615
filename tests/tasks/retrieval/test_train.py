"""A real training run of a few steps from MiniLM's weights, beside its rivals."""

from pathlib import Path

import pytest

from tasks.errors import AddressError, ConfigurationError
from tasks.retrieval.batches import arrange
from tasks.retrieval.encoder import encode, open_encoder, weights_folder
from tasks.retrieval.evaluate import dense_ranker, evaluate, lexical_ranker
from tasks.retrieval.train import TrainingSettings, TrainingStep, train
from tests.tasks.retrieval.made_up import pair, pairs


def test_a_few_steps_lower_the_loss_and_leave_a_retriever_that_can_be_evaluated(tmp_path: Path) -> None:
    arranged = arrange(pairs())
    steps: list[TrainingStep] = []
    settings = TrainingSettings(epochs=6, batch=6, learning_rate=1e-4, max_length=64)
    trained = train(arranged, tmp_path / "retriever", settings, steps.append)
    assert [step.step for step in steps] == [1, 2, 3, 4, 5, 6]
    assert trained.losses == tuple(step.loss for step in steps)
    assert trained.losses[-1] < 0.8 * trained.losses[0]
    assert trained.pairs_seen == 36

    documents = list(arranged.documents.values())
    scores = evaluate(arranged, dense_ranker(trained.folder, documents, 64))
    assert sorted(scores) == ["I1", "all"]
    assert scores["all"]["queries"] == 6
    assert scores["all"]["ndcg@5"] > 0.6
    assert 0 <= evaluate(arranged, lexical_ranker(documents))["all"]["ndcg@1"] <= 1

    encoder = open_encoder(trained.folder, 64)
    assert encode(encoder, documents).shape == (6, 384)
    assert encode(encoder, []).shape == (0, 384)


def test_one_query_alone_cannot_be_trained_on(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="two training queries"):
        train(arrange([pair("q1", "a"), pair("q1", "b")]), tmp_path, TrainingSettings())


def test_a_bounded_run_stops_after_its_pairs(tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=5, batch=2, max_pairs=4, max_length=16)
    assert train(arrange(pairs()), tmp_path, settings).pairs_seen == 4


def test_a_split_without_queries_is_not_evaluated() -> None:
    with pytest.raises(ConfigurationError, match="no test query"):
        evaluate(arrange([pair("q1", "a")]), lexical_ranker(["text of a"]))


def test_a_base_that_is_no_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AddressError, match="no sentence-transformers model"):
        weights_folder(str(tmp_path))
