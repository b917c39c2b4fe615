"""Where an answer tells a day, a time or a moment (pure)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.facts.clocks import DAY_S, Clock, offset_minutes, seconds_of
from tasks.facts.dates import Day
from tasks.facts.reading import Reading, Span
from tasks.facts.wanted import DATETIME, Wanted

LEAST_TOLERANCE_S = 30.0
"""A time without seconds may be half a minute off."""

_OTHER_DAY = re.compile(
    r"\b(?:next|following|same) (?:day|morning|evening|night|afternoon)|\btomorrow\b|\bday (?:after|before"
    r"|later)|\+\s?1\b|\bovernight\b"
    r"|\bprevious (?:day|evening|night)|\bthe (?:evening|night|day) before",
    re.I,
)


def day_spans(day: date, answer: Reading, question: Reading) -> list[Span]:
    """Where the answer tells a day."""
    return [(each.start, each.end) for each in answer.days if _is_day(each, day, answer, question)]


def _is_day(said: Day, day: date, answer: Reading, question: Reading) -> bool:
    for year, month, number in said.readings:
        if (year, month, number) == (day.year, day.month, day.day) or (
            year is None and month is not None and (month, number) == (day.month, day.day)
        ):
            return True
        if month is None and number == day.day and _speaks_of(day, answer, question):
            return True
    return False


def _speaks_of(day: date, answer: Reading, question: Reading) -> bool:
    """Whether the month is clear from elsewhere, so that "the 17th" is enough."""
    told = [*answer.days, *question.days]
    return any(each.readings[0][1] == day.month for each in told)


def time_spans(want: Wanted, answer: Reading) -> list[Span]:
    """Where the answer tells a time of day."""
    seconds = seconds_of(str(want.value)) or 0
    return [(each.start, each.end) for each in answer.clocks if _is_time(each, seconds, want.fact.tolerance)]


def _is_time(clock: Clock, seconds: int, tolerance_s: float) -> bool:
    allowed = max(tolerance_s, 0.5 if clock.shows_seconds else LEAST_TOLERANCE_S + 0.5)
    return any(_apart(reading, seconds) < allowed for reading in clock.readings())


def _apart(first: int, second: int) -> int:
    """Seconds between two times of day, the shorter way."""
    apart = abs(first - second) % DAY_S
    return min(apart, DAY_S - apart)


@dataclass(frozen=True, slots=True)
class _Moment:
    day: date
    seconds: int
    offset: int | None
    """Minutes ahead of UTC."""

    def at(self, zone: int) -> "_Moment":
        """The same moment by another zone's clocks."""
        total = self.seconds + (zone - (self.offset or 0)) * 60
        return _Moment(self.day + timedelta(days=total // DAY_S), total % DAY_S, zone)


def moment_spans(want: Wanted, answer: Reading, question: Reading) -> list[Span]:
    """Where the answer tells a moment, by the clocks of its own zone or of another that is named.

    A day beside the time must be right; without one, days elsewhere must fit, or only the question's be told.
    """
    part = DATETIME.fullmatch(str(want.value).strip())
    assert part is not None, "checked when the fact was read"
    offset = offset_minutes(part[3] or "")
    offset = 0 if offset is None and "utc" in want.key else offset
    moment = _Moment(date.fromisoformat(part[1]), seconds_of(part[2]) or 0, offset)
    spans = []
    for clock in answer.clocks:
        for there in _frames(moment, clock, answer):
            if _is_time(clock, there.seconds, want.fact.tolerance) and _day_fits(
                clock, there.day, answer, question
            ):
                spans.append((clock.start, clock.end))
                break
    if not spans and moment.seconds == 0 and not answer.clocks:
        return day_spans(moment.day, answer, question)
    return spans


def _frames(moment: _Moment, clock: Clock, answer: Reading) -> Iterator[_Moment]:
    """The moment as the clock may show it."""
    if clock.zone_minutes is not None and moment.offset is not None:
        yield moment.at(clock.zone_minutes)
        if clock.zone_minutes and abs(clock.zone_minutes - moment.offset) == 60:
            yield moment  # CET said in summer, BST for a winter's day
        return
    yield moment
    if moment.offset and answer.speaks_of_utc:
        yield moment.at(0)


def _day_fits(clock: Clock, day: date, answer: Reading, question: Reading) -> bool:
    beside = _beside(clock, answer)
    if beside is not None:
        return _is_day(beside, day, answer, question) or (
            _OTHER_DAY.search(answer.text) is not None and _in_question(beside, question)
        )
    told = [each for each in answer.days if not each.weak]
    return any(_is_day(each, day, answer, question) for each in answer.days) or all(
        _in_question(each, question) for each in told
    )


def _beside(clock: Clock, answer: Reading) -> Day | None:
    """The day that is told together with a time: the nearest, no other time and no sentence between."""
    nearest: tuple[int, Day] | None = None
    for day in answer.days:
        if day.weak:
            continue
        first, last = (day.end, clock.start) if day.end <= clock.start else (clock.end, day.start)
        gap = answer.text[first:last] if first <= last else ""
        if len(gap) > 25 or re.search(r"[;\n]|[.!?]\s", gap):
            continue
        if any(first <= other.start < last for other in answer.clocks if other is not clock):
            continue
        if nearest is None or len(gap) < nearest[0]:
            nearest = (len(gap), day)
    return nearest[1] if nearest else None


def _in_question(day: Day, question: Reading) -> bool:
    return any(
        (mine[1], mine[2]) == (theirs[1], theirs[2])
        for each in question.days
        for mine in day.readings
        for theirs in each.readings
    )
