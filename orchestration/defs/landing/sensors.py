"""When files land by themselves: once they lie in the folder, and have stopped growing.

Not here: what a file's rows are worth (load.py).
"""

import hashlib
import time
from pathlib import Path

import dagster as dg

from orchestration.defs.landing.jobs import land_files
from orchestration.home import Home

_EVERY_SECONDS = 30
# A file that changed in the last seconds may still be written.
_QUIET_SECONDS = 10.0


@dg.sensor(
    name="landing_folder",
    job=land_files,
    minimum_interval_seconds=_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.STOPPED,
)
def landing_folder(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Lands the folder whenever what lies in it has changed, and nothing has for ten seconds."""
    files = _listed(Home.from_environment().landing)
    listing = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()
    if not files:
        return dg.SkipReason("The landing folder is empty.")
    if context.cursor == listing:
        return dg.SkipReason("Nothing in the landing folder has changed.")
    age = time.time() - max(files.values())
    if 0 <= age < _QUIET_SECONDS:
        return dg.SkipReason("A file in the landing folder has just changed; it may be unfinished.")
    context.update_cursor(listing)
    return dg.RunRequest(run_key=listing)


def _listed(folder: Path) -> dict[str, float]:
    """When each file changed last, by its path, size and that time."""
    found = {}
    for path in folder.rglob("*"):
        try:
            about = path.stat()
        except FileNotFoundError:  # Taken away while the folder was read.
            continue
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found[f"{name} {about.st_size} {about.st_mtime_ns}"] = about.st_mtime
    return found
