"""An API that ships its log with every answer."""

import orjson

from infra.sandbox.hub.fault import Call, Fault, Reply

fault = Fault(
    kind="huge",
    caller_gets="the true answer with some 300 kB of trace behind it",
    expected="keep",  # sound, and a case for compression
)

LINES = [
    f"{number:05d} cache miss, shard {number % 7}, retry scheduled in the background"
    for number in range(4500)
]


@fault.reply
def with_trace(call: Call) -> Reply:
    """The answer stands first, so that a reader who cuts has it."""
    reply = call.true_reply()
    answer = orjson.loads(reply.body)
    body = answer if isinstance(answer, dict) else {"results": answer}
    return reply._replace(body=orjson.dumps(body | {"trace": LINES}))
