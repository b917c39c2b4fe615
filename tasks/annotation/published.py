"""Searches that others published, as records of ours, so that one code reads, counts and draws both.

Three kinds of file, all of ToolBench (ToolLLM, arXiv:2307.16789) or in its form:

* answer files of a tree, `<query_id>_<method>.json` with a key `tree` (facts: DFSDT),
* answer files of chains, with a key `trys` (ReACT),
* converted runs, one JSON object of many: query id to query, functions, and a tree of messages.

Answer files keep the sum of the billed tokens, not what each reply cost: it stands in `prompt_tokens`, and
`completion_tokens` is 0. Converted runs keep no tokens and no status codes, and the published ones keep 100
characters a message: names are whole, most arguments too, observations are not.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import orjson

from tasks.errors import ConfigurationError
from tasks.records import FinishType, Group, Node, NodeKind, Trajectory
from tasks.search.codes import ANSWERED, GAVE_UP, HALLUCINATED
from tasks.search.functions import FINISH
from tasks.search.kept import plain

ENVIRONMENT = "published"
"""What such a record says of where its API answers came from."""
CUT_CHARS = 100
"""Length at which ToolBench's published converted runs cut every message."""
_KINDS: dict[str, NodeKind] = {"Thought": "thought", "Action": "action", "Action Input": "action_input"}
_FILE_NAME = re.compile(r"^(?P<id>[^_]+)_(?:(?P<teacher>.+)_)?(?P<method>(?:DFS|CoT).*)$")
_METHODS = {"chatgpt_CoT": "ChatGPT_CoT@1"}
"""How converted runs spell teacher and method, and how answer files do."""
_GROUP = re.compile(r"(?<![A-Za-z0-9])[GI]([123])(?![0-9])")
_TOOL = re.compile(r"subfunction for tool \"(?P<tool>[^\"]+)\"")
_CALL = re.compile(r"\{'name': (['\"])(?P<name>.*?)\1(?:, 'arguments': ?(?P<rest>.*))?", re.DOTALL)
_RESPONSE = re.compile(r"['\"], 'response': ?(?P<response>.*)", re.DOTALL)
_KEY_BEGUN = re.compile(r"', (?:'(?:r(?:e(?:s(?:p(?:o(?:n(?:s(?:e.*)?)?)?)?)?)?)?)?)?$", re.DOTALL)
"""A cut inside the key that follows the arguments: these are whole."""
_RETURN_TYPE = re.compile(r"\"return_type\\?\"\s*:\s*\\?\"(give_answer|give_up)")


@dataclass(frozen=True, slots=True)
class PublishedSearch:
    """A search of somebody else's."""

    trajectory: Trajectory
    cut: bool = False
    """Texts end after `CUT_CHARS` characters: what is missing is unknown, not empty."""
    coded: bool = True
    """Observations have their status codes; converted runs have none."""


def read_published(path: Path) -> list[PublishedSearch]:
    """The searches of a file, or of all files below a folder, in the order of their paths.

    Raises:
        ConfigurationError: nothing is there, a file is no JSON, or none holds a search.
    """
    if not path.exists():
        raise ConfigurationError(f"there is no file or folder of searches at {path}")
    files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
    found = [search for file in files for search in _of_file(file)]
    if not found:
        raise ConfigurationError(f"{path} holds no answer file and no converted run of ToolBench")
    return found


def _of_file(path: Path) -> Iterator[PublishedSearch]:
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is no JSON: {error}") from None
    if not isinstance(document, dict):
        return
    try:
        if "answer_generation" in document:
            yield PublishedSearch(answer_record(document, path))
        else:
            runs = {name: run for name, run in document.items() if _is_run(run)}
            cut = max(map(_longest, runs.values()), default=0) <= CUT_CHARS
            for name, run in runs.items():
                yield PublishedSearch(run_record(run, name, path), cut, coded=False)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} is no search in ToolBench's form: {error!r}") from None


def _is_run(run: Any) -> bool:
    return isinstance(run, dict) and isinstance(run.get("answer"), dict) and "answer_details" in run["answer"]


def _longest(run: dict[str, Any]) -> int:
    """Characters of the longest message."""

    def longest(message: dict[str, Any]) -> int:
        said = message["message"]
        return max([len(said) if isinstance(said, str) else CUT_CHARS + 1, *map(longest, message["next"])])

    return max(map(longest, run["answer"]["answer_details"]), default=0)


