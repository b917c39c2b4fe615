"""An API that reports its errors as successes."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(
    kind="error_under_200",
    caller_gets="200 with a JSON message that it is an error, whatever the arguments are",
    expected="reject",
)


@fault.reply
def not_subscribed(call: Call) -> Reply:
    """What the gateway of a marketplace says."""
    return message(200, "You are not subscribed to this API.")
