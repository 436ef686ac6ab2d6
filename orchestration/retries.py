"""Which steps are tried again by themselves, after a fault that may pass: a busy disk, a lock.

A step has this policy only where doing it twice is doing it once: publishing and rendering make
files that follow from the ledger, each put in its place whole. Landing, building and issuing have
none. The append is one transaction, and refuses drafts that were issued; but a person should see
why it failed before anything is billed, and closing the date again is the one way on.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

RETRY = dg.RetryPolicy(max_retries=2, delay=2, backoff=dg.Backoff.EXPONENTIAL)


@contextmanager
def stopped_at_once() -> Iterator[None]:
    """A signal to stop ends a step that has the policy, which would take it for one more fault."""
    try:
        yield
    except (KeyboardInterrupt, DagsterExecutionInterruptedError) as error:
        raise dg.Failure("It was stopped by a signal.", allow_retries=False) from error
