"""How people ask for what an API tells: the asks files, one a tool, read and held against the documentation.

The form is described in this folder's README. Reading never stops at a mistake: what does not fit the
documentation is left out and becomes a sentence among the problems, so that a marketplace which drifted away
from its asks files still yields tasks, and an author sees all mistakes at once.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.sandbox.tasks.documents import ApiDocument, Arguments, Json, ToolDocument
from infra.sandbox.tasks.errors import TasksError
from infra.sandbox.tasks.limits import is_number, unfit
from infra.sandbox.tasks.meanings import MEANINGS, meaning_of

OUR_ASKS = Path(__file__).parent / "asks"
SLOT = re.compile(r"\{([A-Za-z0-9_]+)\}")
KINDS = ("number", "text", "date", "time", "datetime", "boolean", "list")
"""Kinds of fact an author can name; the kind ``state`` is made from sessions."""

_API_KEYS = ("asks", "facts", "values", "sets", "takes", "gives", "reckoned")
_FACT_KEYS = ("path", "kind", "unit", "tolerance")
_GIVE_KEYS = ("meaning", "from", "words")


@dataclass(frozen=True)
class FactAsked:
    """A place of the answer that a right reply must tell; None means: read it off key and value."""

    path: str
    kind: str | None = None
    unit: str | None = None
    tolerance: float | None = None


@dataclass(frozen=True)
class Take:
    """A meaning that another API's answer can feed."""

    name: str
    """Its slot in sentences: the meaning, or ``place_2`` for a second one."""
    meaning: str
    fields: Mapping[str, str]
    """Field of the meaning by parameter."""


@dataclass(frozen=True)
class Give:
    """A meaning that this API's answer can feed to others."""

    meaning: str
    source: Mapping[str, str]
    """Path in the answer by field of the meaning."""
    words: tuple[str, ...]
    """How a person names it, with slots of this API's own parameters."""


@dataclass(frozen=True)
class ApiAsks:
    """How people ask for one API."""

    asks: tuple[str, ...] = ()
    facts: tuple[FactAsked, ...] = ()
    values: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    sets: tuple[Arguments, ...] = ()
    takes: Mapping[str, Take] = field(default_factory=dict)
    chained: tuple[str, ...] = ()
    gives: tuple[Give, ...] = ()
    reckoned: bool = False
    """Whether whoever knows the rule, or the textbook, can answer without the API."""


def slots(sentence: str) -> list[str]:
    """Return the names between braces, in order."""
    return SLOT.findall(sentence)


def left_to_say(api: ApiDocument, asks: ApiAsks, sentence: str) -> list[str]:
    """Return the required parameters that a sentence neither names nor leaves to a take it names."""
    named = set(slots(sentence))
    fed = {p for name in named for p in (asks.takes[name].fields if name in asks.takes else ())}
    return [name for name in api.required if name not in named | fed]


def read_folder(folder: Path) -> dict[str, dict[str, Json]]:
    """Return the contents of each asks file, by slug of its tool; raises `TasksError` if one is no TOML."""
    tables = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TasksError(f"{path.name} is not TOML: {error}.") from error
        except OSError as error:
            raise TasksError(f"{path} cannot be read: {error.strerror}.") from error
    return tables


def read_tool(tool: ToolDocument, table: Mapping[str, Json]) -> tuple[dict[str, ApiAsks], list[str]]:
    """Read the asks file of a tool.

    Args:
        tool: its documentation.
        table: the contents of the file.

    Returns:
        asks by slug of the API, and a sentence for everything that was left out.
    """
    problems: list[str] = []
    apis = {api.slug: api for api in tool.apis}
    asks = {}
    for slug, content in table.items():
        where = f"{tool.slug}.toml [{slug}]: "
        if slug not in apis:
            problems.append(f"{where}the tool has no such API; it has {', '.join(apis)}")
        elif not isinstance(content, dict):
            problems.append(f"{where}must be a table")
        else:
            reading = _Reading(apis[slug], where, problems)
            asks[slug] = reading.api(content)
    return asks, problems


