"""Dagster's pages and daemon on this machine, on the home's own instance.

Not here: anything of a run; `dagster dev` replaces this process.
"""

import os
import sys
from pathlib import Path

from orchestration.defs.billing.lineage import find_lineage
from orchestration.home import PROJECT, Home

_ADDRESS = "127.0.0.1"


def main() -> None:
    """Start `dagster dev`; further arguments are its own, such as --port."""
    home = Home.from_environment().prepare()
    # Ten seconds, once for each state of the project; a close never waits for it.
    find_lineage(home)
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(home.dagster),
        "RELEVE_HOME": str(home.root),
        # Runs are started from here; none reports to anyone.
        "DO_NOT_TRACK": "1",
    }
    os.chdir(PROJECT)
    dagster = str(Path(sys.executable).with_name("dagster"))
    arguments = ["dev", "--host", _ADDRESS]  # What to load, pyproject.toml says.
    os.execve(dagster, [dagster, *arguments, *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
