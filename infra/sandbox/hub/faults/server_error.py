"""An API whose server crashes at every call."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(
    kind="500", caller_gets="500 with a JSON message, whatever the arguments are", expected="reject"
)


@fault.reply
def crash(call: Call) -> Reply:
    """No more is said than that."""
    return message(500, "Internal server error")
