from tasks.search.dfs_ranked import dfs_ranked
from tasks.search.dfsdt import Limits
from tasks.search.effects import Ask, Reply
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, WIND, calls, play, problem, says


def prefers(text: str):
    """A judge who names the attempt that goes on with `text`, wherever it stands."""

    def opinion(ask: Ask) -> Reply:
        question = ask.messages[-1]["content"]
        first, _, second = question.partition("And attempt B went on:")
        first = first.partition("Then attempt A went on:")[2]
        return says("A" if text in first else "B" if text in second else "?")

    return opinion


def test_children_are_made_first_and_the_better_one_is_explored_first():
    script = [calls(RAIN), calls(WIND), says(None, ANSWER), says("hm", ANSWER)]
    played = play(dfs_ranked(problem()), script, opinions=prefers(WIND))
    records = played.tree.records()
    wind = next(node for node in records if node.description == WIND)
    assert [node.parent_id for node in records if node.description == "Finish"] == [wind.node_id + 1] * 1 + [
        next(node.node_id for node in records if node.description == "hm")
    ]
    assert [
        (node.description, node.score) for node in records if node.score is not None and node.depth == 2
    ] == [
        ("{}", 0.0),
        ("{}", 1.0),
    ]
    assert played.tree.win


def test_every_pair_is_put_in_both_orders_at_once_and_counted():
    played = play(
        dfs_ranked(problem(), Limits(width=3)),
        [calls(RAIN), calls(WIND), says("hm"), *[says(None, ANSWER)] * 3],
        opinions=lambda ask: says("A"),
    )
    assert len(played.questions) == 2 * (3 + 3), "two expansions of three children"
    assert played.rounds.count(6) == 2
    assert played.tree.query_count == 6 + 12
    scores = [node.score for node in played.tree.records() if node.score is not None]
    assert scores == [1.0] * 6, "an opinion that goes by the order counts half for each"
    told = [ask.messages[-1]["content"] for ask in played.questions[:2]]
    assert told[0].index(RAIN) < told[0].index(WIND)
    assert told[1].index(WIND) < told[1].index(RAIN)


def test_later_children_are_told_of_the_earlier():
    played = play(
        dfs_ranked(problem()), [calls(RAIN), calls(WIND), *[says(None, ANSWER)] * 2], opinions=prefers(RAIN)
    )
    assert RAIN in played.asks[1].messages[-1]["content"]
    assert played.asks[1].ordinal == 1


def test_the_answer_that_is_visited_first_is_kept():
    script = [says("poor", ANSWER), says("good", ANSWER)]
    played = play(dfs_ranked(problem()), script, opinions=prefers("good"))
    (chosen,) = [node for node in played.tree.records() if node.chosen]
    assert played.tree.kept is not None
    assert played.tree.kept.node_id == chosen.node_id == 6
    assert len(played.tree.answers) == 2


def test_a_give_up_that_ranks_first_climbs_two_levels():
    script = [calls(RAIN), calls(WIND), says("no", GIVE_UP), says("yes", ANSWER), *[says(None, ANSWER)] * 2]
    played = play(dfs_ranked(problem()), script, opinions=lambda ask: says("no idea"))
    assert played.tree.win
    assert [node.pruned for node in played.tree.records() if node.observation_code == 4] == [True]


def test_comparisons_that_would_reach_the_cap_are_left_out():
    played = play(
        dfs_ranked(problem(), Limits(max_queries=4)), lambda ask: calls(RAIN), opinions=lambda ask: says("A")
    )
    assert not played.questions
    assert played.tree.query_count == 4
    assert not any(node.score is not None for node in played.tree.records())
