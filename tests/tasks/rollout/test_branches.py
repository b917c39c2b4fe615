"""Every branch in a session of its own; what writes is sent once, and again only where it was undone."""

import json
from pathlib import Path

import pytest

from tasks.errors import ConfigurationError
from tasks.llm.scripted import calls
from tasks.search.codes import TIMEOUT
from tasks.search.effects import FunctionCall, Reply
from tasks.search.problem import Problem
from tasks.search.tree import DecisionTree
from tasks.search.worlds import NOT_REPEATED
from tests.tasks.rollout.remembering import ADD, LIST, Notebook, searched

DONE = calls("Finish", '{"return_type": "give_answer", "final_answer": "Done."}')
GIVE_UP = calls("Finish", '{"return_type": "give_up_and_restart"}')
LISTED = calls(LIST)


def add(text: str):
    return calls(ADD, json.dumps({"text": text}))


class Killed(BaseException):
    """The process ends here."""


def killed_at(wanted: str):
    async def kill(text: str) -> None:
        if text == wanted:
            raise Killed

    return kill


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.sqlite"


def observed(tree) -> list[str]:
    """What each call of the tree was answered."""
    return [
        json.loads(node.observation)["response"]
        for node in tree.nodes
        if node.kind == "action_input" and '"error"' in node.observation
    ]


def test_no_branch_sees_what_another_wrote_and_the_kept_path_alone_stays(log: Path) -> None:
    notebook = Notebook()
    script = [add("a"), LISTED, GIVE_UP, add("b"), LISTED, DONE]
    tree, end_state, _ = searched(script, notebook, log, "CoT@2")
    assert observed(tree) == ['["a"]', '["a"]', '["b"]', '["b"]']
    assert json.loads(end_state) == {"notes": ["b"]}
    assert notebook.sessions == {"s1-000042": ["b"]}


def test_a_node_goes_on_where_its_own_path_stopped_whatever_its_children_did(log: Path) -> None:
    script = [add("a"), add("b"), GIVE_UP, LISTED, add("c"), LISTED, DONE]
    tree, end_state, _ = searched(script, Notebook(), log, "DFS_woFilter_w2")
    assert observed(tree) == ['["a"]', '["a", "b"]', '["a"]', '["a", "c"]', '["a", "c"]']
    assert json.loads(end_state) == {"notes": ["a", "c"]}


def test_a_tree_without_an_answer_leaves_nothing(log: Path) -> None:
    notebook = Notebook()
    _, end_state, _ = searched([add("a"), GIVE_UP], notebook, log, "CoT@1")
    assert (end_state, notebook.sessions) == ("{}", {"s1-000042": []})


def test_the_same_call_from_the_same_state_is_sent_once_and_its_state_is_shared(log: Path) -> None:
    notebook = Notebook()
    script = [add("a"), GIVE_UP, LISTED, add("a"), LISTED, DONE]
    tree, end_state, made = searched(script, notebook, log, "CoT@2")
    assert notebook.sent == ["a"]
    assert observed(tree) == ['["a"]', "[]", '["a"]', '["a"]']
    assert json.loads(end_state) == {"notes": ["a"]}
    assert len(made) == tree.api_calls == 3


def test_the_same_call_twice_on_one_path_is_sent_once_and_marked(log: Path) -> None:
    notebook = Notebook()
    tree, end_state, _ = searched([add("a"), add("b"), add("a"), DONE], notebook, log, "CoT@1")
    assert notebook.sent == ["a", "b"]
    last = [node for node in tree.nodes if node.kind == "action_input"][2]
    assert json.loads(last.observation) == {"note": NOT_REPEATED, "error": "", "response": '["a"]'}
    assert json.loads(end_state) == {"notes": ["a", "b"]}


def test_chains_side_by_side_keep_apart_and_send_the_same_call_once(log: Path) -> None:
    notebook = Notebook()
    script = [add("a"), add("a"), add("b"), LISTED, LISTED, DONE, DONE, DONE]
    tree, _, _ = searched(script, notebook, log, "CoT-SC@3")
    assert sorted(notebook.sent) == ["a", "b"]
    assert sorted(set(observed(tree))) == ['["a"]', '["b"]']


def all_at_once(*texts: str):
    """A searcher of one turn: these notes in their order, and a look at them, in one round."""

    def search(problem: Problem):
        tree = DecisionTree(problem)
        node, acts = tree.root, []
        for text in (*texts, None):
            call = FunctionCall(LIST, "{}") if text is None else FunctionCall(ADD, json.dumps({"text": text}))
            node = tree.grow(node, Reply(None, (call,)), 0)
            acts.append(tree.act(node, call.name))
        for act, outcome in zip(acts, (yield tuple(acts)), strict=True):
            tree.observe(next(each for each in tree.nodes if each.description == act.arguments), outcome)
        return tree

    return search


