"""Converted runs of ToolBench: a tree of messages, of which the published ones keep 100 characters each."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from tasks.annotation.published_records import is_object, record_of
from tasks.python_text import literal
from tasks.records import FinishType, Node, NodeKind, Trajectory
from tasks.search.codes import ANSWERED, GAVE_UP, HALLUCINATED
from tasks.search.functions import FINISH

_METHODS = {"chatgpt_CoT": "ChatGPT_CoT@1"}
"""How converted runs spell teacher and method, and how answer files do."""
_CALL = re.compile(r"\{'name': (['\"])(?P<name>.*?)\1(?:, 'arguments': ?(?P<rest>.*))?", re.DOTALL)
_RESPONSE = re.compile(r"['\"], 'response': ?(?P<response>.*)", re.DOTALL)
_KEY_BEGUN = re.compile(r"', (?:'(?:r(?:e(?:s(?:p(?:o(?:n(?:s(?:e.*)?)?)?)?)?)?)?)?)?$", re.DOTALL)
"""A cut inside the key that follows the arguments: these are whole."""
_RETURN_TYPE = re.compile(r"\"return_type\\?\"\s*:\s*\\?\"(give_answer|give_up)")


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
    arguments = orjson.loads(said) if is_object(said) else {"final_answer": said}
    return record_of(
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
        whole = literal(text)
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
