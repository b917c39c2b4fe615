"""ToolBench's searches once more, from their description alone, to be held against ours.

It shares nothing with `tasks`: a recursion over message lists, as the published code has, that speaks to the
scripted world only. Where its trees are the reference's, it can tell the trees of any other seed or query.
"""

import json
from dataclasses import dataclass, field
from typing import Any

CAP, DEPTH, TO_THE_TOP = 200, 12, 10_000


@dataclass
class Step:
    """A node."""

    kind: str
    said: str
    depth: int
    history: list[dict[str, Any]] = field(default_factory=list)
    """What the model is shown to go on from here."""
    children: list["Step"] = field(default_factory=list)
    ends: str = ""


@dataclass
class PublishedSearch:
    """One search of one query."""

    world: Any
    query: str
    functions: list[dict[str, Any]]
    asked: int = 0
    answered: bool = False
    gave_up: bool = False

    def row(self, query_id: str, method: str) -> dict[str, Any]:
        """What is compared, in the form of the reference's `expected` files."""
        if method.startswith("DFS"):
            root = self._root()
            self._explore(root, int(method.rpartition("w")[2]))
            finish = "give_answer" if self.answered else "give_up" if self.gave_up else None
            shape = self._shape(root)
        else:
            finish, shape = None, []
            for _ in range(int(method.partition("@")[2])):
                root = end = self._root()
                while end.depth < DEPTH and not end.ends:
                    end = self._turn(end)
                shape += [*self._shape(root), "|"]
                if end.ends == "answer":
                    self.answered = True
                    break
        return {
            "query_id": query_id,
            "query_count": self.asked,
            "win": self.answered,
            "finish_type": finish,
            "shape": shape,
        }

    def _root(self) -> Step:
        return Step("Root", "", 0, [{"role": "user", "content": self.query}])

    def _explore(self, step: Step, width: int) -> int:
        """Levels to climb."""
        if step.ends == "answer":
            self.answered = True
            return 2
        if step.ends == "give up":
            self.gave_up = True
            return 2
        if step.depth >= DEPTH:
            return 1
        for _ in range(width):
            if self.asked + 1 >= CAP:  # this reply is paid for, and thrown away
                self.asked += 1
                return TO_THE_TOP
            climbs = self._explore(self._turn(step), width)
            if self.answered:
                return TO_THE_TOP
            if climbs > 1:
                return climbs - 1
        return 1

    def _turn(self, step: Step) -> Step:
        self.asked += 1
        body = {"messages": step.history, "functions": self.functions}
        message = self.world.chat(body)["choices"][0]["message"]
        name, arguments = message["function_call"]["name"], message["function_call"]["arguments"]
        end = step
        for kind, said in (("T", message["content"]), ("A", name), ("I", arguments)):
            if said is not None:
                end.children.append(Step(kind, said, end.depth + 1))
                end = end.children[-1]
        shown = name
        if name == "Finish":
            end.ends = "answer" if json.loads(arguments)["return_type"] == "give_answer" else "give up"
        elif not any(each["name"].endswith(name) for each in self.functions):
            shown = "invalid_hallucination_function_name"
        call = {"name": shown, "arguments": arguments}
        end.history = [
            *step.history,
            {"role": "assistant", "content": message["content"], "function_call": call},
            {"role": "function", "name": shown, "content": "an answer"},
        ]
        return end

    def _shape(self, root: Step) -> list[str]:
        """The nodes below `root` in pre-order, as `canonical_tree.py` writes them."""
        names = [each["name"] for each in self.functions]
        shape: list[str] = []
        waiting = [(root, "")]
        while waiting:
            step, function = waiting.pop()
            if step.kind == "A":
                function = step.said
                shape.append(f"A{names.index(function) if function in names else -1}")
            elif step.kind == "I":
                values = json.loads(step.said)
                told = [values["return_type"]] if function == "Finish" else values.values()
                shape.append("I" + ",".join(sorted(map(str, told))))
            elif step.kind == "T":
                shape.append("T")
            waiting += [(child, function) for child in reversed(step.children)]
        return shape


_TYPES = {"NUMBER": "integer", "BOOLEAN": "boolean"}


def functions_of(query: dict[str, Any]) -> list[dict[str, Any]]:
    """The functions for an entry of a query file; to the scripted world all names are alike."""
    functions = [
        {
            "name": f"function {position}",
            "parameters": {
                "properties": {each["name"]: {"type": _TYPES.get(each["type"])} for each in required},
                "required": [each["name"] for each in required],
            },
        }
        for position, required in enumerate(each["required_parameters"] for each in query["api_list"])
    ]
    return [*functions, {"name": "Finish", "parameters": {"required": ["return_type"]}}]
