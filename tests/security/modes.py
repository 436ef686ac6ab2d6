"""Who may open a file."""

import stat
from pathlib import Path


def modes_beyond_owner(folder: Path, *, besides: set[Path]) -> dict[str, str]:
    """Files and folders that others than their owner may read or write."""
    return {
        str(path.relative_to(folder)): stat.filemode(path.lstat().st_mode)
        for path in folder.rglob("*")
        if path not in besides and path.lstat().st_mode & 0o077
    }
