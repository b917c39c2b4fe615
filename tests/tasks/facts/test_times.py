import pytest

from tasks.facts import judge
from tests.tasks.facts.written import fact


def told(answer, value, kind, asked="When is it?", tolerance=0.0):
    return judge(answer, [fact(value, kind, tolerance=tolerance)], asked).correct


@pytest.mark.parametrize(
    "said",
    [
        "2026-07-14",
        "14/07/2026",
        "07/14/2026",
        "14.7.2026",
        "14.07.26",
        "14 July 2026",
        "14th of July, 2026",
        "Tuesday, July 14, 2026",
        "Jul 14",
        "14. Juli".replace("Juli", "July"),
        "14-Jul-2026",
        "20260714",
        "2026年7月14日",
        "the fourteenth of July twenty twenty-six",
        "July the fourteenth",
        "13 and 14 July",
    ],
)
def test_a_day_is_read_in_every_usual_spelling(said):
    assert told(f"It is {said}.", "2026-07-14", "date")


@pytest.mark.parametrize(
    "said", ["2026-07-13", "15 July 2026", "14 June", "14 July 2027", "July 4", "14.8.2026", "the 15th"]
)
def test_another_day_is_refused(said):
    assert not told(f"It is {said}.", "2026-07-14", "date")


def test_a_day_without_its_month_needs_one_from_elsewhere():
    assert told("On Friday the 17th.", "2026-07-17", "date", asked="3 working days after 2026-07-14?")
    assert not told("On the 17th.", "2026-07-17", "date", asked="When?")


@pytest.mark.parametrize(
    "said",
    [
        "18:30",
        "6:30 pm",
        "6.30 p.m.",
        "half past six in the evening",
        "18h30",
        "1830 hours",
        "thirty minutes past 6 pm",
        "half past six",
        "18:30:20",
    ],
)
def test_a_time_is_read_in_every_usual_spelling(said):
    assert told(f"At {said}.", "18:30", "time", tolerance=60.0)


@pytest.mark.parametrize("said", ["6:30", "6:30 am", "18:32", "half past seven", "20:30", "18.30"])
def test_another_time_is_refused(said):
    assert not told(f"At {said}", "18:30", "time", tolerance=60.0)


def test_a_moment_may_be_told_by_another_zones_clocks():
    moment = "2026-06-21T06:12:14+01:00"
    assert told("06:12 local time on 21 June", moment, "datetime", tolerance=60.0)
    assert told("05:12 UTC", moment, "datetime", tolerance=60.0)
    assert told("7:12 am CEST", moment, "datetime", tolerance=60.0)
    assert told("2026-06-21T05:12:14Z", moment, "datetime", tolerance=60.0)
    assert not told("06:12 UTC", moment, "datetime", tolerance=60.0)


def test_the_day_of_a_moment_must_fit():
    moment, asked = "2026-02-11T08:45:00", "When do I land if I leave on 10 February 2026?"
    assert told("At 08:45 on 11 February.", moment, "datetime", asked, 60.0)
    assert told("At 08:45 the next day.", moment, "datetime", asked, 60.0)
    assert not told("At 08:45 on 12 February.", moment, "datetime", asked, 60.0)


def test_a_clock_may_be_a_text():
    assert told("25:00", "0:25:00", "text")
    assert told("4 h 13 min 10 s", "4:13:10", "text")
    assert not told("26:00", "0:25:00", "text")


def test_a_month_may_be_a_text():
    assert told("December 2007", "2007-12", "text")
    assert not told("November 2007", "2007-12", "text")
