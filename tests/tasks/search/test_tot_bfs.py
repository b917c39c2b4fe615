from tasks.search.effects import Ask, FunctionCall, Reply
from tasks.search.tot_bfs import BreadthLimits, tot_bfs
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, api, calls, parameter, play, problem, says


def days():
    """A problem whose calls can all differ, and a model that never repeats one."""
    numbers = iter(range(1_000))
    asked = problem(api("rain", "weather", parameter("day")))
    return asked, lambda ask: calls(RAIN, day=str(next(numbers)))


def test_states_of_a_level_are_asked_side_by_side_and_the_best_three_stay():
    asked, model = days()
    played = play(tot_bfs(asked, BreadthLimits(max_depth=6)), model, opinions=lambda ask: says("4"))
    # Level by level: first children, their calls, second children, their calls, votes.
    assert played.rounds == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3]
    assert played.tree.query_count == 2 + 4 + 3 + 6
    second = [node for node in played.tree.records() if node.kind == "action_input" and node.depth == 4]
    assert [node.score for node in second] == [0.0, 0.0, 0.0, 3.0]
    assert [node.pruned for node in second] == [False, False, True, False]


def test_a_vote_names_the_attempts_by_number():
    asked, model = days()
    played = play(tot_bfs(asked, BreadthLimits(max_depth=4)), model, opinions=lambda ask: says("?"))
    question = played.questions[0].messages[-1]["content"] if played.questions else ""
    assert not question, "the last level has nothing to go on to"
    played = play(tot_bfs(asked, BreadthLimits(max_depth=5)), model, opinions=lambda ask: says("?"))
    question = played.questions[0].messages[-1]["content"]
    assert [f"Attempt {number}:" in question for number in range(1, 6)] == [True] * 4 + [False]
    assert [ask.ordinal for ask in played.questions] == [0, 1, 2]


def test_a_further_child_is_told_of_its_sibling():
    asked, model = days()
    played = play(tot_bfs(asked, BreadthLimits(max_depth=2)), model)
    assert '{\\"day\\": \\"0\\"}' in played.asks[1].messages[-1]["content"]


def test_the_first_level_with_an_answer_is_the_last():
    played = play(tot_bfs(problem()), [calls(RAIN), calls(WIND), says(None, ANSWER), calls(RAIN)])
    assert played.tree.win
    assert played.tree.query_count == 4, "no second children are asked for once one has answered"


def test_of_several_answers_the_votes_choose():
    other = FunctionCall("Finish", '{"return_type": "give_answer", "final_answer": "It is dry."}')
    script = [calls(RAIN), calls(WIND), says(None, ANSWER), says(None, other)]
    played = play(tot_bfs(problem()), script, opinions=[says("2"), says("1"), says("2")])
    assert played.tree.final_answer == "It is dry."
    assert [node.chosen for node in played.tree.records() if node.terminal] == [False, True]
    assert len(played.tree.answers) == 2


def test_equal_states_are_followed_once():
    played = play(tot_bfs(problem(), BreadthLimits(max_depth=4)), lambda ask: calls(RAIN))
    assert played.tree.query_count == 4, "of two equal children one is pruned"


def test_a_tree_of_give_ups_ends():
    played = play(tot_bfs(problem()), lambda ask: says(None, GIVE_UP))
    assert (played.tree.query_count, played.tree.finish_type) == (2, "give_up")


def test_nothing_is_asked_beyond_the_cap():
    for cap in range(1, 40):
        asked, model = days()
        limits = BreadthLimits(max_queries=cap)
        assert play(tot_bfs(asked, limits), model, opinions=lambda ask: says("1")).tree.query_count <= cap


def test_votes_without_a_number_leave_the_order():
    asked, model = days()

    def opinion(ask: Ask) -> Reply:
        return Reply(None, failed=True)

    played = play(tot_bfs(asked, BreadthLimits(max_depth=6)), model, opinions=opinion)
    second = [node for node in played.tree.records() if node.kind == "action_input" and node.depth == 4]
    assert [node.pruned for node in second] == [False, False, False, True]
