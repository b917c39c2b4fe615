"""A documentation that calls a parameter by another name than the server."""

from infra.sandbox.hub.fault import Call, Fault, Reply, takes_arguments
from infra.sandbox.hub.variants import other_names, renamed

fault = Fault(
    kind="lying_parameter",
    caller_gets="400 for the documented call: the server knows a required parameter under another name",
    expected="reject",
    fits=takes_arguments,
)


@fault.reply
def known_otherwise(call: Call) -> Reply:
    """Whoever guesses the other name is answered truly."""
    parameters = call.api.parameters
    name = next(p.name for p in parameters if p.required and p.place != "path")
    other = other_names(name, taken=[p.name for p in parameters])[0]
    return call.reply_as(renamed(call.api, {name: other}))
