"""Free wording over the hub's own documents."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tasks.search.functions import Offer
from tests.infra.sandbox.teacher.conversations import solve
from tests.infra.sandbox.teacher.hub_offers import HubOffers, running_hub
from tests.infra.sandbox.teacher.hub_sentences import HELD_OUT, MENDED_ON, Sentence


@pytest.fixture(scope="module")
def hub() -> Iterator[HubOffers]:
    with running_hub() as offers:
        yield offers


def spelt(offered: Offer, name: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A call by slugs, without optional values that say no more than the default does."""
    api = offered.api(name)
    defaults = {each.name: each.default for each in api.parameters if not each.required}
    said = {
        key: value
        for key, value in arguments.items()
        if defaults.get(key) is None or str(value) != str(defaults[key])
    }
    return api.api_id.removeprefix("hub/"), said


def meant(sentence: Sentence, made: list[tuple[str, dict[str, Any]]]) -> bool:
    """Whether the calls made are those meant."""

    def fits(value: Any, wanted: Any) -> bool:
        return value in wanted if isinstance(wanted, frozenset) else bool(value == wanted)

    return len(made) == len(sentence.calls) and all(
        name == wanted
        and set(arguments) == set(values)
        and all(fits(arguments[key], values[key]) for key in values)
        for (name, arguments), (wanted, values) in zip(made, sentence.calls, strict=True)
    )


def planned(hub: HubOffers, sentence: Sentence) -> bool:
    """Whether the teacher makes exactly the calls that a sentence means, and ends as it should."""
    offered = hub.offer(sentence.tools)
    schemas = [dict(schema) for schema in offered.schemas]
    made, end = solve(sentence.text, schemas, lambda name, arguments: hub.observe(offered, name, arguments))
    ending = "give_answer" if sentence.calls else "give_up_and_restart"
    return (
        meant(sentence, [spelt(offered, *call) for call in made])
        and end is not None
        and json.dumps(end).find(ending) > 0
    )


def test_sentences_that_rules_were_mended_on_are_planned(hub: HubOffers) -> None:
    missed = [sentence.text for sentence in MENDED_ON if not planned(hub, sentence)]
    assert len(missed) <= 10, missed


def test_sentences_that_no_rule_was_mended_on_are_planned_at_the_stated_rate(hub: HubOffers) -> None:
    missed = [sentence.text for sentence in HELD_OUT if not planned(hub, sentence)]
    assert len(missed) <= 11, missed
