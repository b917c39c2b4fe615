"""A small catalogue, its instructions and pairs for the tests of this room."""

from dataclasses import replace

from tasks.records import Api, Instruction, Pair, Parameter
from tasks.retrieval.pairs import pairs_of

CITY = Parameter("city", "City", "query", "STRING", True, "City name", default="Lima")
LIMIT = Parameter("limit", "limit", "query", "NUMBER", False)

TOPICS = {
    "sunrise": "When the sun rises at a place",
    "tides": "High and low water of a harbour",
    "recipes": "Dishes that use an ingredient",
    "exchange": "Rate between two currencies",
    "anagrams": "Words made of the same letters",
    "elements": "Properties of a chemical element",
}
QUESTIONS = {
    "sunrise": ("When does the sun come up in Oslo?", "Tell me the hour of daybreak in Lima."),
    "tides": ("Is the water in Bristol high this evening?", "When is low water at Brest?"),
    "recipes": ("What can I cook with leeks?", "Find a dish with chickpeas."),
    "exchange": ("How many yen do I get for ten euros?", "Convert 5 dollars to pounds."),
    "anagrams": ("Which words can I lay from LISTEN?", "Rearrange the letters of stone."),
    "elements": ("How heavy is an atom of gold?", "What is the melting point of tin?"),
}


def api(name: str) -> Api:
    return Api(
        api_id=f"hub/almanac/{name}",
        tool_id="hub/almanac",
        source="hub",
        category="Science",
        tool_name="Almanac",
        tool_standard_name="almanac",
        tool_description="Facts of the day",
        name=name,
        standard_name=name,
        description=TOPICS[name],
        method="GET",
        url=f"https://hub.example/{name}",
        parameters=(CITY, LIMIT),
        example_response='{"answer": "06:12", "n": 1, "list": [{"x": 1.5}], "none": null}',
    )


CATALOGUE = {f"hub/almanac/{name}": api(name) for name in TOPICS}


def instruction(name: str, number: int) -> Instruction:
    other = sorted(TOPICS)[(sorted(TOPICS).index(name) + 1) % len(TOPICS)]
    return Instruction(
        instruction_id=f"{name}{number}",
        group="I1" if number else "I2",
        text=QUESTIONS[name][number],
        api_ids=(f"hub/almanac/{name}", f"hub/almanac/{other}"),
        relevant_api_ids=(f"hub/almanac/{name}",),
        combination_id="c",
        split="train" if number == 0 else "test",
        teacher="rehearsal-strong",
        teacher_kind="rehearsal",
    )


INSTRUCTIONS = tuple(instruction(name, number) for name in TOPICS for number in (0, 1))


def pairs() -> list[Pair]:
    made, rejects = pairs_of(INSTRUCTIONS, CATALOGUE)
    assert not rejects
    return made


def pair(query: str, api_id: str, **changes: object) -> Pair:
    plain = Pair(
        f"{query}/{api_id}", query, "I1", "train", query, api_id, f"text of {api_id}", True, "rehearsal"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]
