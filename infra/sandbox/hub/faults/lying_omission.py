"""A documentation that leaves out a parameter without which nothing works."""

from dataclasses import replace

from infra.sandbox.hub.fault import Call, Fault, Reply
from infra.sandbox.hub.parameters import Text
from infra.sandbox.hub.tool import Answer, Parameter

fault = Fault(
    kind="lying_omission",
    caller_gets="400 for the documented call: a required parameter is missing from the documentation",
    expected="reject",
)

ACCOUNT = Text("Account of the caller.", examples=("ACC-1048",), pattern="ACC-[0-9]{4}")


@fault.reply
def asks_for_more(call: Call) -> Reply:
    """Nobody can know how to please it."""
    place = "body" if call.api.method == "POST" else "query"
    undocumented = Parameter("account", place, ACCOUNT, required=True, default=None)

    def unasked(account: str, **arguments: object) -> Answer:
        return call.api.function(**arguments)

    api = replace(call.api, parameters=(*call.api.parameters, undocumented), function=unasked)
    return call.reply_as(api)
