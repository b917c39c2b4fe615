from dataclasses import replace

from tasks.retrieval.pairs import answer_shape, document_of, pairs_of
from tests.tasks.retrieval.made_up import CATALOGUE, INSTRUCTIONS, api


def test_a_document_reads_as_toolbenchs_retriever_reads_an_api() -> None:
    assert document_of(api("sunrise")) == (
        "Science, Almanac, sunrise, When the sun rises at a place, "
        'required_params: [{"name":"City","type":"STRING","description":"City name","default":"Lima"}], '
        'optional_params: [{"name":"limit","type":"NUMBER"}], '
        'return_schema: {"answer":"str","n":"int","list":[{"x":"float"}],"none":"NoneType"}'
    )


def test_answers_documented_as_shapes_are_kept_and_bad_ones_are_empty() -> None:
    assert answer_shape('{"a": "int", "b": ["list of str with length 7"], "c": "empty list"}') == {
        "a": "int",
        "b": ["list of str with length 7"],
        "c": "empty list",
    }
    assert answer_shape("[]") == "empty list"
    assert answer_shape("<html>") == answer_shape("") == answer_shape(None) == {}


def test_a_deep_or_wide_answer_is_described_shortly() -> None:
    deep = '{"a":' * 50 + "1" + "}" * 50
    assert answer_shape(deep) == {"a": {"a": {"a": {"a": "dict"}}}}
    assert len(answer_shape("{" + ",".join(f'"k{n}":1' for n in range(100)) + "}")) == 30


def test_relevant_apis_are_positives_and_the_others_corpus() -> None:
    pairs, rejects = pairs_of(INSTRUCTIONS[:1], CATALOGUE)
    assert not rejects
    assert [(pair.api_id, pair.relevant, pair.query) for pair in pairs] == [
        ("hub/almanac/sunrise", True, "When does the sun come up in Oslo?"),
        ("hub/almanac/tides", False, ""),
    ]
    assert len({pair.pair_id for pair in pairs}) == 2


def test_an_api_the_catalogue_lacks_is_a_reject() -> None:
    lost = replace(INSTRUCTIONS[0], relevant_api_ids=("hub/almanac/lost",))
    pairs, rejects = pairs_of([lost], CATALOGUE)
    assert [pair.relevant for pair in pairs] == [False, False]
    assert [(reject.reason, reject.subject_id) for reject in rejects] == [
        ("unknown_api", lost.instruction_id),
        ("no_relevant_api", lost.instruction_id),
    ]