@pytest.mark.parametrize("forks", [True, False])
def test_calls_that_go_out_together_are_made_in_their_order(log: Path, forks: bool) -> None:
    notebook = Notebook(forks)
    tree, _, made = searched([], notebook, log, all_at_once("a", "b", "a"))
    assert notebook.sent == ["a", "b"]
    assert observed(tree)[-1] == '["a", "b"]'
    assert len(made) == tree.api_calls == 3


def test_searches_for_two_tables_do_not_meet(log: Path, tmp_path: Path) -> None:
    notebook = Notebook()
    notebook.before_add = killed_at("b")
    with pytest.raises(Killed):
        searched([add("a"), add("b")], notebook, log, "CoT@1", address="one")
    other = [add("a"), LISTED, DONE]
    tree, _, _ = searched(other, notebook, tmp_path / "other.sqlite", "CoT@1", address="two")
    assert observed(tree) == ['["a"]', '["a"]']
    notebook.before_add = None
    _, end_state, _ = searched([DONE], notebook, log, "CoT@1", address="one")
    assert json.loads(end_state) == {"notes": ["a", "b"]}


def test_a_search_that_was_killed_goes_on_in_its_own_sessions_and_sends_nothing_again(log: Path) -> None:
    notebook = Notebook()
    script = [add("a"), GIVE_UP, add("b"), add("c")]
    notebook.before_add = killed_at("c")
    with pytest.raises(Killed):
        searched(script, notebook, log, "CoT@2")
    notebook.before_add = None
    tree, end_state, made = searched([DONE], notebook, log, "CoT@2")
    assert notebook.sent == ["a", "b", "c", "c"]
    assert observed(tree) == ['["a"]', '["b"]', '["b", "c"]']
    assert json.loads(end_state) == {"notes": ["b", "c"]}
    assert [call.status for call in made] == ["ok", "ok", "interrupted", "ok"]


def test_a_call_in_the_air_at_a_kill_is_not_made_again_where_it_cannot_be_undone(log: Path) -> None:
    notebook = Notebook(forks=False)
    notebook.before_add = killed_at("b")
    with pytest.raises(Killed):
        searched([add("a"), add("b")], notebook, log, "CoT@1")
    notebook.before_add = None
    for _ in range(2):
        tree, _, made = searched([LISTED, DONE], notebook, log, "CoT@1")
        assert notebook.sent == ["a", "b"]
        lost = [node for node in tree.nodes if node.observation_code == TIMEOUT]
        assert ["Nobody knows whether it took effect" in node.observation for node in lost] == [True]
        assert [call.status for call in made] == ["ok", "Interrupted error...", "ok"]


def test_a_search_that_ended_before_it_was_published_is_replayed_without_its_branches(log: Path) -> None:
    notebook = Notebook()
    first = searched([add("a"), DONE], notebook, log, "CoT@1")
    again = searched([], notebook, log, "CoT@1")
    assert again[1] == first[1] == '{"notes":["a"]}'
    assert notebook.sessions == {"s1-000042": ["a"]}
    assert notebook.sent == ["a"]


def test_what_a_hub_has_forgotten_is_not_taken_for_what_was_written(log: Path) -> None:
    notebook = Notebook()
    notebook.before_add = killed_at("b")
    with pytest.raises(Killed):
        searched([add("a"), add("b")], notebook, log, "CoT@1")
    with pytest.raises(ConfigurationError, match="has lost what this search wrote"):
        searched([DONE], Notebook(), log, "CoT@1")


def test_without_forks_one_path_writes_into_the_instructions_session(log: Path) -> None:
    notebook = Notebook(forks=False)
    tree, end_state, _ = searched([add("a"), LISTED, add("a"), DONE], notebook, log, "CoT@1")
    assert notebook.sessions == {"s1-000042": ["a"]}
    assert (notebook.sent, json.loads(end_state)) == (["a"], {"notes": ["a"]})
    assert len(observed(tree)) == 3


@pytest.mark.parametrize("second", [add("b"), LISTED])
def test_without_forks_a_state_that_was_left_is_not_entered(log: Path, second) -> None:
    notebook = Notebook(forks=False)
    with pytest.raises(ConfigurationError, match="use a searcher with one path"):
        searched([add("a"), GIVE_UP, second], notebook, log, "CoT@2")
    assert notebook.sent == ["a"]
