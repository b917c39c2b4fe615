"""End with whoever started us: a pipe that closes when its other end dies, however it dies.

`torchrun` puts its ranks into sessions of their own, so that killing its process group leaves them running;
a rank or server that watches its standard input ends all the same.
"""

import os
import threading


def end_when_stdin_closes() -> None:
    """Start a thread that ends this process, without clean-up, when standard input reaches its end."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    # os.read, not sys.stdin: a thread that sits in a buffered read would block the interpreter's shutdown.
    while os.read(0, 4096):
        pass
    os._exit(1)
