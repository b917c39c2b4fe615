"""ToolBench's status codes of an observation, as documented there.

ToolBench's code swaps 7 and 8 and never produces 5; here its documentation holds (a repair: whoever counts
errors in trees reads the documentation). The search itself reads only 1, 3 and 4.
"""

FAILED_REPLY = -1
"""No observation at all: the model gave no usable reply."""
NORMAL = 0
HALLUCINATED = 1
"""A function that was not offered."""
INPUT_ERROR = 2
"""Arguments that cannot be used, those of `Finish` among them."""
ANSWERED = 3
GAVE_UP = 4
TIMEOUT = 5
NOT_WORKING = 6
"""404, or the API is down."""
NOT_SUBSCRIBED = 7
UNAUTHORIZED = 8
TOO_MANY_REQUESTS = 9
RATE_LIMIT = 10
"""Per minute."""
ERROR_MESSAGE = 11
"""The API answered with an error."""
SENDING_FAILED = 12
"""The call itself could not be sent."""
