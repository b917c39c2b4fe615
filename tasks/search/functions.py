r"""APIs as the functions a model is offered: ToolBench's schema builder, with its faults as switches.

A schema of the published builder, of a weather API:

    {"name": "current_for_weather_io",
     "description": "This is the subfunction for tool \"weather_io\", you can use this tool. ...",
     "parameters": {"type": "object",
                    "properties": {"lat": {"type": "integer", "description": "", "example_value": "49.34"}},
                    "required": ["lat"], "optional": []}}

Source: ToolLLM (arXiv:2307.16789), appendix A.8, and the behaviour of ToolBench's code.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.errors import ConfigurationError
from tasks.records import Api, Parameter
from tasks.search.arguments import as_documented, json_type
from tasks.search.effects import Schema
from tasks.search.names import function_name, portable, unique

FINISH = "Finish"
DESCRIPTION_CHARS = 256
_PUBLISHED_TYPES = {"NUMBER": "integer", "STRING": "string", "BOOLEAN": "boolean"}


@dataclass(frozen=True, slots=True)
class SchemaStyle:
    """How documentation becomes a schema. Each switch departs from ToolBench's builder, for its reason."""

    optional_only: bool = True
    """Keep parameters of APIs that have optional ones only; the published builder loses them all (9.9 % of
    the APIs of the test sets), and the model cannot know that they exist."""
    real_numbers: bool = True
    """NUMBER is `number`; the published builder says `integer`, with which a latitude cannot be asked for."""
    all_types: bool = False
    """Types beyond NUMBER, STRING and BOOLEAN keep their meaning; published: all of them are `string`."""
    limits: bool = False
    """Pass on enum, default, minimum and maximum where documented; ToolBench's catalogue stores none."""
    portable_names: bool = True
    """Replace characters that chat protocols refuse in a function's name (`^`, CJK)."""
    unique_names: bool = True
    """Number equal names; the published builder offers them twice, and whichever is called, the first is
    executed (four of the 765 solvable test queries of StableToolBench)."""
    plain_descriptions: bool = True
    """Leave the text of descriptions alone; published: the API's raw name in it becomes the function's name,
    which garbles every text about an API named `Search` or `a`."""


PUBLISHED_VERSION = "2"
"""Raised when `PUBLISHED` makes other schemas; part of the fingerprint of tables searched with it."""
PUBLISHED = SchemaStyle(
    optional_only=False,
    real_numbers=False,
    portable_names=False,
    unique_names=False,
    plain_descriptions=False,
)
"""To the letter, for comparisons only: many servers refuse equal names, and some the foreign characters."""
TOOLBENCH = SchemaStyle()
"""For ToolBench's catalogue: one plain type a parameter, losses repaired."""
DOCUMENTED = SchemaStyle(all_types=True, limits=True)
"""For catalogues that document more than ToolBench's."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The functions of one instruction, and the API behind each."""

    schemas: tuple[Schema, ...]
    """In the order of `apis`, `Finish` last."""
    apis: tuple[Api, ...]
    writing: frozenset[str] = frozenset()
    """Functions whose calls change something that outlasts the search (`worlds`); empty where the environment
    reaches nothing real."""

    def api(self, function: str) -> Api:
        """The API behind an offered function.

        Raises:
            KeyError: no API is offered under this name (`Finish` is none).
        """
        for schema, api in zip(self.schemas, self.apis, strict=False):
            if schema["name"] == function:
                return api
        raise KeyError(function)

    def match(self, said: str) -> str | None:
        """Name of the offered function that a model means, None for a name it made up.

        The exact name first, else, as in ToolBench, the first function whose name ends with what was said. An
        empty name means nothing here; ToolBench lets it call the first API.
        """
        names = [schema["name"] for schema in self.schemas]
        if said in names:
            return said
        return next((name for name in names[:-1] if name.endswith(said)), None) if said else None


