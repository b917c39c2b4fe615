import pytest

from tasks.search.codes import HALLUCINATED, NORMAL
from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall, Observation
from tasks.search.forms import CallingForm, said
from tasks.search.messages import offered, path_messages, render
from tasks.search.tree import DecisionTree
from tests.tasks.search.played import ANSWER, RAIN, WIND, calls, play, problem, says


def answered():
    return play(
        dfsdt(problem()),
        [
            says("look", FunctionCall(RAIN, "{}")),
            says("think"),
            calls(WIND),
            calls("snow"),
            says(None, ANSWER),
        ],
    )


def test_the_messages_of_a_path_are_those_the_model_was_shown():
    played = answered()
    path = played.tree.answers[0].path()
    assert list(played.asks[-1].messages[2:]) == path_messages(path)[:-2]


def test_recorded_nodes_say_the_same_as_a_growing_tree():
    played = answered()
    assert path_messages(played.tree.records()) == path_messages(played.tree.answers[0].path())


def test_calls_and_observations_are_paired_by_ids_that_every_server_takes():
    messages = path_messages(answered().tree.records())
    ids = [call["id"] for message in messages for call in message.get("tool_calls", [])]
    assert ids == [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    assert len(set(ids)) == len(ids)
    assert all(len(each) == 9 and each.isalnum() for each in ids)


def test_the_legacy_form_names_functions_instead_of_ids():
    messages = path_messages(answered().tree.records())
    legacy = render(messages, "functions")
    assert legacy[0]["function_call"] == {"name": RAIN, "arguments": "{}"}
    assert legacy[1] == {"role": "function", "name": RAIN, "content": messages[1]["content"]}
    assert legacy[2] == {"role": "assistant", "content": "think"}
    assert "invalid_hallucination_function_name" in {message.get("name") for message in legacy}
    assert render(messages, "tools") == messages


def several_at_once():
    """A turn of three calls after a thought, and an answer; the middle call is of no function."""
    tree = DecisionTree(problem())
    reply = says(
        "all at once", FunctionCall(RAIN, "{}"), FunctionCall("snow", "{}"), FunctionCall(WIND, "{}")
    )
    ask = tree.count(reply, followed=3)
    nodes = [tree.grow(tree.root, reply, ask)]
    nodes += [tree.grow_call(nodes[-1], reply.calls[1], ask)]
    nodes += [tree.grow_call(nodes[-1], reply.calls[2], ask)]
    for node, text in zip(nodes, ("wet", "no such", "calm"), strict=True):
        tree.observe(node, Observation(text, HALLUCINATED if text == "no such" else NORMAL))
    tree.close_turn(tree.root, nodes[-1])
    end = tree.grow(nodes[-1], says(None, ANSWER), tree.count(says(None, ANSWER)))
    tree.finish(end)
    tree.close_turn(nodes[-1], end)
    return tree


def test_calls_of_one_reply_share_a_message_and_each_has_its_result():
    tree = several_at_once()
    messages = path_messages(tree.records())
    assert [message["role"] for message in messages] == ["assistant", *["tool"] * 3, "assistant", "tool"]
    called = [call["function"]["name"] for call in messages[0]["tool_calls"]]
    assert called == [RAIN, "invalid_hallucination_function_name", WIND]
    assert [message["content"] for message in messages[1:4]] == ["wet", "no such", "calm"]
    ids = [call["id"] for message in messages for call in message.get("tool_calls", [])]
    assert ids == [message["tool_call_id"] for message in messages if message["role"] == "tool"]
    assert len(set(ids)) == 4
    assert all(len(each) == 9 and each.isalnum() for each in ids)
    assert tree.ask(tree.nodes[-1]).messages[2:] == tuple(messages)
    assert tree.nodes[-1].turn == 2
    assert not tree.repairs


def test_forms_that_know_one_call_a_message_are_told_of_several_one_after_the_other():
    legacy = render(path_messages(several_at_once().records()), "functions")
    assert [(message["role"], message["content"]) for message in legacy[:6]] == [
        ("assistant", "all at once"), ("function", "wet"),
        ("assistant", None), ("function", "no such"),
        ("assistant", None), ("function", "calm"),
    ]  # fmt: skip
    assert [message["function_call"]["name"] for message in legacy[::2]] == [
        *(RAIN, "invalid_hallucination_function_name", WIND, "Finish")
    ]


@pytest.mark.parametrize("form", ["text", "toolllama"])
def test_calls_of_one_reply_are_all_told_in_writing(form: CallingForm):
    tree = several_at_once()
    words = str(said(tree.ask(tree.nodes[-1]).messages, tree.problem.offer.schemas, form))
    for text in ("wet", "no such", "calm"):
        assert words.count(text) == 1
    assert words.count("all at once") == 1
    for name in (RAIN, "invalid_hallucination_function_name", WIND, "Finish"):
        assert words.count(f"Action: {name}") == 1


def test_functions_are_offered_in_either_form():
    schema = {"name": "f"}
    assert offered([schema], "tools") == {"tools": [{"type": "function", "function": schema}]}
    assert offered([schema], "functions") == {"functions": [schema]}
