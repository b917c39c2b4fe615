"""An API that calls its JSON a page: sound for a reader who looks at the content."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="wrong_content_type",
    caller_gets="the true answer, declared as text/html",
    expected="keep",
)


@fault.reply
def mislabelled(call: Call) -> Reply:
    """The default type of a careless framework."""
    return call.true_reply()._replace(content_type="text/html; charset=utf-8")
