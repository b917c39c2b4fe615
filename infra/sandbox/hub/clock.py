"""The marketplace's time: it stands still until somebody moves it, so that no answer ages by itself."""

import datetime
import re
from dataclasses import dataclass

from infra.sandbox.hub.errors import BadValue

EARLIEST = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
LATEST = datetime.datetime(2099, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
EPOCH = datetime.datetime(2026, 7, 1, 9, tzinfo=datetime.UTC)
"""Where the clock stands unless told otherwise, and the moment of every example in the documentation."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a tool reads the time from: an argument of that type is handed over by the hub, not by callers."""

    moment: datetime.datetime
    """The marketplace's time at this call, in UTC."""


def read_moment(text: object) -> datetime.datetime:
    """Return the moment that an ISO text with an offset names, in UTC; raises `BadValue`."""
    rule = "must be a time such as 2026-07-01T09:00:00Z"
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise BadValue(rule)
    try:
        moment = datetime.datetime.fromisoformat(text).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise BadValue(rule) from error
    return checked(moment)


def later(moment: datetime.datetime, advance_s: object) -> datetime.datetime:
    """Return the moment some seconds on, or back where they are negative; raises `BadValue`."""
    if isinstance(advance_s, bool) or not isinstance(advance_s, int):
        raise BadValue("must be a whole number of seconds")
    try:
        return checked(moment + datetime.timedelta(seconds=advance_s))
    except OverflowError as error:
        raise BadValue(_range()) from error


def checked(moment: datetime.datetime) -> datetime.datetime:
    """Return the moment, to the second; raises `BadValue` where no marketplace of ours is open."""
    if not EARLIEST <= moment <= LATEST:
        raise BadValue(_range())
    return moment.replace(microsecond=0)


def shown(moment: datetime.datetime) -> str:
    """Return the moment as the hub writes it: ``2026-07-01T09:00:00Z``."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _range() -> str:
    return f"must lie between {shown(EARLIEST)} and {shown(LATEST)}"
