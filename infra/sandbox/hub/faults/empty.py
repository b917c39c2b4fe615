"""An API that succeeds in saying nothing."""

from infra.sandbox.hub.fault import JSON, Call, Fault, Reply

fault = Fault(kind="empty", caller_gets="200 with an empty body", expected="reject")


@fault.reply
def nothing(call: Call) -> Reply:
    """Said to be JSON."""
    return Reply(200, JSON, b"")
