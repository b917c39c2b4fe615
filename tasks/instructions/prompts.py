"""What the instruction writer is asked: our own wording of the four parts of ToolLLM's prompt (appendix A.7).

Task, three examples drawn from ours, the sampled APIs as JSON, further wishes. Where the paper reads a
pseudo-list, the reply is held to a JSON schema.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tasks.instructions.examples import Example, examples_for
from tasks.llm.protocol import ChatRequest
from tasks.records import Api, Group, Parameter
from tasks.search.arguments import as_documented
from tasks.storage.canonical import digest, random_of, seed_of

STAGE = "instruct"
SCHEMA_NAME = "write_instructions"
EXAMPLES = 3
DESCRIPTION_CHARS = 600
"""Longer descriptions are cut; few say more after that."""
TOKENS_AN_INSTRUCTION = 300
"""Room for one instruction in the reply, with its list of APIs [tokens]."""

SYSTEM = """\
You write instructions that people might give to an assistant that can call APIs. You are shown the \
documentation of some tools. A tool is a set of APIs. For each instruction, first choose the APIs it needs, \
then write the words of a person who does not know that these APIs exist.

Rules:
- Each instruction must be answerable with the APIs shown, and needs two to five of them where that makes \
sense.
- Every required parameter of every API that is needed has its value in the instruction, spelled out: real \
names, places, dates, numbers, codes, within the limits the documentation gives. Invent what people would \
bring along, such as an address, a product or a budget. Where one call gives what the next one needs, say so \
in words and leave that value out.
- Never name a tool or an API, never ask which one to use, and never ask for values back.
- Be specific and detailed, in at least thirty words. Vary what is asked for, so that the instructions of \
one reply share as few APIs and purposes as possible. The last one is the longest and uses as many of the \
APIs as make sense together.
- Mix commands, statements and questions, plain and warm and hurried tones, short and long sentences, and \
people who ask for themselves, a friend, their family or their company.
- `relevant_apis` lists exactly the APIs the instruction needs, by the names shown, and no others.\
"""

ONE_TOOL = (
    "Below is one tool with its APIs. Write {count} instructions. Use different combinations of its APIs."
)
SEVERAL_TOOLS = (
    "Below are several tools with their APIs. Write {count} instructions. Each instruction must use at least "
    "two of the tools."
)
SHOWN = "Examples of the kind of instruction that is wanted, for other tools, which are not available now:"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "instructions": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "instruction": {"type": "string"},
                    "relevant_apis": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"tool": {"type": "string"}, "api": {"type": "string"}},
                            "required": ["tool", "api"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["instruction", "relevant_apis"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["instructions"],
    "additionalProperties": False,
}


def version() -> str:
    """A digest of everything that decides the words of a request."""
    shown = [each.shown() for several in (False, True) for each in examples_for(several)]
    return digest([SYSTEM, ONE_TOOL, SEVERAL_TOOLS, SHOWN, SCHEMA, shown, EXAMPLES, DESCRIPTION_CHARS])


@dataclass(frozen=True, slots=True)
class Offered:
    """The APIs of a combination as the writer sees them."""

    documents: list[dict[str, Any]]
    """One tool each, APIs inside."""
    ids: dict[tuple[str, str], str]
    """Tool and API name, as shown, to api_id; every pair is unique."""
    tool_of: dict[str, str]
    """api_id to tool_id."""

    @property
    def several_tools(self) -> bool:
        """Whether there is more than one tool."""
        return len(self.documents) > 1


def offered(apis: Sequence[Api]) -> Offered:
    """Document the APIs of a combination; what would bear the same name is told apart by a number."""
    tools: dict[str, list[Api]] = {}
    for api in apis:
        tools.setdefault(api.tool_id, []).append(api)
    documents = []
    ids: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for of_tool in tools.values():
        tool_name = _free(of_tool[0].tool_name, taken)
        names: set[str] = set()
        entries = []
        for api in of_tool:
            name = _free(api.name, names)
            ids[tool_name, name] = api.api_id
            entries.append(_api_document(api, name))
        documents.append(
            {
                "tool_name": tool_name,
                "category_name": of_tool[0].category,
                "tool_description": of_tool[0].tool_description[:DESCRIPTION_CHARS],
                "api_list": entries,
            }
        )
    return Offered(documents, ids, {api.api_id: api.tool_id for api in apis})


def request(
    apis: Offered, group: Group, combination_id: str, *, model: str, count: int, seed: int
) -> ChatRequest:
    """The request for `count` instructions of one combination.

    Args:
        apis: what may be used.
        group: several tools are asked for in I2 and I3.
        combination_id: examples and the protocol's seed are drawn by it.
        model: name of the model.
        count: instructions wanted.
        seed: of the run.
    """
    several = group != "I1"
    rng = random_of(seed, STAGE, combination_id, "examples")
    shown = [example.shown() for example in _some(examples_for(several), rng)]
    task = (SEVERAL_TOOLS if several else ONE_TOOL).format(count=count)
    text = f"{task}\n\n{SHOWN}\n{_json(shown)}\n\nAPIs:\n{_json(apis.documents)}"
    return ChatRequest(
        model=model,
        messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": text}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": SCHEMA_NAME, "strict": True, "schema": SCHEMA},
        },
        seed=seed_of(seed, STAGE, combination_id, 0),
        max_tokens=TOKENS_AN_INSTRUCTION * count,
    )


def _some(examples: Sequence[Example], rng: random.Random) -> list[Example]:
    return rng.sample(list(examples), min(EXAMPLES, len(examples)))


def _api_document(api: Api, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": api.description[:DESCRIPTION_CHARS],
        "method": api.method,
        "required_parameters": [_parameter(each) for each in api.parameters if each.required],
        "optional_parameters": [_parameter(each) for each in api.parameters if not each.required],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    documented: dict[str, Any] = {
        "name": parameter.original_name,
        "type": parameter.type,
        "description": parameter.description[:DESCRIPTION_CHARS],
    }
    for key in ("default", "example"):
        text = getattr(parameter, key)
        if text not in (None, ""):
            documented[key] = as_documented(parameter, text)
    if parameter.enum:
        documented["enum"] = [as_documented(parameter, each) for each in parameter.enum]
    for key in ("minimum", "maximum"):
        bound = getattr(parameter, key)
        if bound is not None:
            documented[key] = int(bound) if float(bound).is_integer() else bound
    return documented


def _free(wanted: str, taken: set[str]) -> str:
    """The name, numbered where another bears it already."""
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted} ({number})"
        number += 1
    taken.add(name)
    return name


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
