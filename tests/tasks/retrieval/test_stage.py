from pathlib import Path

import orjson
import pytest

from tasks.errors import AddressError, BudgetExceeded, ConfigurationError
from tasks.records import Checkpoint
from tasks.retrieval.index import Index
from tasks.retrieval.stage import Parameters, run
from tasks.storage.stage import Silent
from tasks.storage.table import Table
from tests.tasks.one_shard import table
from tests.tasks.retrieval.made_up import pair, pairs
from tests.tasks.training.tables_made import samples_table


def test_a_retriever_is_published_with_its_index_and_its_figures_beside_its_rivals(tmp_path: Path) -> None:
    samples = samples_table(tmp_path, [], pairs())
    address = str(tmp_path / "retriever")
    report = run(Parameters(samples=samples, retriever=address, epochs=2, batch=6, max_length=48), Silent())
    assert (report.figures["steps"], report.figures["pairs_seen"], report.figures["corpus_apis"]) == (
        2,
        12,
        6,
    )
    assert report.figures["held_out_queries"] == 6
    for rival in ("trained", "minilm", "bm25"):
        assert 0 <= report.figures[f"{rival} ndcg@1"] <= report.figures[f"{rival} ndcg@5"] <= 1
    assert report.figures["trained ndcg@5"] > 0.6

    made = Table.open(address)
    (row,) = made.records(Checkpoint, "checkpoints")
    assert (row.kind, row.base, row.folder, row.teacher_kind) == ("retriever", "minilm", "model", "rehearsal")
    assert sorted(orjson.loads(row.metrics)["scores"]["bm25"]) == ["I1", "all"]
    made.fetch("index", tmp_path / "fetched")
    assert len(Index.open(tmp_path / "fetched" / "index.npz").api_ids) == 6
    made.fetch("model", tmp_path / "encoder")
    assert (tmp_path / "encoder" / "modules.json").exists()


def test_pairs_that_cannot_be_trained_on_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    catalog = table(tmp_path / "catalog", "crawl", {})
    lone = samples_table(tmp_path, [], [pair("q1", "a"), pair("q1", "b")])
    for place, base, error, said in (
        (catalog, "minilm", ConfigurationError, "not query-API pairs"),
        (lone, "minilm", ConfigurationError, "1 training queries"),
        (str(tmp_path / "nowhere"), "minilm", AddressError, "holds no table"),
    ):
        with pytest.raises(error, match=said):
            run(Parameters(samples=place, retriever=str(tmp_path / "v1"), base=base), Silent())
    enough = table(tmp_path / "other", "assemble", {"pairs": (type(pairs()[0]), pairs())})
    with pytest.raises(AddressError, match="no sentence-transformers model"):
        run(Parameters(samples=enough, retriever=str(tmp_path / "v1"), base="no/such"), Silent())
    assert not (tmp_path / "v1").exists()


def test_training_whose_first_minute_is_above_its_budget_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOUNDRY_MACHINE_USD_PER_HOUR", "3")
    samples = samples_table(tmp_path, [], pairs())
    parameters = Parameters(samples=samples, retriever=str(tmp_path / "v1"), run_id="r", budget_usd=0.01)
    with pytest.raises(BudgetExceeded, match=r"run:r/train-retriever: .* raise --budget-usd and run again"):
        run(parameters, Silent())
