"""Worlds: what the path to a node has written, so that a branch never meets what another has left (pure).

A search tries calls and abandons them. Where calls write, every node stands in the world that its own path
has made: the writing calls on it, in their order. Paths that wrote the same stand in one world, and a world
is made once: a call that would make it again is not sent, and gets the first one's observation.

    path to a node                    its world
    add(a), add(b)                    a b
    add(a)                            a: sent by the first path, not again; its observation and its world
    add(b), add(b)                    b: sent, there is no a before it; the second add(b) is not sent

Why a call is not made twice: nobody can tell two bookings that are meant from one that is tried again since
its answer was lost or unclear, and a booking too many cannot be taken back. Who means two gives them
different arguments. In another world the same call is another call: nothing there has made it.
"""

import hashlib

from tasks.search.effects import Observation

Written = tuple[bytes, ...]
"""Digests of the writing calls on a path, each with its arguments, in their order."""

NOT_REPEATED = "Not called again: this very call was made before on the way here. Its result then:"


def world_of(written: Written) -> str:
    """Name of the world that these calls make: 32 hex digits, empty where nothing was written."""
    return hashlib.blake2b(b"".join(written), digest_size=16).hexdigest() if written else ""


def up_to(written: Written, call: bytes) -> Written:
    """What a path had written when it first made a call, that call included; it may be about to make it."""
    return written[: written.index(call) + 1] if call in written else (*written, call)


def not_repeated(observation: Observation) -> Observation:
    """The observation of an earlier call on the same path, marked: nobody shall take it for a second one."""
    rest = observation.text.removeprefix("{")
    return Observation(f'{{"note": "{NOT_REPEATED}", {rest}', observation.code)