def offer(
    apis: Sequence[Api], style: SchemaStyle | None = None, writes: Callable[[Api], bool] | None = None
) -> Offer:
    """The functions for APIs, in their order, `Finish` last.

    Args:
        apis: those an instruction offers.
        style: None takes `TOOLBENCH` for APIs of source `toolbench` and `DOCUMENTED` for others.
        writes: which of them change something where they are called; None: none does.

    Raises:
        ConfigurationError: the same API is offered twice.
    """
    if len({api.api_id for api in apis}) < len(apis):
        raise ConfigurationError("an instruction offers the same API twice; remove it from its API list")
    styles = [style or (TOOLBENCH if api.source == "toolbench" else DOCUMENTED) for api in apis]
    wanted = [_name(api, each) for api, each in zip(apis, styles, strict=True)]
    names = unique([FINISH, *wanted])[1:] if all(each.unique_names for each in styles) else wanted
    schemas = [_schema(api, name, each) for api, name, each in zip(apis, names, styles, strict=True)]
    writing = {name for api, name in zip(apis, names, strict=True) if writes is not None and writes(api)}
    return Offer((*schemas, finish_schema()), tuple(apis), frozenset(writing))


def finish_schema() -> Schema:
    """The function that ends a path: with an answer, or by giving up."""
    properties = {
        "return_type": {"type": "string", "enum": ["give_answer", "give_up_and_restart"]},
        "final_answer": {
            "type": "string",
            "description": "What the user is told; required when return_type is give_answer.",
        },
    }
    return {
        "name": FINISH,
        "description": (
            "Ends the work. Call it with the final answer as soon as the results hold what the user asked "
            "for, or give up when they cannot be had from here. The user sees nothing but the final answer, "
            "so it must be complete in itself."
        ),
        "parameters": {"type": "object", "properties": properties, "required": ["return_type"]},
    }


def _name(api: Api, style: SchemaStyle) -> str:
    name = function_name(api.standard_name, api.tool_standard_name)
    return portable(name) if style.portable_names else name


def _schema(api: Api, name: str, style: SchemaStyle) -> Schema:
    required = [parameter for parameter in api.parameters if parameter.required]
    optional = [parameter for parameter in api.parameters if not parameter.required]
    if not required and not style.optional_only:
        optional = []
    return {
        "name": name,
        "description": _description(api, name, style),
        "parameters": {
            "type": "object",
            "properties": {each.name: _property(each, style) for each in (*required, *optional)},
            "required": [each.name for each in required],
            "optional": [each.name for each in optional],
        },
    }


def _description(api: Api, name: str, style: SchemaStyle) -> str:
    tool = f'This is the subfunction for tool "{api.tool_standard_name}", you can use this tool.'
    said = api.description.strip()
    if api.name and not style.plain_descriptions:
        said = said.replace(api.name, name)
    return f'{tool} The description of this function is: "{said[:DESCRIPTION_CHARS]}"' if said else tool


def _property(parameter: Parameter, style: SchemaStyle) -> dict[str, Any]:
    kind = _kind(parameter, style)
    schema: dict[str, Any] = {"type": kind, "description": parameter.description[:DESCRIPTION_CHARS]}
    if kind == "array":
        schema["items"] = {}
    # ToolBench documents an example under the key `default`; catalogues that tell them apart keep both.
    example = parameter.example if parameter.example is not None else parameter.default
    if example:
        schema["example_value"] = example
    if style.limits:
        bounds = {"minimum": parameter.minimum, "maximum": parameter.maximum}
        if kind in ("integer", "number"):
            schema |= {k: as_documented(parameter, bound) for k, bound in bounds.items() if bound is not None}
        if parameter.default is not None:
            schema["default"] = as_documented(parameter, parameter.default)
        if parameter.enum:
            schema["enum"] = [as_documented(parameter, member) for member in parameter.enum]
    return schema


def _kind(parameter: Parameter, style: SchemaStyle) -> str:
    if style.all_types:
        return json_type(parameter.type)
    if parameter.type == "NUMBER" and style.real_numbers:
        return "number"
    return _PUBLISHED_TYPES.get(parameter.type, "string")
