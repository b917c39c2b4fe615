"""What is said when: thresholds, projections, dearer runs."""

from types import SimpleNamespace

import pytest

from tasks.llm.accounts import NANO, CallKey, Refusal, Reservation
from tasks.llm.ledger import open_ledger
from tasks.llm.payment import said_of
from tasks.llm.protocol import Usage
from tasks.llm.spending.alerts import Alert, Spending, dearer, due
from tasks.llm.spending.watch import Watch

SCOPE = "run:r1/annotate"


def percents(alerts: list[Alert]) -> list[int]:
    return [alert.figures["percent"] for alert in alerts if alert.kind == "threshold"]


@pytest.mark.parametrize(
    ("settled", "stopped", "said"),
    [(0.49, False, []), (0.5, False, [50]), (0.81, False, [50, 80]), (0.985, False, [50, 80]),
     (0.99, False, [50, 80, 100]), (0.9, True, [50, 80, 100]), (1.2, False, [50, 80, 100])],
)  # fmt: skip
def test_thresholds_are_of_what_is_settled(settled: float, stopped: bool, said: list[int]) -> None:
    spending = Spending(SCOPE, round(settled * 10 * NANO), 5 * NANO, 10 * NANO, stopped=stopped)
    assert percents(due("r1", spending)) == said


def test_work_is_said_to_have_stopped_only_where_it_has() -> None:
    ended, stopped = (
        due("r1", Spending(SCOPE, 995 * NANO, 0, 1000 * NANO, stopped=stopped))[-1]
        for stopped in (False, True)
    )
    assert ended.said == "run:r1/annotate: 995.00 of 1,000.00 USD are spent (100%)"
    assert stopped.said == f"{ended.said}; work stopped at the cap, raise it and run again"
    assert ended.identity == stopped.identity


def test_a_cap_in_tokens_has_thresholds_of_its_own() -> None:
    usd, tokens = (due("r1", Spending(SCOPE, 8_500, 0, 10_000, unit=unit)) for unit in ("USD", "tokens"))
    assert percents(tokens) == [50, 80]
    assert tokens[1].said == "run:r1/annotate: 8,500 of 10,000 tokens are spent (85%)"
    assert tokens[1].figures["cap_tokens"] == 10_000
    assert not {alert.identity for alert in usd} & {alert.identity for alert in tokens}


def test_without_a_cap_nothing_is_due() -> None:
    assert due("r1", Spending(SCOPE, 10**15, 0, None, 10**16)) == []


def test_a_projection_above_the_cap_is_said_before_the_money_is_gone() -> None:
    (alert,) = due("r1", Spending(SCOPE, 1 * NANO, 0, 10 * NANO, projected=15 * NANO))
    assert alert.kind == "forecast"
    assert "15.00 USD" in alert.said and "10.00 USD" in alert.said
    assert due("r1", Spending(SCOPE, 1 * NANO, 0, 10 * NANO, projected=10 * NANO)) == []


def test_an_alert_is_another_one_for_another_run_cap_or_threshold_and_the_same_later() -> None:
    def identities(run: str, settled: float, cap: int) -> set[object]:
        spending = Spending(f"run:{run}/annotate", round(settled * NANO), 0, cap * NANO)
        return {alert.identity for alert in due(run, spending)}

    first = identities("r1", 6, 10)
    assert identities("r1", 7, 10) == first
    assert identities("r1", 9, 10) > first
    assert not identities("r2", 6, 10) & first
    assert not identities("r1", 12, 20) & first


def test_a_solved_instruction_at_twice_the_median_of_the_last_ten_runs_is_said() -> None:
    earlier = [0.01, 0.012, 0.008]
    (alert,) = dearer("r1", SCOPE, 0.02, earlier)
    assert "2.0 times the median of the last 3 runs" in alert.said
    assert dearer("r1", SCOPE, 0.0199, earlier) == []
    assert dearer("r1", SCOPE, 9.0, earlier[:2]) == [], "two runs are no history"
    old = [1.0] * 10
    assert dearer("r1", SCOPE, 0.05, [0.01] * 10 + old) != [], "only the last ten count"


def spend(usd: float, stage: str = "annotate", tokens: int = 0) -> None:
    ledger = open_ledger()
    call = ledger.reserve(CallKey("r1", stage, 0, "a", "s", "m", f"{usd}", 0), round(usd * NANO), "t", tokens)
    assert isinstance(call, Reservation)
    ledger.settle(call.call_id, Usage(uncached=tokens), round(usd * NANO), 0.1, "ok")


