"""A documentation that writes dates in another order than its server reads them."""

import datetime
from dataclasses import dataclass, replace
from typing import ClassVar

from infra.sandbox.hub.errors import BadValue
from infra.sandbox.hub.fault import Call, Fault, Reply
from infra.sandbox.hub.parameters import Day, Kind
from infra.sandbox.hub.tool import Api

fault = Fault(
    kind="lying_format",
    caller_gets="400 for the documented call: the server reads dates as DD.MM.YYYY",
    expected="reject",
    fits=lambda api: any(p.required and isinstance(p.kind, Day) for p in api.parameters),
)


@dataclass(frozen=True)
class DayFirst(Kind):
    """A date as much of Europe writes it."""

    type_name: ClassVar[str] = "DATE (DD.MM.YYYY)"
    python_type: ClassVar[object] = datetime.date

    def from_text(self, text: str) -> object:
        """Read day, month and year."""
        try:
            return datetime.datetime.strptime(text, "%d.%m.%Y").date()
        except ValueError as error:
            raise BadValue("must be a date DD.MM.YYYY") from error

    def from_json(self, value: object) -> object:
        """Read day, month and year."""
        return self.from_text(str(value))


@fault.reply
def day_first(call: Call) -> Reply:
    """Whoever believes the refusal is answered truly."""
    return call.reply_as(_with_days_first(call.api))


def _with_days_first(api: Api) -> Api:
    parameters = tuple(
        replace(p, kind=DayFirst(p.kind.description)) if isinstance(p.kind, Day) else p
        for p in api.parameters
    )
    return replace(api, parameters=parameters)
