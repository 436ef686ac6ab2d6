"""Where the words of a run go when a person waits for it: standard error, a line each.

Not here: what is said (the assets) and the summary at the end (reports.py).
"""

import logging
import sys
import time

import dagster as dg


class _OnlySaid(logging.Filter):
    """Lets through what an asset or resource said; not Dagster's own account of its steps.

    Errors are for the end, when the command says what failed.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        about = getattr(record, "dagster_meta", {})
        return about.get("dagster_event") is None and record.levelno < logging.ERROR


class _Line(logging.Formatter):
    """Seconds since the start, then the words."""

    def format(self, record: logging.LogRecord) -> str:
        about = getattr(record, "dagster_meta", {})
        words = about.get("orig_message", record.getMessage())
        return f"{time.monotonic() - _started:6.1f} s  {words}"


_started = time.monotonic()


@dg.logger
def progress(_context: dg.InitLoggerContext) -> logging.Logger:
    """The run's own messages on standard error."""
    logger = logging.getLogger("releve.progress")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_OnlySaid())
    handler.setFormatter(_Line())
    logger.handlers = [handler]
    return logger
