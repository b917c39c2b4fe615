"""Threads that parse while garbage with finalizers falls due: what CPython before 3.11.8 cannot do."""

import threading
import time
from collections.abc import Callable


class Finalized:
    """In a cycle, so that only a collection ends it, and then by running Python."""

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        for _ in range(3):
            pass


def failures(parse: Callable[[], object], for_s: float) -> list[SystemError]:
    """What three threads at different depths met with in so many seconds of parsing."""
    end = time.monotonic() + for_s
    met: list[SystemError] = []

    def work(depth: int) -> None:
        if depth:
            work(depth - 1)
            return
        while time.monotonic() < end:
            for _ in range(50):
                Finalized()
            try:
                parse()
            except SystemError as error:
                met.append(error)

    threads = [threading.Thread(target=work, args=(depth,)) for depth in (0, 7, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met
