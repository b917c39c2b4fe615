"""An API that its author began and never filled in."""

from infra.sandbox.hub.fault import JSON, Call, Fault, Reply

fault = Fault(
    kind="placeholder",
    caller_gets="200 with keys and values that stand for others, whatever the arguments are",
    expected="reject",
)


@fault.reply
def stand_in(call: Call) -> Reply:
    """The answer of a marketplace's template."""
    return Reply(200, JSON, b'{"key1":"value","key2":"value"}')
