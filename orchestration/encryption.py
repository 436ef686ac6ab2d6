"""The key under which a home's databases stand, and the words when it does not fit.

Not here: opening a file (files.py), or changing its key (rekeying.py).
"""

import hashlib
import hmac
import os
from importlib.util import find_spec
from pathlib import Path

import duckdb

from orchestration.errors import ReleveError
from orchestration.home import Home

VARIABLE = "RELEVE_KEY"
NEW_VARIABLE = "RELEVE_NEW_KEY"
# DuckDB makes its key of ours in one step: what is short could be guessed.
SHORTEST = 32

_WHEEL = "duckdb_extension_httpfs"
# How DuckDB 1.5 begins to say that a key is missing, wrong or too much.
_MISSING = "Cannot open encrypted database"
_WRONG = "Wrong encryption key"
_UNASKED = "A key is explicitly specified"


class WarehouseKeyError(ReleveError):
    """A database does not open with the key that the environment holds, or holds not."""


def named_key(variable: str = VARIABLE) -> str | None:
    """The key in the environment, or none where the databases are in clear.

    Raises WarehouseKeyError when it is too short to protect anything.
    """
    key = os.environ.get(variable) or None
    if key is not None and len(key) < SHORTEST:
        raise WarehouseKeyError(
            f"{variable} has fewer than {SHORTEST} characters, which could be guessed."
            " Make one with: openssl rand -base64 32"
        )
    return key


def key_of(file: Path, home_key: str | None) -> str | None:
    """The key of one file of a home.

    The warehouse has the home's. What is published has one of its own, made from that: whoever
    may read marts_public.duckdb can be given its key, which opens nothing else.
    """
    if home_key is None or file.name == Home(file.parent).warehouse.name:
        return home_key
    return hmac.new(home_key.encode(), file.name.encode(), hashlib.sha256).hexdigest()


def let_write(con: duckdb.DuckDBPyConnection) -> None:
    """Load what DuckDB encrypts with: OpenSSL, in the extension whose other part fetches files.

    By its path in the wheel, so that nothing is downloaded; DuckDB checks its signature. The
    other part is switched off.
    """
    spec = find_spec(_WHEEL)
    folders = spec.submodule_search_locations if spec else None
    extension = (
        Path(folders[0], "extensions", f"v{duckdb.__version__}", "httpfs.duckdb_extension")
        if folders
        else None
    )
    if extension is None or not extension.exists():
        raise WarehouseKeyError(
            f"DuckDB {duckdb.__version__} cannot write an encrypted database without its"
            f" extension: pip install duckdb-extension-httpfs=={duckdb.__version__}"
        )
    con.load_extension(str(extension))
    con.execute("set disabled_filesystems = 'HTTPFileSystem,S3FileSystem,HuggingFaceFileSystem'")


def refusal(file: Path, error: duckdb.Error) -> WarehouseKeyError | None:
    """What to do about DuckDB's refusal of a key; none when something else is wrong."""
    said = str(error)
    if _MISSING in said:
        reason = f"is encrypted, and {VARIABLE} is not set. Set it to the key of this home."
    elif _WRONG in said:
        reason = (
            f"is encrypted under another key than the one in {VARIABLE}. Nothing was changed."
            " Set it to the key of this home."
        )
    elif _UNASKED in said:
        reason = (
            f"is not encrypted, but {VARIABLE} is set. Nothing was changed. Unset it; or, to"
            f" encrypt this home, name the key {NEW_VARIABLE} instead and run: releve rekey"
        )
    else:
        return None
    return WarehouseKeyError(f"{file} {reason}")
