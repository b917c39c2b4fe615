"""An API that is up now and then."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(
    kind="flaky_80",
    caller_gets="503 for 80 % of the calls, else the true answer",
    expected="reject",
)

SHARE = 0.80


@fault.reply
def seldom_there(call: Call) -> Reply:
    """One good answer does not make it a good API."""
    return message(503, "Service unavailable") if call.happens(SHARE) else call.true_reply()
