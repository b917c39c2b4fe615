"""An API whose host shows a page of its own under 200."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="html", caller_gets="200 with an HTML error page, whatever the arguments are", expected="reject"
)

PAGE = (
    b"<!DOCTYPE html><html><head><title>Application unavailable</title></head>"
    b"<body><h1>Application unavailable</h1><p>Please try again later.</p></body></html>"
)


@fault.reply
def page(call: Call) -> Reply:
    """The page of a server whose application is gone."""
    return Reply(200, "text/html; charset=utf-8", PAGE)
