from dataclasses import asdict

from tasks.records import Node
from tasks.search.effects import FunctionCall
from tasks.search.kept import drawn_give_up, kept_answer, path_to, plain
from tasks.search.react import react
from tests.tasks.search.played import ANSWER, RAIN, play, problem, says

RAIN_CALL = FunctionCall(RAIN, "{}")

NODES = [
    Node(0, -1, "root", 0, ""),
    Node(1, 0, "action", 1, "Finish", ask=0),
    Node(2, 1, "action_input", 2, "{}", observation_code=4, pruned=True, ask=0),
    Node(3, 0, "action", 1, "Finish", ask=1),
    Node(4, 3, "action_input", 2, "{}", observation_code=4, pruned=True, ask=1),
]


def answer(node_id: int, chosen: bool = False) -> Node:
    return Node(node_id, 0, "action_input", 1, "{}", terminal=True, chosen=chosen)


def test_the_chosen_answer_is_kept_else_the_first():
    assert kept_answer([*NODES, answer(5), answer(6, chosen=True)]) == answer(6, chosen=True)
    assert kept_answer([*NODES, answer(5), answer(6)]) == answer(5)
    assert kept_answer(NODES) is None


def test_a_give_up_is_drawn_by_the_instructions_id_alone():
    drawn = [drawn_give_up(NODES, f"i{number}") for number in range(20)]
    assert drawn == [drawn_give_up(NODES, f"i{number}") for number in range(20)]
    assert {node.node_id for node in drawn if node} == {2, 4}
    assert drawn_give_up(NODES[:1], "i1") is None


def test_a_path_leads_from_the_root_to_its_end():
    assert [node.node_id for node in path_to(NODES, NODES[4])] == [0, 3, 4]


def test_what_a_node_does_not_say_costs_no_bytes():
    silent = ("chosen", "score", "prompt_tokens", "completion_tokens", "repeats")
    assert plain(NODES[2]) == {k: v for k, v in asdict(NODES[2]).items() if k not in silent}
    scored = Node(1, 0, "thought", 1, "hm", ask=0, chosen=True, score=0.0, prompt_tokens=9, repeats=0)
    assert Node(**plain(scored)) == scored
    assert Node(**plain(NODES[2])) == NODES[2]


def test_a_reply_is_billed_at_its_first_node_and_the_bills_add_up():
    tree = play(react(problem()), [says("Look.", RAIN_CALL, tokens=7), says(None, ANSWER, tokens=5)]).tree
    bills = [(node.kind, node.prompt_tokens, node.completion_tokens) for node in tree.records()]
    assert bills == [
        ("root", 0, 0),
        ("thought", 7, 7), ("action", 0, 0), ("action_input", 0, 0),
        ("action", 5, 5), ("action_input", 0, 0),
    ]  # fmt: skip
    assert sum(node.prompt_tokens for node in tree.records()) == tree.prompt_tokens
