"""What a tool remembers between calls of one session."""

from typing import Any


class State(dict[str, Any]):
    """The JSON document of one tool in the caller's session; change it in place to write.

    An argument of this type is handed over by the hub, not by callers. Only what is called by POST is written
    back, and only when the function returns: a call that raises has changed nothing.
    """