class _Reading:
    """Reads the table of one API."""

    def __init__(self, api: ApiDocument, where: str, problems: list[str]) -> None:
        self._api = api
        self._where = where
        self._problems = problems
        self._parameters = {p.name: p for p in api.parameters}

    def api(self, content: Mapping[str, Json]) -> ApiAsks:
        self._known_keys(content, _API_KEYS, "the table", {"chained": f"[{self._api.slug}.takes]"})
        takes_table = content.get("takes", {})
        if not isinstance(takes_table, dict):
            self._wrong("'takes' must be a table")
            takes_table = {}
        takes = self._takes({k: v for k, v in takes_table.items() if k != "chained"})
        partial = ApiAsks(takes=takes)
        gives = content.get("gives", [])
        if not isinstance(gives, list):
            self._wrong("'gives' must be written [[" + self._api.slug + ".gives]]")
            gives = []
        reckoned = content.get("reckoned", False)
        if not isinstance(reckoned, bool):
            self._wrong("'reckoned' must be true or false")
        return ApiAsks(
            asks=self._sentences("asks", content.get("asks", []), ApiAsks()),
            facts=tuple(self._facts(content.get("facts", []))),
            values=self._values(content.get("values", {})),
            sets=self._sets(content.get("sets", [])),
            takes=takes,
            chained=tuple(
                sentence
                for sentence in self._sentences("chained", takes_table.get("chained", []), partial)
                if self._is_chained(sentence, takes)
            ),
            gives=tuple(give for table in gives for give in self._gives(table, partial)),
            reckoned=reckoned is True,
        )

    def _wrong(self, sentence: str) -> None:
        self._problems.append(self._where + sentence)

    def _known_keys(
        self, table: Mapping[str, Json], known: tuple[str, ...], what: str, elsewhere: Mapping[str, str]
    ) -> None:
        for key in table:
            if key in elsewhere:
                self._wrong(f"'{key}' belongs under {elsewhere[key]}")
            elif key not in known:
                self._wrong(f"{what} has an unknown key '{key}'; known are {', '.join(known)}")

    def _sentences(self, what: str, sentences: Json, asks: ApiAsks) -> tuple[str, ...]:
        if not isinstance(sentences, list) or not all(isinstance(s, str) and s.strip() for s in sentences):
            self._wrong(f"'{what}' must be a list of sentences")
            return ()
        fine = []
        for sentence in sentences:
            unknown = [s for s in slots(sentence) if s not in self._parameters and s not in asks.takes]
            missing = left_to_say(self._api, asks, sentence)
            if unknown or re.search(r"[{}]", SLOT.sub("", sentence)):
                known = ", ".join([*self._parameters, *asks.takes])
                names = ", ".join(f"{{{name}}}" for name in unknown) or "a lone brace"
                self._wrong(f"{what}: '{sentence}' names {names}; the API knows {known or 'no parameter'}")
            elif missing:
                self._wrong(f"{what}: '{sentence}' lacks the required {', '.join(missing)}")
            elif sentence in fine:
                self._wrong(f"{what}: '{sentence}' stands there twice")
            else:
                fine.append(sentence)
        return tuple(fine)

    def _is_chained(self, sentence: str, takes: Mapping[str, Take]) -> bool:
        named = slots(sentence)
        fed = [take for name, take in takes.items() if name in named]
        twice = {p for take in fed for p in take.fields if p in named and p != take.name}
        if not fed:
            self._wrong(f"chained: '{sentence}' names none of {', '.join(f'{{{name}}}' for name in takes)}")
        elif twice:
            self._wrong(f"chained: '{sentence}' names {', '.join(sorted(twice))}, which the chain feeds")
        return bool(fed) and not twice

    def _facts(self, facts: Json) -> list[FactAsked]:
        if not isinstance(facts, list):
            self._wrong("'facts' must be a list of paths or of tables with a path")
            return []
        found = []
        for fact in facts:
            table = {"path": fact} if isinstance(fact, str) else fact
            if not isinstance(table, dict) or not isinstance(table.get("path"), str):
                self._wrong(f"facts: {fact!r} is neither a path nor a table with a path")
                continue
            self._known_keys(table, _FACT_KEYS, f"the fact '{table['path']}'", {})
            kind, unit, tolerance = (table.get(key) for key in ("kind", "unit", "tolerance"))
            if kind is not None and kind not in KINDS:
                self._wrong(f"the fact '{table['path']}' has the kind {kind!r}; known are {', '.join(KINDS)}")
            elif unit is not None and not isinstance(unit, str):
                self._wrong(f"the fact '{table['path']}' needs a text as unit")
            elif tolerance is not None and not (is_number(tolerance) and tolerance >= 0):
                self._wrong(f"the fact '{table['path']}' needs a tolerance of 0 or more")
            else:
                found.append(FactAsked(table["path"], kind, unit, tolerance))
        return found

    def _values(self, table: Json) -> dict[str, tuple[Json, ...]]:
        if not isinstance(table, dict) or not all(isinstance(v, list) and v for v in table.values()):
            self._wrong("'values' must be a table of lists, one a parameter")
            return {}
        fine = {}
        for name, listed in table.items():
            kept = tuple(value for value in listed if self._fits("values", name, value))
            if kept:
                fine[name] = kept
        return fine

    def _sets(self, sets: Json) -> tuple[Arguments, ...]:
        if not isinstance(sets, list) or not all(isinstance(s, dict) and s for s in sets):
            self._wrong("'sets' must be a list of tables, each with a value a parameter")
            return ()
        return tuple(s for s in sets if all([self._fits("sets", name, value) for name, value in s.items()]))

    def _fits(self, what: str, name: str, value: Json) -> bool:
        parameter = self._parameters.get(name)
        if parameter is None:
            self._wrong(f"{what}: the API has no parameter '{name}'; it has {', '.join(self._parameters)}")
            return False
        complaint = unfit(parameter, value)
        if complaint:
            self._wrong(f"{what}: {name} = {value!r} {complaint}")
        return not complaint

    def _takes(self, table: Mapping[str, Json]) -> dict[str, Take]:
        takes = {}
        for name, fields in table.items():
            meaning = meaning_of(name)
            known = MEANINGS.get(meaning)
            if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
                self._wrong(f'takes: write {name} = {{ parameter = "field of the meaning" }}')
            elif unknown := [p for p in fields if p not in self._parameters]:
                self._wrong(
                    f"takes: {name} feeds {', '.join(unknown)}, which the API does not have;"
                    f' write {name} = {{ parameter = "field of the meaning" }}'
                )
            elif known and (strange := [f for f in fields.values() if f not in known]):
                self._wrong(
                    f"takes: a {meaning} has no field {', '.join(strange)}; it has {', '.join(known)}"
                    f' (write parameter = "field")'
                )
            else:
                takes[name] = Take(name, meaning, fields)
        return takes

    def _gives(self, table: Json, asks: ApiAsks) -> list[Give]:
        if not isinstance(table, dict):
            self._wrong("'gives' must be written [[" + self._api.slug + ".gives]]")
            return []
        self._known_keys(table, _GIVE_KEYS, "gives", {})
        meaning, source = table.get("meaning"), table.get("from")
        if not isinstance(meaning, str) or not re.fullmatch("[a-z_]+", meaning):
            self._wrong("gives: name a meaning, in small letters")
            return []
        if not isinstance(source, dict) or not source or not all(isinstance(v, str) for v in source.values()):
            self._wrong(f'gives: {meaning} needs from = {{ field = "path in the answer" }}')
            return []
        known = MEANINGS.get(meaning)
        if known and set(source) != set(known):
            self._wrong(f"gives: a {meaning} has the fields {', '.join(known)}, not {', '.join(source)}")
            return []
        words = self._sentences("words", table.get("words", []), asks)
        if not words:
            self._wrong(f"gives: {meaning} needs words: how a person names it, with the API's own parameters")
            return []
        return [Give(meaning, source, words)]
