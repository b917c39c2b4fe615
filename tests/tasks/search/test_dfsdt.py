import pytest

from tasks.search.dfsdt import Limits, dfsdt
from tasks.search.effects import FunctionCall, Observation, Reply
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, api, calls, parameter, play, problem, says


def test_the_first_answer_ends_the_search():
    played = play(dfsdt(problem()), [calls(RAIN), says("I know", ANSWER)])
    assert played.tree.win
    assert played.tree.final_answer == "It rains."
    assert played.tree.finish_type == "give_answer"
    assert played.shape == [f"A:{RAIN}", "I:{}", "T:I know", "A:Finish", f"I:{ANSWER.arguments}"]
    assert [node.depth for node in played.tree.records()] == [0, 1, 2, 3, 4, 5]


def test_depth_is_counted_in_nodes_not_in_replies():
    silent = play(dfsdt(problem(), Limits(width=1)), lambda ask: calls(RAIN))
    talking = play(dfsdt(problem(), Limits(width=1)), lambda ask: says("hm", FunctionCall(RAIN, "{}")))
    assert (silent.tree.query_count, talking.tree.query_count) == (6, 4)
    assert max(node.depth for node in silent.tree.records()) == 12


def test_a_node_at_depth_eleven_may_still_grow_three():
    replies = [says("hm"), *[calls(RAIN)] * 5, says("hm", FunctionCall(RAIN, "{}"))]
    played = play(dfsdt(problem(), Limits(width=1)), replies)
    assert max(node.depth for node in played.tree.records()) == 14


def test_a_depth_stop_climbs_one_level():
    """The parent of a node that is too deep makes its second child."""
    count = iter(range(100))
    played = play(dfsdt(problem(), Limits(max_depth=4)), lambda ask: calls(WIND if next(count) % 2 else RAIN))
    names = [node.description for node in played.tree.records() if node.kind == "action"]
    parents = [node.parent_id for node in played.tree.records() if node.kind == "action"]
    assert parents == [0, 2, 2, 0, 8, 8]
    assert len(names) == played.tree.query_count == 6
    assert [n.node_id for n in played.tree.records() if n.pruned] == [4, 6, 10, 12]


def test_a_give_up_climbs_two_levels():
    """The node that issued it makes no second child; its parent tries the next."""
    script = [calls(RAIN), calls(WIND), says(None, GIVE_UP), says(None, ANSWER)]
    played = play(dfsdt(problem()), script)
    records = played.tree.records()
    gave_up = next(node for node in records if node.observation_code == 4)
    answer = next(node for node in records if node.terminal)
    assert gave_up.pruned
    assert records[gave_up.parent_id].parent_id == 4
    assert records[answer.parent_id].parent_id == 2, "the parent of the node that gave up tried again"
    assert played.tree.query_count == 4


def test_a_give_up_right_at_the_root_ends_the_search():
    played = play(dfsdt(problem()), [says(None, GIVE_UP)])
    assert played.tree.query_count == 1
    assert played.tree.finish_type == "give_up"
    assert not played.tree.win


def test_a_give_up_below_the_root_lets_the_root_try_again():
    played = play(dfsdt(problem()), [calls(RAIN), says(None, GIVE_UP), says(None, GIVE_UP)])
    assert [ask.ordinal for ask in played.asks] == [0, 0, 1]
    assert len(played.tree.give_ups) == 2


def test_errors_of_an_api_prune_nothing():
    played = play(
        dfsdt(problem()), [calls(RAIN), says(None, ANSWER)], Observation('{"error": "Gateway error..."}', 6)
    )
    assert played.tree.win
    assert not any(node.pruned for node in played.tree.records())


def test_a_failed_reply_prunes_its_node_and_climbs_one_level():
    failed = Reply("context length exceeded", failed=True)
    played = play(dfsdt(problem()), [calls(RAIN), failed, says(None, ANSWER)])
    node = played.tree.records()[3]
    assert (node.kind, node.pruned, node.observation_code) == ("thought", True, -1)
    assert played.tree.records()[4].parent_id == 2
    assert played.tree.win


def test_a_model_that_only_fails_costs_as_many_replies_as_the_width():
    played = play(dfsdt(problem(), Limits(width=3)), lambda ask: Reply(None, failed=True))
    assert played.tree.query_count == 3
    assert played.tree.finish_type is None


def test_the_reply_that_reaches_the_query_limit_is_thrown_away():
    played = play(dfsdt(problem(), Limits(max_queries=3)), [calls(RAIN), calls(WIND), says(None, ANSWER)])
    assert played.tree.query_count == 3
    assert not played.tree.win
    assert len(played.tree.records()) == 5
    assert played.tree.finish_type is None


