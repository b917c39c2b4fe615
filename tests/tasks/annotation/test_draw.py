import dataclasses

import orjson
from rich.console import Console

from tasks.annotation.draw import tree_of
from tasks.records import Node
from tests.tasks.examples import a_trajectory


def drawn(*nodes: Node) -> str:
    trajectory = a_trajectory(1, tree=orjson.dumps([dataclasses.asdict(node) for node in nodes]).decode())
    console = Console(width=160, record=True, force_terminal=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(tree_of(trajectory))
    console.file.close()
    return console.export_text()


def test_a_tree_shows_thoughts_calls_arguments_observations_and_both_branches() -> None:
    text = drawn(
        Node(0, -1, "root", 0, ""),
        Node(1, 0, "thought", 1, "Look it up.", ask=0),
        Node(2, 1, "action", 2, "rise_for_sun", ask=0),
        Node(3, 2, "action_input", 3, '{"day": 1}', '{"error": "", "response": "06:02"}', 0, ask=0),
        Node(4, 3, "action", 4, "Finish", ask=1),
        Node(5, 4, "action_input", 5, '{"return_type": "give_up_and_restart"}', "", 4, pruned=True, ask=1),
        Node(6, 3, "action", 4, "Finish", ask=2),
        Node(7, 6, "action_input", 5, '{"return_type": "give_answer"}', "", 3, terminal=True, ask=2),
    )
    assert "When does the sun rise on day 1?" in text
    assert "Look it up." in text
    assert 'call rise_for_sun {"day": 1}' in text
    assert "06:02" in text
    assert text.count("call Finish") == 2
    lines = text.splitlines()
    words = ("Look", "call rise", "call Fin")
    depth = {word: next(line.index(word) for line in lines if word in line) for word in words}
    assert depth["Look"] < depth["call rise"] < depth["call Fin"]


def test_a_tree_without_any_reply_is_its_instruction() -> None:
    assert drawn(Node(0, -1, "root", 0, "")).strip() == "When does the sun rise on day 1?"
