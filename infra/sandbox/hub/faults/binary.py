"""An API that sends a picture of its answer."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="binary", caller_gets="200 with the bytes of an image, whatever the arguments are", expected="reject"
)

IMAGE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes((number * 97 + 13) % 256 for number in range(2000))


@fault.reply
def picture(call: Call) -> Reply:
    """No JSON, and no text either."""
    return Reply(200, "image/png", IMAGE)
