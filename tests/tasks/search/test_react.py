from tasks.search.effects import Reply
from tasks.search.react import ChainLimits, react
from tests.tasks.search.played import ANSWER, GIVE_UP, RAIN, calls, play, problem, says


def test_a_chain_ends_at_its_answer():
    played = play(react(problem()), [calls(RAIN), says(None, ANSWER)])
    assert played.tree.win
    assert not any(node.pruned for node in played.tree.records())


def test_a_give_up_ends_a_chain_and_the_next_attempt_begins_at_the_root():
    played = play(react(problem(), ChainLimits(attempts=2)), [says(None, GIVE_UP), says(None, ANSWER)])
    assert [node.parent_id for node in played.tree.records() if node.kind == "action"] == [0, 0]
    assert [ask.ordinal for ask in played.asks] == [0, 1]
    assert played.tree.win


def test_attempts_share_nothing():
    played = play(react(problem(), ChainLimits(attempts=2)), [says(None, GIVE_UP), says(None, GIVE_UP)])
    assert played.asks[0].messages == played.asks[1].messages
    assert played.tree.finish_type == "give_up"


def test_a_chain_stops_at_twelve_nodes_and_is_marked_pruned():
    played = play(react(problem()), lambda ask: calls(RAIN))
    assert played.tree.query_count == 6
    assert played.tree.records()[-1].pruned
    assert played.tree.finish_type is None


def test_a_failed_reply_ends_its_chain():
    failed = Reply("overflow", failed=True)
    played = play(react(problem(), ChainLimits(attempts=3)), [failed, failed, failed])
    assert played.tree.query_count == 3
    assert [node.observation_code for node in played.tree.records()[1:]] == [-1, -1, -1]
