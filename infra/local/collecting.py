"""Garbage collected at moments of our choosing, where a collection in the middle of anything does harm.

CPython before 3.11.8 counts the depth of a syntax tree under construction in one place for all threads
(python/cpython gh-106905). What makes another thread's turn come in the middle of one is a collection that
begins there and runs finalizers. A server whose threads parse, as marimo's do for every page and session,
answers a request now and then with a `SystemError`.
"""

import gc
import sys
import threading
import time

_PERIOD_S = 1.0
_FULL_EVERY = 30


def collect_between_parses() -> None:
    """On a Python with this error, let a thread collect once a second, in place of whatever allocates."""
    if sys.version_info < (3, 11, 8):
        gc.disable()
        threading.Thread(target=_collect, name="garbage", daemon=True).start()


def _collect() -> None:
    turn = 0
    while True:
        time.sleep(_PERIOD_S)
        turn += 1
        gc.collect(2 if turn % _FULL_EVERY == 0 else 1)
