"""A home as one file, and back: what must not be lost, taken while nobody writes.

The file is a plain tar whose last member, SHA256SUMS, has the checksum of every other, so that
`tar -x` and `sha256sum -c SHA256SUMS` restore it where Relevé is not installed.

Not in it: Dagster's record of runs, dbt's target, temporary files. All follow from what is.
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.errors import ReleveError
from orchestration.home import Home

SUMS = "SHA256SUMS"
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700


class BackupError(ReleveError):
    """The backup cannot be made or used: why, and what to do."""


def back_up(home: Home, target: Path, report: Callable[[str], None]) -> int:
    """Write the home to the file `target`, whole or not at all; how many files it holds.

    Waits for a close that is writing. Raises BackupError when there is nothing to keep, or when
    `target` exists or lies in the home.
    """
    if target.exists():
        raise BackupError(f"{target} exists; a backup replaces none. Name another file.")
    if target.resolve().is_relative_to(home.root):
        raise BackupError(f"{target} lies in {home.root}, which it is to be kept apart from.")
    if not home.warehouse.exists():
        raise BackupError(f"{home.root} has no warehouse yet: there is nothing to back up.")
    # The same name each time: what a killed backup left is overwritten by the next.
    place = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:8]
    unfinished = target.with_name(f".releve-{place}.part")
    with warehouse_lock(home, "releve backup", report):
        with open_warehouse(home) as con:
            con.execute("checkpoint")
        try:
            count = _write(home, unfinished)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise BackupError(f"{target} could not be written: {error}") from error
        unfinished.replace(target)
    return count


def restore(home: Home, source: Path, report: Callable[[str], None]) -> int:
    """Make the home what it was when `source` was written; how many files that is.

    Everything is read and compared with its checksum before anything is put in its place. The
    warehouse comes last and the marts first, without which none is begun: killed in between, it
    is done again. Raises BackupError when the file is damaged or is no backup, and when the home
    holds what the backup does not; WarehouseKeyError when the backup is under another key.
    """
    if home.warehouse.exists():
        raise BackupError(
            f"{home.warehouse} exists, and a restore overwrites nothing. Name an empty folder in"
            " RELEVE_HOME, or move the warehouse away first."
        )
    folder = home.restoring
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=_PRIVATE_FOLDER)
    try:
        names = _unpack(source, folder)
        _refuse_others(home, names)
        # What the key in the environment does not open is not restored.
        with open_warehouse(Home(folder), read_only=True):
            pass
        with warehouse_lock(home, "releve restore", report):
            last, first = home.warehouse.name, home.marts.name
            for name in sorted(names, key=lambda name: (name == last, name != first)):
                place = home.root / name
                place.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
                (folder / name).replace(place)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return len(names)


def _kept(home: Home) -> Iterator[Path]:
    """The files that are kept, in order of their names."""
    roots = (
        home.documents,
        home.exports,
        home.landing,
        home.marts,
        home.public_marts,
        home.themes,
        home.warehouse,
    )
    for root in roots:
        paths = root.rglob("*") if root.is_dir() else [root]
        yield from sorted(path for path in paths if path.is_file())


def _write(home: Home, target: Path) -> int:
    sums = []
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in _kept(home):
                name = path.relative_to(home.root).as_posix()
                with path.open("rb") as content:
                    hashed = _Hashed(content)
                    archive.addfile(archive.gettarinfo(fileobj=content, arcname=name), hashed)
                sums.append(f"{hashed.digest()}  {name}\n")
            listed = "".join(sums).encode()
            member = tarfile.TarInfo(SUMS)
            member.size = len(listed)
            member.mode = _PRIVATE_FILE
            archive.addfile(member, io.BytesIO(listed))
        file.flush()
        os.fsync(file.fileno())
    return len(sums)


def _unpack(source: Path, folder: Path) -> list[str]:
    """Unpack into `folder`; the names of the files, whose content is what was backed up."""
    found = {}
    try:
        with tarfile.open(source, mode="r:") as archive:
            for member in archive:
                if not member.isfile():
                    raise BackupError(f"{source} holds {member.name!r}, which is no plain file.")
                archive.extract(member.replace(mode=_PRIVATE_FILE), folder, filter="data")
                with (folder / member.name).open("rb") as content:
                    found[member.name] = hashlib.file_digest(content, "sha256").hexdigest()
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} is no backup, or is damaged: {error}") from error
    except OSError as error:
        raise BackupError(f"{source} could not be unpacked into {folder}: {error}") from error
    if found.pop(SUMS, None) is None:
        raise BackupError(f"{source} has no {SUMS}: it is no backup, or is cut short.")
    listed = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    damaged = sorted(
        name for name in listed.keys() | found.keys() if listed.get(name) != found.get(name)
    )
    if damaged:
        raise BackupError(f"{source} is damaged; nothing was restored. First: {damaged[0]}")
    return list(found)


def _refuse_others(home: Home, names: list[str]) -> None:
    restored = set(names)
    others = [
        name
        for path in _kept(home)
        if path.exists() and (name := path.relative_to(home.root).as_posix()) not in restored
    ]
    if others:
        raise BackupError(
            f"{home.root} holds {others[0]}, which the backup does not have. Restore into an"
            " empty folder (RELEVE_HOME), or move it away first."
        )


class _Hashed:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        content = self._file.read(size)
        self._hash.update(content)
        return content

    def digest(self) -> str:
        """The checksum of what was read so far, in hexadecimal."""
        return self._hash.hexdigest()
