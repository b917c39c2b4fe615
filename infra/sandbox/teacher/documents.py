"""Documents: what the request says about the functions it offers, prepared for matching and reading."""

import itertools
import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from infra.sandbox.teacher.meanings import meaning_of, side_of
from infra.sandbox.teacher.words import content_stems, group, is_small, name_words, stem

FINISH = "Finish"
_DESCRIPTION, _NAME, _PARAMETER_NOTE, _PARAMETER_NAME, _MEMBER, _TOOL = 1.0, 0.9, 0.6, 0.35, 0.3, 0.2
"""Weight of a word by the field of the documentation that it stands in."""
_GROUP = 0.75
"""Weight of a word that means nearly the same, as a share of the word's own."""
_MARK = 0.5
"""Weight of a kind of value that a parameter asks for."""
_MOST_TELLING = 1.8
"""Most that the rarity of a word counts."""

_WRAPPED = re.compile(
    r'^This is the subfunction for tool "(?P<tool>.*?)", you can use this tool\.?\s*'
    r'(?:The description of this function is: "(?P<text>.*?)"?)?\s*$',
    re.DOTALL,
)
_LISTED = re.compile(
    r"\bexamples?(?: are| values?)?\s*[:=]\s*(?P<list>(?:[^.\n]|\.(?=[^\s.]))*)", re.IGNORECASE
)
_SUCH_AS = re.compile(r"\b(?:e\.g\.|for example|such as|like)[,:]?\s*(?P<list>[^\n]*)", re.IGNORECASE)
_ABBREVIATED = {
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "tz": "timezone",
    "min": "minimum",
    "max": "maximum",
    "num": "number",
    "qty": "quantity",
    "lang": "language",
    "addr": "address",
}
_ALSO_CALLED: dict[str, tuple[tuple[str, ...], ...]] = {
    "timezone": (("time", "zone"), ("timezone",)),
    "datetime": (("date",), ("time",)),
    "iata": (("airport",),),
    "postal_code": (("zip",), ("postcode",), ("postal", "code")),
}
"""Meaning of a parameter -> other words that name it."""
_ORDINALS = {"1": "first", "2": "second", "a": "first", "b": "second", "3": "third"}


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """One parameter of an offered function."""

    name: str
    type: str
    """JSON schema type: string, integer, number, boolean, array or object."""
    description: str
    required: bool
    enum: tuple[Any, ...]
    default: Any
    """Documented default, or None."""
    example: Any
    """Documented example value, or None."""
    minimum: float | None
    maximum: float | None
    kind: str
    """What a value looks like: enum, boolean, array, integer, number, date, datetime, month, clock or
    string."""
    meaning: str | None
    """What the value stands for (`meanings.py`)."""
    side: int
    """1 or 2 where it is the first or second of a pair."""
    labels: tuple[frozenset[str], ...]
    """Ways to name it, each a set of stems that must all be near the value."""
    note_stems: frozenset[str]
    """Stems of its description."""
    shape: str
    """Shape of the example value, as `shape_of` gives it."""
    samples: tuple[str, ...]
    """Example values that the description lists, for strings."""
    patterns: frozenset[str]
    """Exact patterns of its example values that hold digits, as `pattern_of` gives them, for strings."""
    holds_digits: bool
    """Whether it is a string of which every documented example holds digits."""

    @property
    def is_code(self) -> bool:
        """Whether it asks for a short code in capitals, such as a country's."""
        return len(self.shape) <= 4 and self.shape.isalpha() and self.shape.isupper()


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """One offered function."""

    name: str
    tool: str
    """Name of the tool it belongs to where the description says so; else empty."""
    description: str
    """The description without the wrapping sentence."""
    parameters: tuple[Parameter, ...]
    weights: dict[str, float]
    """Stem or group mark -> weight of the field it stands in."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems of the description and of the name."""
    order: int
    """Place among the offered functions."""

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters that a call must have."""
        return tuple(parameter for parameter in self.parameters if parameter.required)


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """All functions a request offers."""

    functions: tuple[Function, ...]
    """Without Finish."""
    finish: str | None
    """Name of the function that ends the search, where there is one."""
    rarity: dict[str, float]
    """Stem or group mark -> how telling it is among these functions."""
    characters: int
    """Length of the functions as JSON text."""
    by_name: dict[str, Function] = field(default_factory=dict)


@lru_cache(maxsize=8_192)
def shape_of(text: str) -> str:
    """Shape of a value: `Europe/Lisbon` is `Aa/Aa`, `2026-07` is `9-9`; capitals of short codes count."""
    runs = re.sub(r"[a-zà-ÿ]+", "a", re.sub(r"\d+", "9", text))
    return re.sub(r"[A-Z]" if len(text) <= 4 else r"[A-Z]+", "A", runs)


@lru_cache(maxsize=8_192)
def pattern_of(text: str) -> str:
    """Exact pattern of a value: `ES-CT` is `AA-AA`, `0378-5955` is `9999-9999`; lengths count."""
    return re.sub(r"[a-zà-ÿ]", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "9", text)))


def _kind(schema_type: str, enum: tuple[Any, ...], name: str, description: str, example: Any) -> str:
    if enum:
        return "enum"
    if schema_type in {"integer", "number", "boolean", "array"}:
        return schema_type
    words = set(name_words(name))
    sample = example if isinstance(example, str) else ""
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\S*", sample) or re.search(
        r"yyyy-mm-ddt|date and time", description, re.I
    ):
        return "datetime"
    if re.fullmatch(r"\d{4}-\d\d-\d\d", sample) or re.search(r"yyyy-mm-dd|\biso date\b", description, re.I):
        return "date"
    if re.fullmatch(r"\d{4}-\d\d", sample) or re.search(r"yyyy-mm\b", description, re.I):
        return "month"
    if re.fullmatch(r"\d\d:\d\d(:\d\d)?", sample) or re.search(r"\bhh:mm", description, re.I):
        return "clock"
    if not sample and ("datetime" in words or "timestamp" in words):
        return "datetime"
    if not sample and "date" in words:
        return "date"
    return "string"


def _labels(name: str, meaning: str | None, side: int) -> tuple[frozenset[str], ...]:
    words = [_ABBREVIATED.get(word, word) for word in name_words(name)]
    full = frozenset(map(stem, words))
    ways = [full]
    if any(word in _ORDINALS for word in words):
        ways.append(frozenset(stem(_ORDINALS.get(word, word)) for word in words))
        ways.append(frozenset(map(stem, name_words(name))))
    elif tuple(words) != name_words(name):
        ways.append(frozenset(map(stem, name_words(name))))
    telling = frozenset(stem(word) for word in words if not is_small(word) and word not in _ORDINALS)
    if telling and telling not in ways and not side:
        ways.append(telling)
    for way in _ALSO_CALLED.get(meaning or "", ()):
        stems = frozenset(map(stem, way))
        if not side and stems not in ways:
            ways.append(stems)
    return tuple(ways)


def build_parameter(name: str, schema: dict[str, Any], required: bool) -> Parameter:
    """Prepare one parameter from its JSON schema; keys that are not understood are passed over."""
    description = str(schema.get("description") or "")
    types = schema.get("type")
    named = [kind for kind in (types if isinstance(types, list) else [types]) if isinstance(kind, str)]
    schema_type = next((kind for kind in named if kind != "null"), "string")
    enum = schema.get("enum")
    members = tuple(enum) if isinstance(enum, list) else ()
    default = schema.get("default")
    example = next(
        (schema[key] for key in ("example", "example_value") if schema.get(key) not in (None, "")), None
    )
    sample = example if example is not None else default
    listed = listed_examples(description) if schema_type == "string" else []
    if sample in (None, "") and listed:
        sample = listed[0]
    texts = [each for each in (*listed, sample) if isinstance(each, str) and each]
    with_digits = [each for each in texts if any(sign.isdigit() for sign in each)]
    meaning = meaning_of(name, description)
    highest = _number_or_none(schema.get("maximum"))
    if meaning == "year" and highest is not None and highest < 1_000:
        meaning = None  # the third year of something, not one of the calendar
    side = side_of(name, description, schema_type in {"integer", "number"})
    return Parameter(
        name=name,
        type=schema_type,
        description=description,
        required=required,
        enum=members,
        default=default if default not in (None, "") else None,
        example=example,
        minimum=_number_or_none(schema.get("minimum")),
        maximum=_number_or_none(schema.get("maximum")),
        kind=_kind(schema_type, members, name, description, sample),
        meaning=meaning,
        side=side,
        labels=_labels(name, meaning, side),
        note_stems=frozenset(content_stems(description)),
        shape=shape_of(sample) if isinstance(sample, str) else "",
        samples=tuple(listed),
        patterns=frozenset(map(pattern_of, with_digits)),
        holds_digits=bool(with_digits) and len(with_digits) == len(texts),
    )


def _number_or_none(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def listed_examples(description: str) -> list[str]:
    """Values that a description lists after `Examples:`; apart by semicolons, or else by commas."""
    match = _LISTED.search(description) or _SUCH_AS.search(description)
    if match is None:
        return []
    text = match["list"].strip().rstrip(".")
    parts = text.split(";") if ";" in text else re.split(r",| or ", text)
    cleaned = [part.strip().strip("`'\"").strip() for part in parts]
    found = [part for part in cleaned if part]
    if match.re is _SUCH_AS:
        # Prose goes on after the value (`for example Porto, which ...`), so only the first word is safe.
        found = [part.split(" ")[0].rstrip(".),") for part in found[:1]]
    return found


def build_function(
    name: str, description: str, parameters: tuple[Parameter, ...], tool: str = "", order: int = 0
) -> Function:
    """Weigh the words of a function: its description most, then its name, then its parameters.

    The description leads because a name may be nonsense; where it is blank or bare, the name leads.
    """
    weights: dict[str, float] = {}

    def weigh(stems: list[str], weight: float) -> None:
        for stemmed in stems:
            weights[stemmed] = max(weights.get(stemmed, 0.0), weight)
            weights[group(stemmed)] = max(weights.get(group(stemmed), 0.0), weight * _GROUP)

    described = content_stems(description)
    name_part = name.split("_for_")[0] if "_for_" in name else name
    named = [stem(word) for word in name_words(name_part) if not is_small(word)]
    weigh(described, _DESCRIPTION)
    weigh(named, _NAME if len(described) >= 3 else 1.0)
    weigh([stem(word) for word in name_words(tool) if not is_small(word)], _TOOL)
    for parameter in parameters:
        weigh([stem(word) for word in name_words(parameter.name) if not is_small(word)], _PARAMETER_NAME)
        weigh(list(parameter.note_stems), _PARAMETER_NOTE)
        if parameter.meaning is not None:
            weights[f"@{parameter.meaning}"] = _MARK
        elif parameter.kind in ("date", "datetime", "month"):
            weights[f"@{parameter.kind}"] = _MARK
        for member in parameter.enum:
            weigh(content_stems(str(member).replace("_", " ")), _MEMBER)
    pairs = frozenset((*itertools.pairwise(described), *itertools.pairwise(named)))
    return Function(name, tool, description, parameters, weights, pairs, order)


def _read_function(schema: dict[str, Any], order: int) -> Function:
    name = str(schema.get("name") or "")
    description = str(schema.get("description") or "")
    tool = ""
    if match := _WRAPPED.match(description):
        tool, description = match["tool"], match["text"] or ""
    elif "_for_" in name:
        tool = name.rsplit("_for_", 1)[1]
    parameters = schema.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    required = parameters.get("required") if isinstance(parameters, dict) else None
    names = set(required) if isinstance(required, list) else set()
    built = tuple(
        build_parameter(key, value if isinstance(value, dict) else {}, key in names)
        for key, value in (properties.items() if isinstance(properties, dict) else ())
    )
    return build_function(name, description, built, tool, order)


def build_offer(functions: tuple[Function, ...], finish: str | None, characters: int) -> Offer:
    """Put functions together and count how telling each word is among them."""
    counts: dict[str, int] = {}
    for function in functions:
        for word in function.weights:
            counts[word] = counts.get(word, 0) + 1
    rarity = {
        word: min(math.log(1.5 + len(functions) / count), _MOST_TELLING) for word, count in counts.items()
    }
    return Offer(functions, finish, rarity, characters, {function.name: function for function in functions})


@lru_cache(maxsize=512)
def read_offer(functions_json: bytes) -> Offer:
    """Prepare the functions of a request from their JSON list (each `name`, `description`, `parameters`)."""
    schemas = [schema for schema in orjson.loads(functions_json) if isinstance(schema, dict)]
    finish = next((str(schema["name"]) for schema in schemas if is_finish(schema)), None)
    offered = [schema for schema in schemas if not is_finish(schema)]
    functions = tuple(_read_function(schema, order) for order, schema in enumerate(offered))
    return build_offer(functions, finish, len(functions_json.decode()))


def is_finish(schema: dict[str, Any]) -> bool:
    """Say whether a function schema is the one that ends a search: it takes `return_type`."""
    parameters = schema.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    return schema.get("name") == FINISH or (isinstance(properties, dict) and "return_type" in properties)
