"""How a tool of the marketplace is written down: a `Tool`, and functions declared as its APIs.

A tool file reads like documentation. The docstring of a function is the description of the API, the
annotations of its arguments are the parameter table, a default makes a parameter optional:

    tool = Tool(name="Sun Times", category="Weather", description="...", packages=("astral",), ...)

    Latitude = Annotated[float, Number("...", minimum=-90, maximum=90, example=38.72)]

    @tool.get("/length", "Day Length")
    def day_length(latitude: Latitude, date: Annotated[date, Day("...", example="2026-06-21")]) -> Answer:
        \"\"\"Hours between the rising and the setting of the Sun.\"\"\"

An argument of type `Clock` or `State` is handed over by the hub and does not appear in the documentation.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import orjson

from infra.sandbox.hub.clock import EPOCH, Clock
from infra.sandbox.hub.errors import BadValue, DeclarationError
from infra.sandbox.hub.parameters import Kind
from infra.sandbox.hub.state import State

Answer = Mapping[str, object] | Sequence[object]
"""What an API returns: a JSON object or list."""

Names = tuple[str, str]
"""Slug of a tool and slug of one of its APIs."""

_REQUIRED = inspect.Parameter.empty


def slug_of(name: str) -> str:
    """Return the name as it stands in addresses: ``ECB Exchange Rates`` becomes ``ecb-exchange-rates``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an API: its kind, its name, and where in the request it travels."""

    name: str
    place: str
    """``path``, ``query`` or ``body``."""
    kind: Kind
    required: bool
    default: object
    """Python value the function receives where the argument is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Api:
    """One callable address of a tool; two are equal only if they are the same object."""

    name: str
    slug: str
    description: str
    method: str
    path: str
    """Relative to the tool, with ``{name}`` where an argument goes: ``/holidays/{country}/{year}``."""
    parameters: tuple[Parameter, ...]
    function: Callable[..., Answer]
    clock_argument: str = ""
    """Name of the argument that the hub fills with the `Clock`; empty where there is none."""
    state_argument: str = ""
    """Name of the argument that the hub fills with the `State`; empty where there is none."""
    delay_s: float = 0.0
    """How long every answer is kept back [s]."""

    @property
    def writes(self) -> bool:
        """Whether a call may change what the tool keeps in the caller's session."""
        return self.method == "POST" and bool(self.state_argument)

    @property
    def segments(self) -> tuple[str, ...]:
        """The path, cut at its slashes."""
        return tuple(self.path[1:].split("/"))

    def example_arguments(self) -> dict[str, object]:
        """Return JSON values of the required parameters: the call whose answer the documentation shows."""
        return {p.name: p.kind.shown_example() for p in self.parameters if p.required}


