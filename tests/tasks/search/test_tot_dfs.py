from tasks.search.effects import Ask, Reply
from tasks.search.tot_dfs import RatedLimits, tot_dfs
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, calls, play, problem, says


def rates(**ratings: int):
    """A judge who rates an attempt by the last of the given words in it."""

    def opinion(ask: Ask) -> Reply:
        attempt = ask.messages[-1]["content"]
        found = max(ratings, key=lambda word: attempt.rfind(word))
        return says(str(ratings[found]))

    return opinion


def test_the_better_rated_child_is_explored_first():
    script = [calls(RAIN), calls(WIND), says(None, ANSWER)]
    played = play(tot_dfs(problem()), script, opinions=rates(rain_for=5, wind_for=9))
    records = played.tree.records()
    assert [node.score for node in records if node.score is not None] == [5.0, 9.0]
    finish = next(node for node in records if node.description == "Finish")
    assert records[records[finish.parent_id].parent_id].description == WIND
    assert played.rounds == [1, 1, 1, 1, 2, 1], "the ratings of siblings are asked for at once"


def test_children_rated_too_low_are_pruned():
    played = play(tot_dfs(problem()), [calls(RAIN), calls(WIND)], opinions=lambda ask: says("3"))
    assert [node.pruned for node in played.tree.records() if node.kind == "action_input"] == [True, True]
    assert played.tree.query_count == 4


def test_a_rating_that_cannot_be_read_is_in_the_middle():
    played = play(
        tot_dfs(problem(), RatedLimits(max_depth=4)),
        lambda ask: calls(RAIN),
        opinions=lambda ask: Reply(None),
    )
    assert {node.score for node in played.tree.records()} == {None, 5.0}
    assert len(played.asks) == 6, "both children of the root are explored"


def test_an_answer_ends_the_search_before_its_sibling_is_made():
    played = play(tot_dfs(problem()), [says(None, ANSWER)])
    assert (played.tree.win, played.tree.query_count) == (True, 1)


def test_a_give_up_is_neither_rated_nor_climbed_from_twice():
    script = [calls(RAIN), calls(WIND), says(None, GIVE_UP), says("no", GIVE_UP), says(None, ANSWER)]
    played = play(tot_dfs(problem()), script, opinions=rates(rain_for=8, wind_for=6))
    assert len(played.questions) == 2
    assert played.tree.win
    assert len(played.tree.give_ups) == 2


def test_nothing_is_asked_beyond_the_cap():
    for cap in range(1, 30):
        limits = RatedLimits(max_queries=cap)
        played = play(tot_dfs(problem(), limits), lambda ask: calls(RAIN), opinions=lambda ask: says("9"))
        assert played.tree.query_count == cap
