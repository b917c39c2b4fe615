"""An API on a machine that is too small for it."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(kind="slow", caller_gets="the true answer, always after 6 s", expected="reject")

DELAY_S = 6.0
"""Twice the limit at which a crawler calls an API slow (3 s at the 95th percentile)."""


@fault.reply
def late(call: Call) -> Reply:
    """Right, and no use."""
    return call.true_reply()._replace(delay_s=DELAY_S)
