from tasks.search.dfsdt import dfsdt
from tasks.search.effects import FunctionCall
from tasks.search.messages import offered, path_messages, render
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


def test_functions_are_offered_in_either_form():
    schema = {"name": "f"}
    assert offered([schema], "tools") == {"tools": [{"type": "function", "function": schema}]}
    assert offered([schema], "functions") == {"functions": [schema]}
