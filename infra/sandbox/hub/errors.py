"""What can go wrong in the hub, and which HTTP status says so.

HubError
  BadArgument      400  an argument is missing, unknown, of the wrong type or out of range
  MissingKey       401  no key, or one that this hub did not issue
  NotFound         404  the arguments are fine, but nothing is known about them
  WrongMethod      405  the address exists under another HTTP method
  TooLarge         413  the request is longer than the hub reads
  Full             507  the hub keeps no more sessions, or no more in this one
DeclarationError   a tool file contradicts itself; the hub does not start
"""


class HubError(Exception):
    """A refusal that the caller is told about as ``{"message": ...}``."""

    status = 500


class BadArgument(HubError):
    """One argument of a call is missing, unknown, of the wrong type or out of range."""

    status = 400

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"parameter '{parameter}' {reason}")
        self.parameter = parameter
        self.reason = reason


class MissingKey(HubError):
    """The request has no key, or a key that this hub did not issue."""

    status = 401


class NotFound(HubError):
    """The arguments are well formed, but nothing is known about them."""

    status = 404


class WrongMethod(HubError):
    """The address exists, but answers another HTTP method."""

    status = 405


class TooLarge(HubError):
    """The request is longer than the hub reads."""

    status = 413


class Full(HubError):
    """The hub keeps no more: sessions are bounded in number and size."""

    status = 507


class BadValue(Exception):
    """A value does not fit its parameter; the message continues the sentence "parameter 'x' ..."."""


class DeclarationError(Exception):
    """A tool file contradicts itself; the message names the file or tool and what to change."""
