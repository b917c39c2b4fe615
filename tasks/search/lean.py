"""The lean offer: the same functions and rules in fewer tokens, for `--method foundry` (pure).

Every request of a search carries its functions and its system message again, and they are most of what is
billed. Left out is what repeats: the frame of words around each description, empty descriptions, the list of
optional parameters (whatever `required` does not name), examples beside a default, and the list of tools. A
tool is described where the documentation of its API says too little to stand alone.

Names, types, limits, examples and the meaning of `Finish` stay as they are.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tasks.records import Api
from tasks.search.effects import Message, Schema
from tasks.search.functions import DESCRIPTION_CHARS, FINISH, Offer

VERSION = "1"
"""Part of the fingerprint of tables whose method asks in these words."""
TELLING_CHARS = 40
"""A shorter description of an API does not stand alone."""

_RULES = """\
Solve the user's task with the functions; their results are live. Call them until the results hold all that \
was asked. Then call Finish with give_answer and the complete answer in final_answer: the user sees nothing \
else. If the functions cannot bring it, call Finish with give_up_and_restart."""


def lean_opening(text: str) -> tuple[Message, Message]:
    """System and user message that begin every path."""
    return {"role": "system", "content": _RULES}, {"role": "user", "content": f"\n{text}\nBegin!\n"}


def lean_offer(offer: Offer) -> Offer:
    """The offer with lean schemas: same APIs, names and order, `Finish` last."""
    schemas = [_lean(schema, api) for schema, api in zip(offer.schemas, offer.apis, strict=False)]
    return replace(offer, schemas=(*schemas, _FINISH))


def _lean(schema: Schema, api: Api) -> Schema:
    parameters = schema["parameters"]
    return {
        "name": schema["name"],
        "description": _described(api),
        "parameters": {
            "type": "object",
            "properties": {name: _property(each) for name, each in parameters["properties"].items()},
            "required": parameters["required"],
        },
    }


def _described(api: Api) -> str:
    said = " ".join(api.description.split())[:DESCRIPTION_CHARS]
    if len(said) >= TELLING_CHARS:
        return said
    tool = " ".join(api.tool_description.split())[: DESCRIPTION_CHARS - len(said)]
    return ". ".join(part for part in (said or api.name, tool) if part)


def _property(schema: Schema) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key == "items" or value not in ("", {}, [])}
    if "default" in kept:
        kept.pop("example_value", None)
    return kept


_FINISH: Schema = {
    "name": FINISH,
    "description": "Ends the task.",
    "parameters": {
        "type": "object",
        "properties": {
            "return_type": {"type": "string", "enum": ["give_answer", "give_up_and_restart"]},
            "final_answer": {"type": "string"},
        },
        "required": ["return_type"],
    },
}


def saved_characters(offer: Offer) -> tuple[int, int]:
    """Characters of an offer's schemas as they are, and lean; for reports."""
    return _characters(offer.schemas), _characters(lean_offer(offer).schemas)


def _characters(schemas: Sequence[Schema]) -> int:
    return sum(len(str(schema)) for schema in schemas)
