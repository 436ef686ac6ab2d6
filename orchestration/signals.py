"""Ctrl-C and the system's request to stop: an exception where the work is, and its number after.

Not here: what is then said (cli.py). A run of Dagster puts handlers of its own in the place of
these, and does not say which signal came; the descriptor that Python writes it to does.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def signals_received() -> Iterator[Callable[[], int | None]]:
    """Raise KeyboardInterrupt on a signal to stop; the first one's number when asked."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    handlers = {number: signal.signal(number, _interrupt) for number in _STOPPING}
    descriptor = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def received() -> int | None:
        try:
            came = os.read(reading, 64)
        except BlockingIOError:
            return None
        return next((number for number in came if number in _STOPPING), None)

    try:
        yield received
    finally:
        signal.set_wakeup_fd(descriptor)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
