"""Text files as lines in a temporary table, whatever their line ends or compression.

The whole file passes through in large pieces: Python only joins pieces at line ends, so that a
damaged archive, a wrong encoding or mixed line ends are noticed here and not misread.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

import duckdb

from orchestration.defs.landing.files import CHUNK_BYTES, LandingFile, RefusedFileError

LONGEST_LINE_BYTES = 32 * 1024 * 1024
# Unicode keeps this code point free of meaning, so it marks what was not UTF-8.
NOT_UTF8 = "\uffff"
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _mark_undecodable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    damaged = error.object[error.start : error.end]
    return NOT_UTF8 + "".join(f"\\x{byte:02x}" for byte in damaged), error.end


codecs.register_error("mark_undecodable", _mark_undecodable)


def read_lines(con: duckdb.DuckDBPyConnection, file: LandingFile) -> None:
    """Fill the temporary table landing_lines(line_number, line), numbered from 1.

    Bytes that are not UTF-8 are marked with NOT_UTF8. Raises RefusedFileError when the file is
    damaged as a whole.
    """
    con.execute("create or replace temp table landing_lines (line_number bigint, line varchar)")
    line_count = 0
    for piece in _pieces(file):
        (added,) = con.execute(
            """
            insert into landing_lines
            select
                $2 + unnest(range(1, len(lines) + 1)) as line_number,
                unnest(lines) as line
            from (select string_split($1, chr(10)) as lines)
            """,
            [piece, line_count],
        ).fetchall()[0]
        line_count += added


def first_line(con: duckdb.DuckDBPyConnection) -> str:
    """The first line of the file read last; empty when the file is."""
    row = con.execute("select line from landing_lines where line_number = 1").fetchone()
    return "" if row is None else str(row[0])


def _pieces(file: LandingFile) -> Iterator[str]:
    """Stretches of whole lines without their last line end."""
    rest = b""
    for place, chunk in enumerate(_chunks(file)):
        if place == 0 and chunk.startswith(_OTHER_ENCODINGS):
            raise RefusedFileError("it is encoded in UTF-16; save it as UTF-8")
        data = rest + (chunk.removeprefix(codecs.BOM_UTF8) if place == 0 else chunk)
        # A return at the end may be half of a line end: it waits for the next chunk.
        held = b"\r" if data.endswith(b"\r") else b""
        data = data.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines, line_end, rest = data.rpartition(b"\n")
        rest += held
        if line_end:
            yield _decoded(lines)
        if len(rest) > LONGEST_LINE_BYTES:
            raise RefusedFileError("it has a line of more than 32 MB; it is not a text table")
    if rest:
        yield _decoded(rest.removesuffix(b"\r"))


def _decoded(lines: bytes) -> str:
    return lines.decode("utf-8", "mark_undecodable")


def _chunks(file: LandingFile) -> Iterator[bytes]:
    try:
        with _opened(file) as content:
            while chunk := content.read(CHUNK_BYTES):
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise RefusedFileError(
            f"its gzip archive is damaged or cut short ({error}); send it again"
        ) from error


def _opened(file: LandingFile) -> BinaryIO:
    if file.is_gzip:
        return cast("BinaryIO", gzip.open(file.location, "rb"))
    return file.location.open("rb")