def answer_record(answer: dict[str, Any], path: Path) -> Trajectory:
    """An answer file as a record.

    Args:
        answer: its content, of a tree or of chains.
        path: names query, method and group.
    """
    made = answer["answer_generation"]
    nodes = list(_tree_nodes(answer) if "tree" in answer else _chain_nodes(answer["trys"]))
    last = orjson.loads(made["final_answer"]) if _is_object(made.get("final_answer")) else {}
    finish: FinishType | None = None
    if answer["win"]:
        finish = "give_answer"
    elif any(node.observation_code == GAVE_UP for node in nodes):
        # `finish_type` of a file that kept nothing is whatever the default was; the tree tells.
        finish = "give_up"
    steps = made.get("train_messages") or [[]]
    opening = [message for message in steps[0] if message["role"] in ("system", "user")][:2]
    return _record(
        path,
        path.stem,
        nodes=nodes,
        text=made["query"],
        functions=made["function"],
        finish_type=finish,
        final_answer=str(last.get("final_answer", "")) if answer["win"] else "",
        query_count=made["query_count"],
        prompt_tokens=made["total_tokens"],
        opening=opening,
    )


def _is_object(text: Any) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except (orjson.JSONDecodeError, TypeError):
        return False


def _tree_nodes(answer: dict[str, Any]) -> Iterator[Node]:
    """Nodes in pre-order; which reply made one is read from when the search came by."""
    numbers = iter(range(1_000_000))

    def walk(node: dict[str, Any], parent: int) -> Iterator[Node]:
        number = next(numbers)
        end = node
        while end["expand_num"] == 0 and end["children"]:
            end = end["children"][0]
        yield replace(_node(node, number, parent), ask=-1 if parent < 0 else end["expand_num"] - 1)
        for child in node["children"]:
            yield from walk(child, number)

    yield from walk(answer["tree"]["tree"], -1)


def _chain_nodes(tries: Sequence[dict[str, Any]]) -> Iterator[Node]:
    """Chains below one root; a reply ends with its arguments, or with a thought that no action follows."""
    yield Node(0, -1, "root", 0, "")
    number, ask = 0, -1
    for each in tries:
        parent, before = 0, "root"
        for node in each["chain"]:
            number += 1
            kind = _KINDS[node["node_type"]]
            ask += before in ("root", "action_input") or (before == kind == "thought")
            made = replace(_node(node, number, parent), ask=ask)
            yield replace(made, pruned=made.pruned or (node is each["chain"][-1] and not made.terminal))
            parent, before = number, kind


def _node(node: dict[str, Any], number: int, parent: int) -> Node:
    code = node.get("observation_code") or 0
    return Node(
        node_id=number,
        parent_id=parent,
        kind="root" if parent < 0 else _KINDS[node["node_type"]],
        depth=node["depth"],
        description=node["description"],
        observation=node.get("observation") or "",
        observation_code=code,
        pruned=node["pruned"],
        terminal=code == ANSWERED,
    )


def run_record(run: dict[str, Any], name: str, path: Path) -> Trajectory:
    """A converted run as a record.

    Args:
        run: query, functions, answer.
        name: its key in the file, the id of the query.
        path: names the group.
    """
    offered = {function["name"] for function in run["available_tools"]}
    nodes = _Grown(offered)
    answer = run["answer"]
    for message in answer["answer_details"]:
        nodes.read(message, 0, -1)
    said = answer["final_answer"]
    found = _RETURN_TYPE.search(said)
    finish: FinishType | None = None
    if found is not None and found[1] == "give_answer":
        finish = "give_answer"
    elif found is not None or nodes.last_name == FINISH:  # only a give-up leaves no final answer
        finish = "give_up"
    arguments = orjson.loads(said) if _is_object(said) else {"final_answer": said}
    return _record(
        path,
        f"{name}_{_METHODS.get(answer['method'], answer['method'])}",
        nodes=nodes.ended(finish),
        text=run["query"],
        functions=run["available_tools"],
        finish_type=finish,
        final_answer=str(arguments.get("final_answer", "")) if finish == "give_answer" else "",
        query_count=nodes.asks,
        prompt_tokens=0,
        opening=[],
    )


