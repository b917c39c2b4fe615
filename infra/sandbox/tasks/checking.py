"""Holds asks files against a running hub: what an author wrote wrongly, in sentences."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from infra.sandbox.tasks.asks import ApiAsks, FactAsked, read_folder, read_tool, slots
from infra.sandbox.tasks.calling import is_alike
from infra.sandbox.tasks.documents import ApiDocument, Arguments, Json, ToolDocument
from infra.sandbox.tasks.facts import is_kind
from infra.sandbox.tasks.hub import Hub, Reply
from infra.sandbox.tasks.paths import NoSuchPlace, value_at

SESSION = "check-asks"


@dataclass
class Findings:
    """What a check found."""

    problems: list[str] = field(default_factory=list)
    """Mistakes that cost tasks."""
    notes: list[str] = field(default_factory=list)
    """What an author may want to look at."""
    files: int = 0
    apis: int = 0
    """APIs that a file describes."""


def check_folder(hub: Hub, folder: Path, only: Sequence[str] = ()) -> Findings:
    """Check the asks files of a folder, or those of the tools in `only`.

    Every sentence is called once with the first of its values, and every further value and set once.

    Raises:
        TasksError: a file is not TOML, or the hub does not answer.
    """
    findings = Findings()
    known = sorted(row["slug"] for row in hub.listing("tools"))
    files = {slug: table for slug, table in read_folder(folder).items() if not only or slug in only}
    findings.problems += [f"there is no asks file {slug}.toml" for slug in only if slug not in files]
    fields: dict[str, tuple[frozenset[str], str]] = {}
    for slug, table in files.items():
        findings.files += 1
        if slug not in known:
            near = " or ".join(get_close_matches(slug, known, 3, 0.8))
            if near:
                findings.problems.append(f"{slug}.toml: the hub has no tool '{slug}'; did you mean {near}?")
            else:  # a tool of an extra that is not installed, or of somebody's folder
                findings.notes.append(f"{slug}.toml: the hub has no tool '{slug}', so nothing was checked")
            continue
        tool = hub.tool(slug)
        asks, problems = read_tool(tool, table)
        findings.problems += problems
        findings.apis += len(asks)
        bare = [api.slug for api in tool.apis if api.slug not in asks]
        if bare:
            findings.notes.append(f"{slug}.toml: nobody asks for {', '.join(bare)}")
        for api in tool.apis:
            if api.slug in asks:
                _ApiCheck(hub, tool, api, asks[api.slug], findings).run(table[api.slug])
                findings.problems += _other_fields(f"{slug}.toml [{api.slug}]", asks[api.slug], fields)
    hub.forget(SESSION)
    return findings


def first_arguments(api: ApiDocument, asks: ApiAsks, names: Sequence[str]) -> Arguments:
    """Return a value for each parameter in `names`, and for the required ones: the first there is."""
    arguments = {}
    for parameter in api.parameters:
        listed = [*([] if parameter.example is None else [parameter.example])]
        listed += asks.values.get(parameter.name, ())
        if (parameter.required or parameter.name in names) and listed:
            arguments[parameter.name] = listed[0]
    together = asks.sets[0] if asks.sets else {}
    return arguments | {name: value for name, value in together.items() if name in arguments}


class _ApiCheck:
    """Checks one API by calling it."""

    def __init__(
        self, hub: Hub, tool: ToolDocument, api: ApiDocument, asks: ApiAsks, findings: Findings
    ) -> None:
        self._hub = hub
        self._tool = tool
        self._api = api
        self._asks = asks
        self._findings = findings
        self._where = f"{tool.slug}.toml [{api.slug}]: "
        self._replies: dict[str, Reply] = {}

    def run(self, written: Mapping[str, Json]) -> None:
        """Check sentences, values, sets, facts and gives."""
        if not self._asks.asks:
            self._wrong("needs asks: two or three sentences")
        self._wording()
        if not self._answers():
            return
        for arguments in self._argument_sets():
            reply = self._called(arguments)
            if 400 <= reply.status < 500:
                said = json.dumps(arguments, ensure_ascii=False)
                self._wrong(f"the call with {said} is refused with {reply.complaint()}")
        for fact in self._asks.facts:
            self._fact(fact)
        for give in self._asks.gives:
            for path in give.source.values():
                if not self._values_at(path):
                    self._wrong(f"gives: no answer has '{path}'; the keys are {self._keys()}")
        if not written.get("facts") and self._api.method == "GET":
            self._note("has no facts: the API can feed others, but nothing is asked of itself")

    def _wrong(self, sentence: str) -> None:
        self._findings.problems.append(self._where + sentence)

    def _note(self, sentence: str) -> None:
        self._findings.notes.append(self._where + sentence)

    def _wording(self) -> None:
        for sentence in (*self._asks.asks, *self._asks.chained):
            if self._api.name.lower() in sentence.lower() and " " in self._api.name:
                self._note(f"'{sentence}' says the API's name, which makes finding it too easy")
            if sentence.strip()[-1] not in ".?!":
                self._note(f"'{sentence}' ends without . ? or !")
        if self._asks.takes and not self._asks.chained:
            self._wrong("takes something, but no 'chained' sentence says so")

    def _answers(self) -> bool:
        reply = self._called(self._api.example_arguments())
        odd = reply.is_answer and not is_alike(reply.answer, self._api.example_response)
        if not reply.is_answer or odd:
            what = "something else than documented" if odd else reply.complaint()
            self._note(f"could not be tried: its example call gave {what}; check with '--plants 0 --drift 0'")
        return reply.is_answer and not odd

    def _argument_sets(self) -> Iterator[Arguments]:
        """Yield the arguments of each sentence, then variants: each value and each set in turn."""
        sentences = (*self._asks.asks, *self._asks.chained)
        for sentence in sentences:
            yield first_arguments(self._api, self._asks, slots(sentence))
        named = [name for sentence in sentences for name in slots(sentence)]
        base = first_arguments(self._api, self._asks, named)
        in_sets = {name for together in self._asks.sets for name in together}
        for name, listed in self._asks.values.items():
            if name not in base and name not in in_sets:
                self._note(f"values: no sentence says {{{name}}}, so its values are never used")
            for value in listed:
                if name in base and name not in in_sets:
                    yield base | {name: value}
        for together in self._asks.sets:
            yield base | {name: value for name, value in together.items() if name in base}

    def _called(self, arguments: Arguments) -> Reply:
        key = json.dumps(arguments, sort_keys=True)
        if key not in self._replies:
            if self._api.method == "POST":
                self._hub.forget(SESSION)
            self._replies[key] = self._hub.call(self._tool, self._api, arguments, SESSION)
        return self._replies[key]

    def _values_at(self, path: str) -> list[Json]:
        found = []
        for answer in [r.answer for r in self._replies.values() if r.is_answer] or [None]:
            try:
                found.append(value_at(answer, path))
            except NoSuchPlace:
                continue
        return [value for value in found if value is not None]

    def _keys(self) -> str:
        answer = self._api.example_response
        return ", ".join(answer) if isinstance(answer, dict) else f"{json.dumps(answer)[:80]} ..."

    def _fact(self, fact: FactAsked) -> None:
        values = self._values_at(fact.path)
        if not values:
            self._wrong(f"facts: no answer has a value at '{fact.path}'; the keys are {self._keys()}")
            return
        if any(isinstance(v, dict) or (isinstance(v, list) and _is_deep(v)) for v in values):
            self._wrong(f"facts: '{fact.path}' leads to an object; go on to a single value or a plain list")
            return
        if fact.kind and not all(is_kind(value, fact.kind) for value in values):
            self._wrong(f"facts: '{fact.path}' is no {fact.kind}: {json.dumps(values[0])[:60]}")
        tried = len({json.dumps(arguments) for arguments in self._argument_sets()})
        if tried > 2 and len({json.dumps(value) for value in values}) == 1:
            self._note(f"facts: '{fact.path}' was {json.dumps(values[0])[:60]} in all {tried} calls tried")
        elif all(isinstance(v, bool) for v in values) and len(self._asks.facts) == 1:
            self._note(f"facts: '{fact.path}' is true or false, which one could guess; add another fact")


def _is_deep(values: list[Json]) -> bool:
    return any(isinstance(value, dict | list) for value in values)


def _other_fields(where: str, asks: ApiAsks, fields: dict[str, tuple[frozenset[str], str]]) -> Iterator[str]:
    """Hold the fields of meanings that authors made up against those of the files read before."""
    for give in asks.gives:
        names, first = fields.setdefault(give.meaning, (frozenset(give.source), where))
        if names != frozenset(give.source):
            yield f"{where}: gives a {give.meaning} other fields than {first}: {', '.join(sorted(names))}"
    for take in asks.takes.values():
        names, first = fields.get(take.meaning, (frozenset(take.fields.values()), where))
        if not set(take.fields.values()) <= names:
            yield f"{where}: a {take.meaning} has the fields {', '.join(sorted(names))} (see {first})"
