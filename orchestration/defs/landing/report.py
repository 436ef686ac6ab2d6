"""What a landing did, as numbers and as sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileReport:
    """What became of one file. landed = accepted + duplicate + rejected, in rows.

    `reason` is None unless the file was refused; a refused file has no rows. `is_for_table` is
    whether it was sent for a table, so that what it held is missing there. `erased` rows belong
    to forgotten accounts: what is personal in them did not land.
    """

    path: str
    table_name: str
    landed: int = 0
    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    reason: str | None = None
    is_for_table: bool = True
    erased: int = 0

    def __str__(self) -> str:
        if self.reason is not None:
            return f"refused {self.path}: {self.reason}"
        erased = f"; {self.erased} of forgotten accounts, without what is personal"
        return (
            f"landed {self.path}: {self.landed} rows, {self.accepted} accepted, "
            f"{self.duplicate} duplicate, {self.rejected} rejected"
            + (erased if self.erased else "")
        )


@dataclass(frozen=True)
class TableReport:
    """The files of one table together, in rows."""

    table_name: str
    files: int
    landed: int
    accepted: int
    duplicate: int
    rejected: int


@dataclass(frozen=True)
class LandingReport:
    """What a landing did: the files it read, and how many it knew already.

    A refused file is listed again by each landing until it is mended or removed.
    """

    files: Sequence[FileReport]
    known_files: int

    @property
    def refused(self) -> Sequence[FileReport]:
        """The files that could not be read, each with its reason."""
        return [file for file in self.files if file.reason is not None]

    @property
    def unread(self) -> Sequence[FileReport]:
        """The refused files whose rows a table lacks."""
        return [file for file in self.refused if file.is_for_table]

    @property
    def tables(self) -> Sequence[TableReport]:
        """One report per table in which files landed, by name."""
        landed = [file for file in self.files if file.reason is None]
        return [
            _table_report(name, [file for file in landed if file.table_name == name])
            for name in sorted({file.table_name for file in landed})
        ]

    def markdown(self) -> str:
        """The counts per table as a Markdown table, then the refused files."""
        lines = [
            "| table | files | landed | accepted | duplicate | rejected |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        lines += [
            f"| {table.table_name} | {table.files} | {table.landed} | {table.accepted} "
            f"| {table.duplicate} | {table.rejected} |"
            for table in self.tables
        ]
        if self.refused:
            lines += ["", *(f"- {file}" for file in self.refused)]
        return "\n".join(lines)


def unread_words(report: LandingReport, folder: Path) -> str:
    """Why nothing is billed while files of the folder cannot be read, and what to do."""
    files = "\n".join(f"{file.path}: {file.reason}" for file in report.unread)
    return (
        f"{len(report.unread)} files of {folder} cannot be read, and nothing is issued without what"
        f" is in them.\n\n{files}\n\nMend each, or take it out of the folder to bill without it;"
        " then close the date again."
    )


def _table_report(name: str, files: Sequence[FileReport]) -> TableReport:
    return TableReport(
        table_name=name,
        files=len(files),
        landed=sum(file.landed for file in files),
        accepted=sum(file.accepted for file in files),
        duplicate=sum(file.duplicate for file in files),
        rejected=sum(file.rejected for file in files),
    )