@dataclass(slots=True)
class _Grown:
    """Nodes of a converted run while its messages are read."""

    offered: set[str]
    nodes: list[Node] = field(default_factory=lambda: [Node(0, -1, "root", 0, "")])
    asks: int = 0
    last_name: str = ""

    def read(self, message: dict[str, Any], parent: int, ask: int) -> None:
        """Add a message and all that follow it; `ask` is that of a thought whose call is still to come."""
        if message["role"] == "assistant":
            ask = self._ask() if ask < 0 or self.nodes[parent].kind == "thought" else ask
            parent = self._add(parent, "thought", message["message"], ask)
        elif message["role"] == "tool":
            name, arguments, observation = _called(message["message"])
            ask = self._ask() if ask < 0 else ask
            parent = self._add(parent, "action", name, ask)
            parent = self._add(parent, "action_input", arguments, ask, observation)
            ask, self.last_name = -1, name
            code = HALLUCINATED if name not in self.offered else 0
            self.nodes[parent] = replace(self.nodes[parent], observation_code=code)
        for follower in message["next"]:
            self.read(follower, parent, ask)

    def ended(self, finish: FinishType | None) -> list[Node]:
        """The nodes, the end of the last path marked as what it was."""
        last = self.nodes[-1]
        code = {"give_answer": ANSWERED, "give_up": GAVE_UP, None: last.observation_code}[finish]
        self.nodes[-1] = replace(
            last, observation_code=code, terminal=code == ANSWERED, pruned=code != ANSWERED
        )
        return self.nodes

    def _ask(self) -> int:
        self.asks += 1
        return self.asks - 1

    def _add(self, parent: int, kind: NodeKind, text: str, ask: int, observation: str = "") -> int:
        depth = self.nodes[parent].depth + 1
        self.nodes.append(Node(len(self.nodes), parent, kind, depth, text, observation, ask=ask))
        return len(self.nodes) - 1


def _called(said: str | dict[str, Any]) -> tuple[str, str, str]:
    """Name, arguments and observation of `{'name': ..., 'arguments': ..., 'response': ...}`, cut or whole."""
    text = said if isinstance(said, str) else repr(said)
    try:
        whole = ast.literal_eval(text)
        return str(whole["name"]), str(whole["arguments"]), str(whole["response"])
    except (ValueError, SyntaxError, KeyError, TypeError):
        found = _CALL.match(text)
    if found is None:
        return text.removeprefix("{'name': '"), "", ""
    rest = found["rest"] or ""
    response = _RESPONSE.search(rest)
    body = _KEY_BEGUN.sub("", rest[: response.start()] if response else rest)
    observation = response["response"].removesuffix("}") if response else ""
    return found["name"], _unquoted(body), _unquoted(observation)


def _unquoted(text: str) -> str:
    """The text of a Python literal that may have lost its end."""
    return text.lstrip("'\"").replace("\\n", "\n").replace("\\'", "'").replace("\\\\", "\\")


def _record(
    path: Path,
    name: str,
    *,
    nodes: Sequence[Node],
    text: str,
    functions: Sequence[dict[str, Any]],
    finish_type: FinishType | None,
    final_answer: str,
    query_count: int,
    prompt_tokens: int,
    opening: Sequence[dict[str, Any]],
) -> Trajectory:
    found = _FILE_NAME.match(name)
    source_id, method = (found["id"], found["method"]) if found else (name, "")
    group = _GROUP.search(path.name) or _GROUP.search(path.parent.name)
    folder = path.parent.name if path.stem.startswith(source_id) else path.stem
    return Trajectory(
        trajectory_id=f"{folder}/{source_id}/{method}",
        instruction_id=f"{folder}/{source_id}",
        source_id=source_id,
        group=cast(Group, f"I{group.group(1)}") if group else "I1",
        split="train",
        method=method,
        teacher=(found["teacher"] if found else None) or "unknown",
        teacher_kind="model",
        environment=ENVIRONMENT,
        snapshot="",
        text=text,
        win=finish_type == "give_answer",
        finish_type=finish_type,
        final_answer=final_answer,
        query_count=query_count,
        api_calls=sum(1 for _ in _api_calls(nodes)),
        prompt_tokens=prompt_tokens,
        completion_tokens=0,
        tree=orjson.dumps([plain(node) for node in nodes]).decode(),
        messages="[]",
        functions=orjson.dumps(list(functions)).decode(),
        api_ids=tuple(api_id_of(each) for each in functions if each["name"] != FINISH),
        opening=orjson.dumps(list(opening)).decode(),
    )


def _api_calls(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.kind == "action_input" and nodes[node.parent_id].description != FINISH:
            yield node


def api_id_of(function: dict[str, Any]) -> str:
    """An id for the API behind a published schema: its tool's standard name, then its own.

    >>> api_id_of({"name": "a_for_b", "description": 'This is the subfunction for tool "b", ...'})
    'toolbench/b/a'
    """
    name = str(function["name"])
    found = _TOOL.search(str(function.get("description")))
    api, _, tool = name.rpartition("_for_")
    if found and name.endswith(f"_for_{found['tool']}"):
        api, tool = name.removesuffix(f"_for_{found['tool']}"), found["tool"]
    return f"toolbench/{tool}/{api}"
