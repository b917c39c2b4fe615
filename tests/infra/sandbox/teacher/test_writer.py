import json
import random
import re
from typing import Any

import pytest

from infra.sandbox.teacher.protocol import Refusal
from infra.sandbox.teacher.skills import SKILLS
from infra.sandbox.teacher.writer import Draft, draft_one, read_order, usable_apis, write
from tests.infra.sandbox.teacher.conversations import FLAWLESS, body, reply, solve
from tests.infra.sandbox.teacher.marketplace import BY_NAME, TOOLS, Document, function_name, functions

SCHEMA = {"type": "json_schema", "json_schema": {"name": "write_instructions", "schema": {"type": "object"}}}


def prompt(count: int, *tools: str, several: bool = False) -> str:
    """A prompt with the documents of the named tools, or of all."""
    rule = " Each instruction must use at least two of the tools." if several else ""
    documents = [BY_NAME[tool] for tool in tools] or TOOLS
    return f"You write instructions.\nWrite {count} instructions.{rule}\n\nAPIs:\n{json.dumps(documents)}\n"


def written(text: str, seed: int = 1, model: str = FLAWLESS) -> list[dict[str, Any]]:
    """The instructions of a reply."""
    request = body([{"role": "user", "content": text}], response_format=SCHEMA, seed=seed, model=model)
    found: list[dict[str, Any]] = json.loads(reply(request)["choices"][0]["message"]["content"])[
        "instructions"
    ]
    return found


def made_as_meant(draft: Draft, calls: list[tuple[str, dict[str, Any]]]) -> bool:
    """Whether the calls meant were made; where one brings a value for another, that value may be any."""
    names = [function_name(api.tool, api.name) for api, _ in draft.calls]
    return names == [name for name, _ in calls] and all(
        set(arguments) - set(given) <= {p.name for p in api.function.required}
        and given.items() <= arguments.items()
        for (api, given), (_, arguments) in zip(draft.calls, calls, strict=True)
    )


@pytest.mark.parametrize("several", [False, True])
def test_the_planner_makes_the_calls_that_the_writer_meant(several: bool) -> None:
    drafts = []
    for start in range(0, len(TOOLS), 3):
        tools = [tool["tool_name"] for tool in TOOLS[start : start + 3]]
        for seed in range(9):
            order = read_order(prompt(1, *(tools if several else tools[seed % 3 :][:1]), several=several))
            draft = draft_one(order, usable_apis(order), set(), random.Random(seed))
            if draft is not None:
                drafts.append((tools, draft))
    assert len(drafts) >= 16
    exact = 0
    for tools, draft in drafts:
        calls, end = solve(draft.text, functions(*tools))
        exact += made_as_meant(draft, calls) and end is not None and end["return_type"] == "give_answer"
    assert exact / len(drafts) >= 0.95


def test_instructions_of_one_tool_name_one_to_three_of_its_apis() -> None:
    known = {api["name"] for api in BY_NAME["Town Register"]["api_list"]}
    for entry in written(prompt(10, "Town Register")):
        cited = [api["api"] for api in entry["relevant_apis"]]
        assert 1 <= len(cited) <= 3
        assert set(cited) <= known
        assert {api["tool"] for api in entry["relevant_apis"]} == {"Town Register"}


def test_instructions_of_several_tools_use_at_least_two() -> None:
    entries = written(prompt(10, several=True))
    assert len(entries) == 10
    for entry in entries:
        assert len({api["tool"] for api in entry["relevant_apis"]}) >= 2


def test_instructions_are_distinct_and_long_enough() -> None:
    texts = [entry["instruction"] for entry in written(prompt(20))]
    assert len(set(texts)) == 20
    assert min(len(text.split()) for text in texts) >= 12


def test_moods_differ() -> None:
    texts = [entry["instruction"] for entry in written(prompt(20))]
    asking = [text for text in texts if "?" in text]
    assert 3 <= len(asking) <= 17
    assert len({text.split()[0] for text in texts}) >= 4


def test_an_api_without_documented_values_is_never_written_about() -> None:
    bare: Document = {
        "name": "Fortune",
        "description": "Tells the fortune that waits for somebody.",
        "method": "GET",
        "required_parameters": [{"name": "person", "type": "STRING", "description": "Whose fortune."}],
        "optional_parameters": [],
    }
    tool = {**BY_NAME["Harbour Almanac"], "api_list": [*BY_NAME["Harbour Almanac"]["api_list"], bare]}
    text = f"Write 10 instructions.\nAPIs:\n{json.dumps([tool])}"
    cited = {api["api"] for entry in written(text) for api in entry["relevant_apis"]}
    assert cited == {"High Water", "Tide Range"}


