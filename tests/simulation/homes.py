"""New homes in which dbt has parsed the project, ten seconds that are spent once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.defs.billing.manifest import read_manifest
from orchestration.home import Home


@contextmanager
def homes() -> Iterator[Callable[[], Home]]:
    """Makes one empty home after the other, each gone with the next: they are large."""
    with TemporaryDirectory(prefix="releve-simulation-") as folder:
        parsed = Home(Path(folder) / "parsed").prepare()
        read_manifest(parsed)
        numbers = count(1)

        def make() -> Home:
            number = next(numbers)
            shutil.rmtree(Path(folder) / f"home-{number - 1}", ignore_errors=True)
            home = Home(Path(folder) / f"home-{number}").prepare()
            shutil.copytree(parsed.dbt_target, home.dbt_target, dirs_exist_ok=True)
            return home

        yield make