def test_the_second_child_is_asked_with_a_passing_message_at_the_end():
    script = [calls(RAIN), says("hm", GIVE_UP), calls(WIND), says(None, ANSWER)]
    played = play(dfsdt(problem()), script)
    second = played.asks[2].messages
    assert second[-1]["role"] == "user"
    assert '"name": "rain_for_weather"' in second[-1]["content"]
    assert '"mento-carlo-action-value": 0.0' in second[-1]["content"]
    assert second[:-1] == played.asks[0].messages
    assert [m["role"] for m in played.asks[3].messages] == ["system", "user", "assistant", "tool"]


def test_the_state_of_an_ask_leaves_the_passing_message_out():
    played = play(dfsdt(problem()), [calls(RAIN), says(None, GIVE_UP), calls(RAIN), says(None, ANSWER)])
    assert [ask.ordinal for ask in played.asks] == [0, 0, 1, 1], "equal histories are one state"


def test_a_made_up_name_is_hidden_from_the_history_and_kept_in_the_tree():
    played = play(dfsdt(problem()), [calls("snow"), says(None, ANSWER)])
    assert not played.acts
    records = played.tree.records()
    assert records[1].description == "snow"
    assert records[2].observation_code == 1
    assert records[2].observation == '{"error": "No such function name: snow", "response": ""}'
    said = played.asks[1].messages[2]["tool_calls"][0]["function"]["name"]
    assert said == "invalid_hallucination_function_name"


def test_unusable_arguments_are_told_to_the_model_and_no_api_is_called():
    sunny = problem(api("sun", "weather", parameter("city")))
    script = [
        says(None, FunctionCall("sun_for_weather", "{city: Oslo}")),
        says(None, FunctionCall("sun_for_weather", "{}")),
        says(None, FunctionCall("sun_for_weather", '{"city": "Oslo", "mood": 1}')),
        says(None, FunctionCall("sun_for_weather", '{"city": "Oslo"}')),
        says(None, ANSWER),
    ]
    played = play(dfsdt(sunny), script)
    assert [act.arguments for act in played.acts] == ['{"city": "Oslo"}']
    codes = [node.observation_code for node in played.tree.records() if node.kind == "action_input"]
    assert codes == [2, 2, 2, 0, 3]
    assert "required argument 'city' is missing" in played.tree.records()[4].observation


def test_of_several_calls_the_first_is_followed_and_the_others_counted():
    both = says(None, FunctionCall(RAIN, "{}"), FunctionCall(WIND, "{}"))
    played = play(dfsdt(problem()), [both, says(None, ANSWER)])
    assert [act.function for act in played.acts] == [RAIN]
    assert played.tree.repairs == {"calls_dropped": 1}


def test_equal_calls_in_one_tree_are_numbered_by_what_they_mean():
    spelled = [says(None, FunctionCall(RAIN, text)) for text in ("{}", " {} ", "")]
    played = play(dfsdt(problem()), [*spelled, says(None, ANSWER)])
    assert [act.ordinal for act in played.acts] == [0, 1, 2]


def test_tokens_and_calls_of_the_whole_tree_are_counted():
    replies = [says("a", FunctionCall(RAIN, "{}"), tokens=10), says(None, ANSWER, tokens=5)]
    tree = play(dfsdt(problem()), replies).tree
    assert (tree.prompt_tokens, tree.completion_tokens, tree.api_calls) == (15, 15, 1)


def test_an_outcome_of_the_wrong_kind_is_refused():
    search = dfsdt(problem())
    next(search)
    with pytest.raises(TypeError, match="answered by a Reply"):
        search.send((Observation("", 0),))


def test_asks_carry_the_presets_limit_of_a_reply():
    (ask,) = next(dfsdt(problem()))
    assert (ask.max_tokens, ask.temperature) == (1024, None)  # type: ignore[union-attr]


def test_the_last_paid_reply_is_followed_where_that_is_asked_for():
    script = [calls(RAIN), calls(WIND), says(None, ANSWER)]
    kept = Limits(max_queries=3, keep_last_reply=True)
    played = play(dfsdt(problem(), kept), script)
    assert (played.tree.win, played.tree.query_count) == (True, 3)
    lost = play(dfsdt(problem(), kept), lambda ask: calls(RAIN))
    assert (lost.tree.query_count, len(lost.acts), len(lost.tree.records())) == (3, 3, 7)
    assert [node.observation_code for node in lost.tree.records() if node.kind == "action_input"] == [0, 0, 0]
