"""An API that was finished for its example only."""

from infra.sandbox.hub.fault import Call, Fault, Reply, takes_arguments

fault = Fault(
    kind="ignores_input",
    caller_gets="the answer to the documented example, whatever the arguments are",
    expected="reject",
    fits=takes_arguments,
)


@fault.reply
def always_the_same(call: Call) -> Reply:
    """Only other arguments show it."""
    return call.example_reply()
