"""Where Relevé keeps its state: the folder named by RELEVE_HOME and its parts.

Paths only. What is in the files (tables, locks, runs) belongs to the modules
that open them.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DBT_PROJECT = PROJECT / "dbt_project"
_PRIVATE = 0o700
# What a umask keeps from everyone but the owner.
_OTHERS = 0o077


@dataclass(frozen=True)
class Home:
    """The folders and files under one RELEVE_HOME."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """The home named by RELEVE_HOME now, else `build/` in the project."""
        named = os.environ.get("RELEVE_HOME", "").strip()
        return cls((Path(named) if named else PROJECT / "build").resolve())

    @property
    def landing(self) -> Path:
        """Where files wait to be landed."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The database that a close writes; one process at a time."""
        return self.root / "warehouse.duckdb"

    @property
    def lock(self) -> Path:
        """The file whose lock says which process may open the warehouse."""
        return self.root / "warehouse.lock"

    @property
    def marts(self) -> Path:
        """The database that analysts read; replaced whole by each close."""
        return self.root / "marts.duckdb"

    @property
    def public_marts(self) -> Path:
        """The same without names, addresses, bank details and free text."""
        return self.root / "marts_public.duckdb"

    @property
    def documents(self) -> Path:
        """Issued documents, by entity and year."""
        return self.root / "documents"

    @property
    def themes(self) -> Path:
        """How each seller's documents look: a folder per entity, where it has one."""
        return self.root / "themes"

    @property
    def exports(self) -> Path:
        """Files made for other programs."""
        return self.root / "exports"

    @property
    def docs(self) -> Path:
        """dbt's documentation, as one page."""
        return self.root / "docs"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME: runs, event logs and schedules."""
        return self.root / "dagster"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes: manifest, compiled SQL, results."""
        return self.root / "dbt" / "target"

    @property
    def dbt_logs(self) -> Path:
        """dbt's own log."""
        return self.root / "dbt" / "logs"

    @property
    def temporary(self) -> Path:
        """Copies of the warehouse, each for as long as a preview is made."""
        return self.root / "tmp"

    @property
    def restoring(self) -> Path:
        """Where a backup is unpacked; there for as long as a restore is unfinished."""
        return self.root / ".restoring"

    def prepare(self) -> "Home":
        """Make the folders, readable by their owner alone, and Dagster's file.

        So is all that this process writes from now on, and those that it starts: DuckDB, dbt and
        Dagster make their files with what the umask leaves.

        The instance's `dagster.yaml` is the project's, copied again whenever
        it differs, so that every way of starting a run has the same settings.
        """
        os.umask(_OTHERS)
        for folder in (
            self.root,
            self.landing,
            self.documents,
            self.exports,
            self.dagster,
            self.dbt_target,
            self.dbt_logs,
            self.temporary,
        ):
            if not folder.is_dir():
                folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        settings = PROJECT / "dagster.yaml"
        instance = self.dagster / "dagster.yaml"
        wanted = settings.read_bytes()
        if not instance.exists() or instance.read_bytes() != wanted:
            unfinished = instance.with_suffix(f".{os.getpid()}")
            shutil.copyfile(settings, unfinished)
            unfinished.replace(instance)
        return self
