"""A shard that is asked to end does so in order: nothing new is asked, what is paid lands and is published.

Asked it is by whatever interrupts the main thread (SIGTERM as Prefect turns it into an exception when a flow
run is cancelled or its worker stops, Ctrl-C) and by `ask_all` (a flow run that is suspended). From then on no
unit is begun and no model call reserved; calls in the air get `LAND_WITHIN_S` to arrive, are logged and
settled, those that do not are booked at their worst; then the stage publishes what is finished, as after any
error, and the interruption goes on. Prefect kills 30 s after it has asked.

The work's event loop has a thread of its own: an exception that a signal raises inside a loop would end up in
whatever callback runs at that moment, and Prefect passes a cancellation on only where its own handler stands.
"""

import asyncio
import contextvars
import signal
import threading
from collections.abc import AsyncIterator, Coroutine
from concurrent import futures
from contextlib import asynccontextmanager
from typing import Any

from tasks.errors import Drained

LAND_WITHIN_S = 12.0
"""Patience with calls in the air [s]."""
END_WITHIN_S = 20.0
"""All that has not ended by then is cancelled [s]; publishing needs the rest of Prefect's 30 s."""

_LOOK_EVERY_S = 0.5
"""A signal that the kernel gives to another thread does not wake the main one: it looks for itself."""

_SAID = "asked to end; what was finished is published, run it again to continue"


class _Drain:
    """Whether one `run` was asked to end, and until when its calls may land."""

    def __init__(self) -> None:
        self.deadline: float | None = None
        """By the loop's clock; None: nobody has asked."""
        self.flying: set[asyncio.Timeout] = set()
        self._begun: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None
        self._asked_before = False
        self._one_at_a_time = threading.Lock()

    def begin(self) -> None:
        """The task that calls this is the one that may be asked to end."""
        main = asyncio.current_task()
        assert main is not None
        with self._one_at_a_time:
            self._begun = asyncio.get_running_loop(), main
        if self._asked_before:
            self._ask()

    def ask(self) -> None:
        """Begin to end, asked again end at once; any thread."""
        with self._one_at_a_time:
            if self._begun is None:
                self._asked_before = True
            elif not self._begun[0].is_closed():
                self._begun[0].call_soon_threadsafe(self._ask)

    def _ask(self) -> None:
        assert self._begun is not None
        loop, main = self._begun
        if self.deadline is not None:
            main.cancel()
            return
        self.deadline = loop.time() + LAND_WITHIN_S
        for call in self.flying:
            call.reschedule(self.deadline)
        loop.call_later(END_WITHIN_S, main.cancel)


_current: contextvars.ContextVar[_Drain | None] = contextvars.ContextVar("drain", default=None)
_running: list[_Drain] = []


def run(work: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run` that an interruption of the calling thread ends in order; it is raised afterwards.

    Raises:
        Drained: `ask_all` has asked.
    """
    drain, outcome = _Drain(), futures.Future[None]()
    context, mask = contextvars.copy_context(), signal.pthread_sigmask(signal.SIG_BLOCK, ())
    thread = threading.Thread(target=context.run, args=(_worked, work, drain, outcome, mask))
    interruption: BaseException | None = None
    _running.append(drain)
    while True:
        try:  # all of it: an interruption may fall anywhere
            if thread.ident is None:
                _start_undisturbed(thread, mask)
            while not outcome.done() or thread.is_alive():
                thread.join(_LOOK_EVERY_S)
            break
        except BaseException as error:
            interruption = interruption or error
            drain.ask()
    _running.remove(drain)
    if interruption is not None:
        raise interruption
    outcome.result()


def ask_all() -> None:
    """Ask everything that runs in this process to end in order; any thread."""
    for drain in list(_running):
        drain.ask()


def _start_undisturbed(thread: threading.Thread, mask: "set[int | signal.Signals]") -> None:
    """An interruption while a thread starts would leave open whether it did."""
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _worked(
    work: Coroutine[Any, Any, None],
    drain: _Drain,
    outcome: "futures.Future[None]",
    mask: "set[int | signal.Signals]",
) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)  # programs that the work starts inherit it
    try:
        asyncio.run(_listening(work, drain))
    except BaseException as error:
        outcome.set_exception(error)
    else:
        outcome.set_result(None)


async def _listening(work: Coroutine[Any, Any, None], drain: _Drain) -> None:
    _current.set(drain)
    drain.begin()
    try:
        await work
    except asyncio.CancelledError:
        if drain.deadline is None:
            raise
        raise Drained(_SAID) from None


def refuse_new_work() -> None:
    """Stop here when asked to end.

    Raises:
        Drained: somebody has asked.
    """
    drain = _current.get()
    if drain is not None and drain.deadline is not None:
        raise Drained(_SAID)


@asynccontextmanager
async def in_the_air() -> AsyncIterator[None]:
    """Around a call that is paid for: it may go on for a while when we are asked to end.

    Raises:
        Drained: it did not land in time; it may be billed.
    """
    drain = _current.get()
    if drain is None:
        yield
        return
    limit = asyncio.timeout_at(drain.deadline)
    try:
        async with limit:
            drain.flying.add(limit)
            try:
                yield
            finally:
                drain.flying.discard(limit)
    except TimeoutError:
        if not limit.expired():
            raise
        raise Drained(_SAID, maybe_billed=True) from None
