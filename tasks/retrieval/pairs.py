"""Query-API pairs and the text by which an API is found (pure).

Positives are the APIs an instruction was written for; those only offered beside them join the corpus.
Negatives come from the batch, as in ToolBench's retriever (MultipleNegativesRankingLoss), so none are
stored.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from tasks.records import Api, Instruction, Pair, Parameter, Reject

STAGE = "assemble"
SCHEMA_DEPTH = 4
"""Levels of an example answer that are described; the encoder reads 256 word pieces at most."""
SCHEMA_KEYS = 30
TYPE_NAMES = ("str", "int", "float", "bool", "NoneType", "empty list")


def pairs_of(instructions: Iterable[Instruction], apis: Mapping[str, Api]) -> tuple[list[Pair], list[Reject]]:
    """Pairs of instructions, in their order, with a reject for each offered API that the catalogue lacks.

    An instruction without a relevant API gives corpus rows only, and the reject `no_relevant_api`.
    """
    documents: dict[str, str] = {}
    pairs: list[Pair] = []
    rejects: list[Reject] = []
    for instruction in instructions:
        relevant = set(instruction.relevant_api_ids)
        positives = 0
        for api_id in dict.fromkeys((*instruction.api_ids, *instruction.relevant_api_ids)):
            if api_id not in apis:
                rejects.append(Reject(STAGE, instruction.instruction_id, "unknown_api", api_id))
                continue
            if api_id not in documents:
                documents[api_id] = document_of(apis[api_id])
            pairs.append(_pair(instruction, api_id, documents[api_id], api_id in relevant))
            positives += api_id in relevant
        if not positives:
            rejects.append(
                Reject(STAGE, instruction.instruction_id, "no_relevant_api", instruction.text[:2000])
            )
    return pairs, rejects


def document_of(api: Api) -> str:
    """What the encoder reads of an API: names, description, parameters, shape of its answer.

    The order is that of ToolBench's retriever; an answer's shape comes last because encoders cut the end.
    """
    required = [_parameter(each) for each in api.parameters if each.required]
    optional = [_parameter(each) for each in api.parameters if not each.required]
    return (
        f"{api.category}, {api.tool_name}, {api.name}, {api.description}, "
        f"required_params: {_json(required)}, optional_params: {_json(optional)}, "
        f"return_schema: {_json(answer_shape(api.example_response))}"
    )


def answer_shape(example: str | None) -> Any:
    """An example answer with types in place of values; `{}` where none is documented or it is no JSON.

    Answers that are documented as shapes already (ToolBench's `template_response`) come back as they are.
    """
    if not example:
        return {}
    try:
        return _shape(orjson.loads(example), SCHEMA_DEPTH)
    except orjson.JSONDecodeError:
        return {}


def _pair(instruction: Instruction, api_id: str, document: str, relevant: bool) -> Pair:
    return Pair(
        pair_id=f"{instruction.instruction_id}/{api_id}",
        instruction_id=instruction.instruction_id,
        group=instruction.group,
        split=instruction.split,
        query=instruction.text if relevant else "",
        api_id=api_id,
        document=document,
        relevant=relevant,
        teacher_kind=instruction.teacher_kind,
    )


def _parameter(parameter: Parameter) -> dict[str, str]:
    described = {
        "name": parameter.original_name or parameter.name,
        "type": parameter.type,
        "description": parameter.description,
        "default": parameter.default or "",
    }
    return {key: value for key, value in described.items() if value}


def _shape(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        if depth == 0:
            return "dict"
        return {key: _shape(each, depth - 1) for key, each in list(value.items())[:SCHEMA_KEYS]}
    if isinstance(value, list):
        if not value:
            return "empty list"
        return [_shape(value[0], depth - 1)] if depth else "list"
    if isinstance(value, str) and (value in TYPE_NAMES or value.startswith("list of ")):
        return value
    return type(value).__name__


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
