"""An API whose answers are cut on their way."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(kind="truncated", caller_gets="the first half of the true answer's JSON", expected="reject")


@fault.reply
def half(call: Call) -> Reply:
    """No object or list ends at its half."""
    reply = call.true_reply()
    return reply._replace(body=reply.body[: len(reply.body) // 2])