def test_values_come_from_the_documentation() -> None:
    order = read_order(prompt(1))
    rng = random.Random(5)
    for _ in range(60):
        draft = draft_one(order, usable_apis(order), set(), rng)
        for api, arguments in draft.calls if draft else ():
            for parameter in api.function.parameters:
                value = arguments.get(parameter.name)
                if isinstance(value, int | float) and not isinstance(value, bool):
                    assert (parameter.minimum or 0) <= value <= (parameter.maximum or 1e9) or value < 0
                elif isinstance(value, str) and parameter.samples:
                    assert value in parameter.samples
                elif isinstance(value, str) and parameter.enum:
                    assert value in parameter.enum


def test_fewer_are_written_where_the_values_run_out() -> None:
    tool = {**BY_NAME["Coin Cabinet"], "api_list": BY_NAME["Coin Cabinet"]["api_list"][1:]}
    entries = written(f"Write 10 instructions.\nAPIs:\n{json.dumps([tool])}")
    assert len(entries) == 3


def test_several_tools_cannot_be_asked_of_one() -> None:
    assert written(prompt(5, "Coin Cabinet", several=True)) == []


@pytest.mark.parametrize("text", ["Write 3 instructions.", "APIs:\n[]", "Write 3 instructions.\nAPIs:\nnone"])
def test_a_prompt_without_documents_or_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="Write N instructions"):
        write(text, SKILLS[FLAWLESS], random.Random(1))


def test_the_weak_writer_cites_strangers_repeats_itself_omits_values_and_breaks_json() -> None:
    known = {(tool["tool_name"], api["name"]) for tool in TOOLS for api in tool["api_list"]}
    broken = strange = repeated = total = 0
    for seed in range(30):
        request = body(
            [{"role": "user", "content": prompt(10)}],
            response_format=SCHEMA,
            seed=seed,
            model="rehearsal-weak",
        )
        try:
            entries = json.loads(reply(request)["choices"][0]["message"]["content"])["instructions"]
        except json.JSONDecodeError:
            broken += 1
            continue
        total += len(entries)
        cited = [{(api["tool"], api["api"]) for api in entry["relevant_apis"]} for entry in entries]
        strange += sum(not apis <= known for apis in cited)
        repeated += len(entries) - len({entry["instruction"] for entry in entries})
    assert broken >= 1
    assert 0.03 < strange / total < 0.16
    assert 0.02 < repeated / total < 0.12


def test_most_words_come_from_descriptions_and_not_from_api_names() -> None:
    entries = written(prompt(20))
    named = sum(
        bool(re.search(rf"\b{re.escape(api['api'])}\b", entry["instruction"]))
        for entry in entries
        for api in entry["relevant_apis"]
    )
    assert named == 0


def test_a_chain_leaves_out_what_the_first_answer_brings() -> None:
    order = read_order(prompt(1, "Town Register", "Work Calendar", "Coin Cabinet", several=True))
    rng = random.Random(2)
    drafts = [draft_one(order, usable_apis(order), set(), rng) for _ in range(60)]
    chained = [draft for draft in drafts if draft is not None and left_out(draft)]
    assert len(chained) >= 5
    for draft in chained:
        assert re.search(
            r"\b(?:that|those) (?:country|currency|place|coordinates|time zone|day|date)\b", draft.text
        )
        assert not any(value in draft.text for value in ('"PT"', '"NO"', '"JP"'))
    right = [
        made_as_meant(
            draft, solve(draft.text, functions("Town Register", "Work Calendar", "Coin Cabinet"))[0]
        )
        for draft in chained
    ]
    assert sum(right) / len(right) >= 0.7


def left_out(draft: Draft) -> bool:
    """Whether a required value is left to another call's answer."""
    return any({p.name for p in api.function.required} - set(arguments) for api, arguments in draft.calls)


def test_openings_lengths_and_moods_vary() -> None:
    texts = [
        entry["instruction"]
        for seed in range(6)
        for entry in written(prompt(10, several=seed % 2 == 0), seed=seed)
    ]
    lengths = sorted(len(text.split()) for text in texts)
    assert len({" ".join(text.split()[:3]) for text in texts}) >= len(texts) // 3
    assert lengths[len(lengths) // 10] <= 0.6 * lengths[len(lengths) * 9 // 10]
    assert 0.25 <= sum("?" in text for text in texts) / len(texts) <= 0.85
    assert (
        sum(text.split()[0].rstrip(",!.") in ("Hi", "Hello", "Good", "Evening", "Hey") for text in texts)
        <= len(texts) / 3
    )
