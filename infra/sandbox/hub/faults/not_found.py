"""An API that moved away without telling its marketplace."""

from infra.sandbox.hub.fault import Call, Fault, Reply, message

fault = Fault(
    kind="404", caller_gets="404 with a JSON message, whatever the arguments are", expected="reject"
)


@fault.reply
def moved_away(call: Call) -> Reply:
    """The gateway answers in its place."""
    return message(404, "Endpoint does not exist")
