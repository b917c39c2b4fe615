"""An API behind a gateway that loses some calls: worth keeping, and labelled flaky."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(
    kind="flaky_30",
    caller_gets="502 for 30 % of the calls, else the true answer",
    expected="keep",
)

SHARE = 0.30


@fault.reply
def mostly_there(call: Call) -> Reply:
    """Asking again helps."""
    return message(502, "Bad gateway") if call.happens(SHARE) else call.true_reply()
