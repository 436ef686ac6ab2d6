"""Which files are in the landing folder, and for which table each is meant.

Not here: what is inside them (csv_files.py, jsonl_files.py, parquet_files.py).
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

CHUNK_BYTES = 8 * 1024 * 1024
FORMATS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
}


class RefusedFileError(Exception):
    """A file cannot be read as a whole; the message says why and what to do."""


@dataclass(frozen=True)
class LandingFile:
    """A file found in the landing folder.

    `path` is relative to the folder, with slashes. `refusal` is None when the name tells table
    and format, and what has that name is a file; `is_for_table` when the name does.
    """

    location: Path
    path: str
    table_name: str
    format: str
    is_gzip: bool
    refusal: str | None = None
    is_for_table: bool = True


def find_files(landing_dir: Path, table_names: Collection[str]) -> Iterator[LandingFile]:
    """Every file under the folder, by path.

    Names that start with a dot or an underscore (unfinished copies, markers of other tools) and
    READMEs are passed over. Everything else is either meant for a table or refused by name.
    Raises OSError when a folder cannot be read: what is in it would be missing unseen.
    """
    for folder, folder_names, file_names in os.walk(landing_dir, onerror=_raise):
        links = [name for name in folder_names if Path(folder, name).is_symlink()]
        folder_names[:] = sorted(
            name for name in folder_names if not _is_ignored(name) and name not in links
        )
        for name in sorted([*file_names, *links]):
            if not _is_ignored(name):
                yield _landing_file(landing_dir, Path(folder, name), table_names)


def checksum(file: LandingFile) -> str:
    """SHA-256 of the bytes on disk, in hexadecimal; of the name where there are none to read."""
    digest = hashlib.sha256()
    if not stat.S_ISREG(file.location.lstat().st_mode):
        digest.update(os.fsencode(file.path))
        return digest.hexdigest()
    with file.location.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _landing_file(landing_dir: Path, location: Path, table_names: Collection[str]) -> LandingFile:
    relative = location.relative_to(landing_dir)
    name = location.name.lower()
    extension = next((ending for ending in FORMATS if name.endswith(ending)), "")
    if len(relative.parts) == 1:
        table_name = name.removesuffix(extension) if extension else name.split(".")[0]
    else:
        table_name = relative.parts[0].lower()
    table_name = _printable(table_name)
    return LandingFile(
        location=location,
        path=_printable(relative.as_posix()),
        table_name=table_name,
        format=FORMATS.get(extension, ""),
        is_gzip=extension.endswith(".gz"),
        refusal=_refusal(location, table_name, extension, table_names),
        is_for_table=bool(extension) and table_name in table_names,
    )


def _refusal(
    location: Path, table_name: str, extension: str, table_names: Collection[str]
) -> str | None:
    if location.is_symlink():
        return "it is a link; put the file itself here"
    if not stat.S_ISREG(location.lstat().st_mode):
        return "it is not a regular file; remove it"
    if table_name not in table_names:
        return (
            f"there is no table '{table_name}'; name the file or its folder "
            f"after one of {', '.join(sorted(table_names))}"
        )
    if not extension:
        return f"its format is not known; use one of {', '.join(sorted(FORMATS))}"
    if _printable(str(location)) != str(location):
        return "its name is not valid UTF-8; rename it"
    return None


def _raise(error: OSError) -> NoReturn:
    raise error


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "_")) or name.lower().split(".")[0] == "readme"


def _printable(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")