@dataclass
class Tool:
    """A set of APIs that belong together, and what a reader of its page must know."""

    name: str
    category: str
    """Name of the category as people read it, for example ``Weather``."""
    description: str
    licence: str
    """Licence of package and of data, with the attribution the data asks for."""
    data_vintage: str
    """How old the facts are; "formulae" where nothing ages."""
    packages: tuple[str, ...] = ()
    """Distributions that the answers come from; empty for the standard library."""
    extra: str = ""
    """Extra of ours that brings these packages; the tool is left out where it is not installed."""
    tables: tuple[str, ...] = ()
    """Files of the hub's own ``tables`` folder that the answers come from."""
    collections: tuple[str, ...] = ()
    """Slugs of the collections the tool is in."""
    pricing: str = "FREE"
    initial_state: Mapping[str, object] | None = None
    """JSON object that a fresh session starts with; only for tools that write."""
    invented: bool = False
    """Made up for ``--size``: it stands for nothing, and nothing has to be loaded for it."""
    apis: list[Api] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("name", "category", "description", "licence", "data_vintage", "pricing"):
            text = getattr(self, name)
            if not isinstance(text, str) or not text.strip():
                raise DeclarationError(f"tool {self.name!r}: its {name} must be text")
        for name in ("packages", "tables", "collections"):
            texts = getattr(self, name)
            if not isinstance(texts, tuple | list) or not all(isinstance(text, str) for text in texts):
                raise DeclarationError(f"tool {self.name!r}: its {name} must be a tuple of texts")
        if not self.slug:
            raise DeclarationError(f"tool {self.name!r}: its name needs a letter or a digit")

    def initial_document(self) -> bytes:
        """Return the initial state as JSON."""
        return orjson.dumps(self.initial_state)

    def first_state(self) -> State:
        """Return what a fresh session starts with."""
        return State(orjson.loads(self.initial_document()))

    def example_answer(self, api: Api, state: State | None = None) -> Answer:
        """Return the answer to the documented example, at the epoch, in a fresh session if none is given."""
        given = api.example_arguments()
        arguments = {
            p.name: p.kind.from_json(given[p.name]) if p.required else p.default for p in api.parameters
        }
        if api.clock_argument:
            arguments[api.clock_argument] = Clock(EPOCH)
        if api.state_argument:
            arguments[api.state_argument] = self.first_state() if state is None else state
        return api.function(**arguments)

    @property
    def slug(self) -> str:
        """The tool's part of every address."""
        return slug_of(self.name)

    def get(self, path: str, name: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        """Declare the function below as an API that is called by GET."""
        return self._declare("GET", path, name)

    def post(self, path: str, name: str) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        """Declare the function below as an API that is called by POST; its arguments are a JSON object."""
        return self._declare("POST", path, name)

    def _declare(
        self, method: str, path: str, name: str
    ) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        def declare(function: Callable[..., Answer]) -> Callable[..., Answer]:
            api = _declared_api(f"{self.name}: {name}", method, path, name, function)
            if api.state_argument and not _is_json_object(self.initial_state):
                raise DeclarationError(f"{self.name}: '{name}' has a state, so give initial_state=" + "{...}")
            for other in self.apis:
                same_address = (other.method, _shape(other.path)) == (method, _shape(path))
                if other.slug == api.slug or same_address:
                    raise DeclarationError(f"{self.name}: '{name}' and '{other.name}' have the same address")
            self.apis.append(api)
            return function

        return declare


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _is_json_object(state: object) -> bool:
    try:
        return isinstance(state, Mapping) and orjson.loads(orjson.dumps(state)) == state
    except orjson.JSONEncodeError:
        return False


def _declared_api(where: str, method: str, path: str, name: str, function: Callable[..., Answer]) -> Api:
    description = " ".join(inspect.getdoc(function).split()) if function.__doc__ else ""  # type: ignore[union-attr]
    if not description:
        raise DeclarationError(f"{where}: give the function a docstring, it becomes the API's description")
    if not re.fullmatch(r"(/([a-z0-9-]+|\{[a-z_0-9]+\}))+", path):
        raise DeclarationError(f"{where}: write the path as /word/{{argument}}, not {path}")
    in_path = re.findall(r"\{([^}]*)\}", path)
    hints = get_type_hints(function, include_extras=True)
    arguments = inspect.signature(function).parameters
    clock, state = (_injected(where, arguments, hints, type_) for type_ in (Clock, State))
    parameters = tuple(
        _declared_parameter(f"{where}: {name}", method, in_path, argument, hints.get(name))
        for name, argument in arguments.items()
        if name not in (clock, state)
    )
    unknown = set(in_path) - {p.name for p in parameters}
    if unknown:
        raise DeclarationError(f"{where}: the path names {sorted(unknown)}, which the function does not take")
    return Api(name, slug_of(name), description, method, path, parameters, function, clock, state)


def _injected(
    where: str, arguments: Mapping[str, inspect.Parameter], hints: Mapping[str, Any], wanted: type
) -> str:
    names = [name for name in arguments if hints.get(name) is wanted]
    if len(names) > 1:
        raise DeclarationError(f"{where}: take one {wanted.__name__} only")
    return names[0] if names else ""


def _declared_parameter(
    where: str, method: str, in_path: list[str], argument: inspect.Parameter, hint: Any
) -> Parameter:
    kinds = [extra for extra in get_args(hint)[1:] if isinstance(extra, Kind)]
    if get_origin(hint) is not Annotated or len(kinds) != 1:
        raise DeclarationError(f"{where}: annotate it as Annotated[type, Text(...)] or another kind")
    kind, plain_type = kinds[0], get_args(hint)[0]
    required = argument.default is _REQUIRED
    if plain_type not in (kind.python_type, kind.python_type if required else kind.python_type | None):  # type: ignore[operator]
        raise DeclarationError(f"{where}: a {type(kind).__name__} is handed over as {kind.python_type}")
    place = "path" if argument.name in in_path else "body" if method == "POST" else "query"
    if place == "path" and not required:
        raise DeclarationError(f"{where}: an argument of the path cannot have a default")
    try:
        kind.from_json(kind.shown_example())
    except BadValue as error:
        raise DeclarationError(f"{where}: its own example {error}") from error
    return Parameter(argument.name, place, kind, required, None if required else argument.default)
