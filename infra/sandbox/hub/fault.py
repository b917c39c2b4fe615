"""How a kind of fault is written down: a `Fault`, and what its APIs do instead of answering soundly.

A file of ours in ``faults``, or of a folder for ``--plants-from``, reads like documentation:

    fault = Fault(
        kind="html",
        caller_gets="200 with an HTML page, whatever the arguments are",
        expected="reject",
    )

    @fault.reply
    def page(call: Call) -> Reply:
        \"\"\"The page of a server whose application is gone.\"\"\"
        return Reply(200, "text/html; charset=utf-8", b"<html>...")

A fault without a reply answers soundly: what is wrong with it stands in its documentation.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

import orjson

from infra.sandbox.hub.errors import DeclarationError
from infra.sandbox.hub.tool import Api, Tool

Choice = TypeVar("Choice")

JSON = "application/json"
VERDICTS = ("keep", "reject")


class Reply(NamedTuple):
    """A whole response, and how long the caller waits for it."""

    status: int
    content_type: str
    body: bytes
    delay_s: float = 0.0


class Call(Protocol):
    """One call of a planted API, and what its fault may know and do."""

    @property
    def tool(self) -> Tool:
        """The tool called."""

    @property
    def api(self) -> Api:
        """The API called, as it is documented."""

    def true_reply(self) -> Reply:
        """Return what a sound API replies; raises `HubError`, which becomes the refusal that it is."""

    def reply_as(self, api: Api) -> Reply:
        """Return what the API would reply if it were declared otherwise; raises `HubError`."""

    def example_reply(self) -> Reply:
        """Return the answer that the documentation shows, whatever is asked."""

    def one_of(self, choices: Sequence[Choice]) -> Choice:
        """Choose by seed and API: the same at each call."""

    def happens(self, share: float) -> bool:
        """Draw by seed, API, session, arguments, and how often these were asked for in the session."""


@dataclass
class Fault:
    """A kind of bad API."""

    kind: str
    """Its name in the list of plants."""
    caller_gets: str
    """What makes it bad, in words."""
    expected: str
    """What a good filter does with such an API: ``keep`` or ``reject``."""
    fits: Callable[[Api], bool] = lambda api: True
    """Tells whether an API can have the fault; one without parameters cannot lie about them."""
    hits_tools_that_write: bool = False
    """Whether it is also planted on tools with a state."""
    reply_to: Callable[[Call], Reply] = field(default_factory=lambda: _true_reply, init=False)
    described: Callable[[Api], str] = field(default_factory=lambda: _own_description, init=False)
    """Returns what the documentation says of the API."""

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or not re.fullmatch(r"[a-z0-9_]{1,40}", self.kind):
            raise DeclarationError(f"fault '{self.kind}': name the kind by a-z, 0-9 and '_'")
        if self.expected not in VERDICTS:
            raise DeclarationError(f"fault '{self.kind}': expected is one of {', '.join(VERDICTS)}")
        if not isinstance(self.caller_gets, str) or not self.caller_gets:
            raise DeclarationError(f"fault '{self.kind}': say what the caller gets")

    def reply(self, function: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        """Declare the function below as what calls are answered by."""
        self.reply_to = function
        return function

    def description(self, function: Callable[[Api], str]) -> Callable[[Api], str]:
        """Declare the function below as what the documentation describes the API by."""
        self.described = function
        return function


def _true_reply(call: Call) -> Reply:
    return call.true_reply()


def _own_description(api: Api) -> str:
    return api.description


def message(status: int, words: str) -> Reply:
    """Return a reply that holds nothing but a message."""
    return Reply(status, JSON, orjson.dumps({"message": words}))


def takes_arguments(api: Api) -> bool:
    """Tell whether an API has a parameter that callers must give in the query or the body."""
    return any(p.required and p.place != "path" for p in api.parameters)