def refusal(scope: str, stage: str = "annotate", tokens: int = 0) -> str:
    """What a call says that does not fit, as a flow run that ended by it quotes it."""
    outcome = open_ledger().reserve(CallKey("r1", stage, 0, "a", "s", "m", "q", 9), NANO, "t", tokens)
    assert isinstance(outcome, Refusal) and outcome.scope == scope
    return f"Flow run encountered an exception: BudgetExceeded: {said_of(outcome)}"


def test_each_alert_is_told_once_by_whichever_process_sees_it_and_again_for_a_raised_cap() -> None:
    ledger = open_ledger()
    ledger.set_cap(SCOPE, 10)
    told: list[str] = []

    def watch() -> Watch:
        return Watch("r1", "annotate", lambda alert: told.append(alert.said), "shell", every_s=0)

    one, two = watch(), watch()
    one.look()
    assert told == []
    spend(6.0)
    one.look(), two.look(), watch().look()
    assert len(told) == 1 and "6.00 of 10.00 USD are spent (60%)" in told[0]
    ledger.set_cap(SCOPE, 6.9)
    watch().look()
    watch().look_now([refusal(SCOPE)])
    once = "run:r1/annotate: 6.00 of 6.90 USD are spent (87%)"
    assert [said.partition(";")[0] for said in told[1:]] == [once] * 3, "50, 80 and 100 % of another cap"
    assert "work stopped at the cap" in told[-1] and "work stopped" not in told[-2]


def test_a_run_that_stops_at_one_of_its_caps_says_so_of_that_one() -> None:
    ledger = open_ledger()
    ledger.set_cap(SCOPE, 1.5)
    ledger.set_cap("run:r1", 100.0)
    ledger.set_token_cap("run:r1", 1_000)
    told: list[Alert] = []
    watch = Watch("r1", "annotate", told.append, "shell")
    watch.look_now([refusal("run:r1", tokens=2_000)])
    assert [(alert.scope, alert.figures.get("cap_tokens")) for alert in told] == [("run:r1", 1_000)]
    spend(0.7)
    watch.look_now([refusal(SCOPE), "no hub answers"])
    assert [alert.scope for alert in told[1:]] == [SCOPE]
    assert told[-1].figures["percent"] == 100 and "are spent (47%); work stopped" in told[-1].said


def test_caps_in_tokens_are_watched_beside_those_in_usd() -> None:
    open_ledger().set_token_cap("run:r1", 1_000)
    spend(0.1, "instruct", tokens=600)
    told: list[Alert] = []
    Watch("r1", "annotate", told.append, "shell").look_now()
    assert [alert.said for alert in told] == ["run:r1: 600 of 1,000 tokens are spent (60%)"]


def test_a_projection_counts_what_earlier_stages_of_its_run_have_spent() -> None:
    ledger = open_ledger()
    for scope in ("run:r1", "run:r1/instruct", SCOPE):
        ledger.set_cap(scope, 15)
    spend(6.0, "instruct"), spend(1.0)
    told: list[Alert] = []
    Watch("r1", "annotate", told.append, "shell", lambda: 8.0).look_now()
    assert told == [], "6 and 8 fit under 15"
    ledger.set_cap("run:r1", 13)
    Watch("r1", "annotate", told.append, "shell", lambda: 8.0).look_now()
    said = {alert.kind: alert.said for alert in told}
    assert said["forecast"] == "run:r1: will come to about 14.00 USD, above its cap of 13.00 USD"


def test_looks_that_take_long_are_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger().set_cap(SCOPE, 10)
    now, looks = [0.0], [0]

    def projected_usd() -> float:
        looks[0] += 1
        now[0] += 4.0
        return 8.0

    monkeypatch.setattr("tasks.llm.spending.watch.time", SimpleNamespace(monotonic=lambda: now[0]))
    watch = Watch("r1", "annotate", lambda alert: None, "shell", projected_usd)
    while now[0] < 1000.0:
        watch.look()
        now[0] += 1.0
    assert looks[0] <= 13, "four seconds of each eighty, not of each nine"


def test_what_a_shell_was_told_reaches_the_server_too() -> None:
    open_ledger().set_cap(SCOPE, 10)
    spend(6.0)
    told: list[str] = []
    for channel in ("shell", "server", "shell", "server"):
        Watch("r1", "annotate", lambda alert, to=channel: told.append(to), channel).look_now()
    assert told == ["shell", "server"]


def test_a_process_that_ends_before_it_has_told_leaves_it_to_the_next() -> None:
    open_ledger().set_cap(SCOPE, 10)
    spend(6.0)

    def ended(alert: Alert) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watch("r1", "annotate", ended, "server").look_now()
    told: list[Alert] = []
    Watch("r1", "annotate", told.append, "server").look_now()
    assert len(told) == 1
