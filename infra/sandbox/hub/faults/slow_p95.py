"""An API that wakes up now and then: slow at the 95th percentile, not at the median."""

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="slow_p95",
    caller_gets="the true answer, one time in ten after 6 s",
    expected="keep",  # the paper drops what is consistently slow
)

SHARE = 0.10
DELAY_S = 6.0


@fault.reply
def sometimes_late(call: Call) -> Reply:
    """Right, and mostly at once."""
    late = call.happens(SHARE)
    return call.true_reply()._replace(delay_s=DELAY_S if late else 0.0)
