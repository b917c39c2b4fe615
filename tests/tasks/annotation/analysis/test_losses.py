"""Why an instruction was not solved."""

import pytest

from tasks.annotation.analysis.losses import REASONS, by_reason, losses
from tasks.annotation.analysis.sheets import Share
from tasks.search.effects import Reply
from tests.tasks.annotation.analysis.grown import (
    DEAD,
    GOOD,
    RAIN,
    WIND,
    answer,
    call,
    give_up,
    searched,
)
from tests.tasks.search.played import says

DAYS = [call(day=day) for day in range(6)]


@pytest.mark.parametrize(
    ("replies", "observed", "reason"),
    [
        ([Reply("overflow", failed=True)], [], "no usable reply"),
        ([give_up()], [], "nothing called"),
        ([call("snow"), call("hail"), call(), give_up()], [], "names not offered"),
        ([call(), call(WIND), give_up()], [DEAD, DEAD], "no call succeeded"),
        ([call(), call(), call(), call(), give_up()], [], "loops"),
        ([call(), call(WIND), give_up()], [], "give-ups only"),
        (DAYS, [], "depth limit only"),
    ],
)
def test_an_unanswered_chain_has_the_first_reason_that_fits(replies, observed, reason):
    (loss,) = losses([searched(replies, observed, searcher="CoT@1")])
    assert loss.reason == reason
    assert reason in REASONS


def test_what_the_searcher_drops_above_the_depth_limit_is_no_depth_limit():
    (loss,) = losses(
        [searched([call(), call(WIND), *[call()] * 2, call(WIND), *[call(WIND)] * 2], searcher="foundry")]
    )
    assert loss.ends == {"dropped": 4}
    (loss,) = losses([searched([call(), give_up(), give_up()], searcher="foundry")])
    assert loss.reason == "give-ups only"


def test_a_tree_may_end_in_several_ways():
    (loss,) = losses([searched([*DAYS, give_up()], searcher="CoT@2")])
    assert (loss.reason, loss.ends) == ("give-ups and depth limit", {"depth limit": 1, "give-up": 1})
    assert (loss.calls, loss.succeeded, loss.repeats) == (6, 6, 0)


def test_the_query_cap_is_a_reason_of_its_own():
    tree = searched([*DAYS[:2], give_up()], searcher="CoT@1")
    (loss,) = losses([tree], query_cap=3)
    assert loss.reason == "query cap"


def test_what_is_answered_is_no_loss_until_somebody_says_it_is_wrong():
    tree = searched([call(), answer()], searcher="CoT@1")
    assert losses([tree]) == []
    tree.known.correct = True
    assert losses([tree]) == []


@pytest.mark.parametrize(
    ("observed", "relevant", "solvable", "reason"),
    [
        ([GOOD], ("toolbench/weather/rain",), True, "answered, wrongly: relevant APIs called"),
        ([GOOD], ("toolbench/weather/wind",), True, "answered, wrongly: a relevant API was left out"),
        ([DEAD], ("toolbench/weather/rain",), True, "answered, wrongly: nothing succeeded"),
        ([GOOD], None, False, "answered, wrongly: cannot be solved"),
    ],
)
def test_a_wrong_answer_is_lost_for_what_its_path_lacks(observed, relevant, solvable, reason):
    tree = searched([call(RAIN), answer()], observed, searcher="CoT@1")
    tree.known.correct, tree.known.relevant, tree.known.solvable = False, relevant, solvable
    assert [loss.reason for loss in losses([tree])] == [reason]


def test_declining_rightly_is_no_loss():
    tree = searched([give_up()], searcher="CoT@1")
    tree.known.correct = True
    assert losses([tree]) == []


def test_reasons_are_counted_by_searcher():
    searches = [
        searched([give_up()], searcher="CoT@1", instruction_id="a"),
        searched([answer()], searcher="CoT@1", instruction_id="b"),
        searched([says("hm"), give_up()], searcher="DFS_woFilter_w1", instruction_id="a"),
    ]
    sheet = by_reason(losses(searches), searches)
    assert sheet.columns == ("reason", "searches", "of CoT@1", "of DFS_woFilter_w1", "meaning")
    assert sheet.rows[0][:4] == ("nothing called", 2, Share(1, 2), Share(1, 1))
    assert sheet.rows[-1][:4] == ("all", 2, Share(1, 2), Share(1, 1))
