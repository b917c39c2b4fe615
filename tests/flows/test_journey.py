import pytest

from flows.journey import LEGS, STAGES, FactoryParameters, parameters_of, run_id_of

HUB = FactoryParameters(location="http://127.0.0.1:1")


def test_a_budget_that_is_raised_belongs_to_the_same_run() -> None:
    assert run_id_of(HUB) == run_id_of(HUB.model_copy(update={"budget_usd": 5.0, "concurrency": 2}))
    assert run_id_of(HUB) != run_id_of(HUB.model_copy(update={"count": 7}))
    assert run_id_of(HUB.model_copy(update={"run_id": "mine"})) == "mine"


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.verb)
def test_what_the_journey_tells_a_stage_are_parameters_of_it(stage: object) -> None:
    from flows.journey import Stage

    assert isinstance(stage, Stage)
    fields = stage.load().Parameters.model_fields
    assert stage.verb == stage.load().NAME
    assert {stage.writes, *stage.reads} <= set(fields)


def test_a_stage_reads_only_what_was_written_in_an_earlier_leg() -> None:
    written: set[str] = set()
    for leg in LEGS:
        for stage in leg:
            assert set(stage.reads.values()) <= written
        written |= {stage.verb for stage in leg}


def test_addresses_lie_below_the_root_and_caps_reach_the_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUNDRY_ROOT", "s3://factory/tables")
    journey = HUB.model_copy(update={"budget_usd": 3.0, "seed": 7})
    instruct = next(stage for stage in STAGES if stage.verb == "instruct")
    told = parameters_of(instruct, journey, {"crawl": "s3://factory/tables/catalog/v4"}).model_dump()
    assert told["instructions"] == "s3://factory/tables/instructions/v1"
    assert told["catalog"] == "s3://factory/tables/catalog/v4"
    assert (told["budget_usd"], told["seed"], told["as_new_version"]) == (3.0, 7, True)
    elsewhere = parameters_of(instruct, journey.model_copy(update={"root": "/data"}), {"crawl": "/data/c/v1"})
    assert elsewhere.model_dump()["instructions"] == "/data/instructions/v1"
