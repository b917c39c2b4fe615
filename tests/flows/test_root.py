"""Deployments reach nothing outside `FOUNDRY_ROOT`, whatever a form says; no field is forgotten."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from tasks.errors import AddressError

FLOWS = ("crawl", "instruct", "annotate", "assemble", "train_retriever", "finetune", "tooleval", "factory")
SHARDS = ("crawl", "instruct", "annotate", "tooleval")
NO_PLACE = {
    *("groups", "model", "method", "judge", "student_method", "run_id", "allow_writes", "api_proxy"),
    "edition",  # which crawl it is: compared, written into table.json, and part of no path
}
"""Text fields that name no file: a choice, a name, an address on the web."""


def parameters_of(flow: Any) -> type[BaseModel]:
    found = inspect.get_annotations(flow.fn, eval_str=True)["parameters"]
    assert issubclass(found, BaseModel)
    return found


def text_fields(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if "str" in str(field.annotation)]


def filled(model: type[BaseModel], **given: str) -> BaseModel:
    inside = {name: "" for name, field in model.model_fields.items() if field.is_required()}
    return model(**{**inside, **given})


@pytest.mark.parametrize("name", FLOWS)
def test_every_field_that_names_a_place_is_held_below_the_root(name: str, own_world: Path) -> None:
    flow = getattr(importlib.import_module(f"flows.{name}"), name)
    model = parameters_of(flow)
    places = [field for field in text_fields(model) if field not in NO_PLACE]
    assert places
    for field in places:
        for outside in ("/etc", f"{own_world}/tables/../../other", "s3://somebody/else", "~"):
            with pytest.raises(AddressError, match=f"^{field} '.*' lies outside "):
                flow.fn(filled(model, **{field: outside}))


@pytest.mark.parametrize("name", SHARDS)
def test_a_shards_flow_run_started_by_hand_reaches_no_further(name: str) -> None:
    flow = getattr(importlib.import_module(f"flows.{name}"), f"{name}_shard")
    with pytest.raises(AddressError, match=r"^address '/etc' lies outside "):
        flow.fn("/etc", 0)


def test_a_link_below_the_root_does_not_lead_out_of_it(own_world: Path) -> None:
    from flows.shards import refuse_place

    (own_world / "tables").mkdir()
    (own_world / "tables" / "mine").symlink_to("/etc")
    with pytest.raises(AddressError, match="lies outside"):
        refuse_place("catalog", str(own_world / "tables" / "mine"))
