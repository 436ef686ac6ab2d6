"""Documents as files: rendered in parallel, written whole or not at all.

Not here: what a document holds (ledger_reader) or how it looks (renderers).
No Dagster either: each worker process imports this module.
"""

import gc
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, count, islice
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

from orchestration.defs.documents.failure import DocumentFailure
from renderers.document import Document
from renderers.einvoice.ubl import render_ubl
from renderers.html import render_html
from renderers.pdf import render_pdf

FORMATS = ("html", "pdf", "xml")

_WORKERS = 2
_FEW = 12  # fewer documents than this are done sooner without workers
_WAITING = 8 * _WORKERS  # documents handed out at a time: memory stays flat
_COLLECT_EVERY = 20
_REPORT_SECONDS = 5.0
_NAME_BYTES = 180  # of the 255 that file systems allow
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600

_Asked = Document | DocumentFailure
_Outcome = list[Path] | DocumentFailure
_Formats = tuple[str, ...]

_RENDERERS: dict[str, Callable[[Document], bytes]] = {
    "html": lambda document: render_html(document).encode("utf-8"),
    "pdf": render_pdf,
    "xml": render_ubl,
}

_logger = logging.getLogger(__name__)
_rendered_here = count(1)


@dataclass
class RenderResult:
    """What was written: files in order of completion, and what failed."""

    document_count: int = 0
    files: list[Path] = field(default_factory=list)
    failures: list[DocumentFailure] = field(default_factory=list)


def render_documents(
    documents: Iterable[Document | DocumentFailure],
    out_dir: Path,
    formats: Collection[str] = FORMATS,
    progress: Callable[[str], None] = _logger.info,
    expected: int | None = None,
) -> RenderResult:
    """Write each document as `<out_dir>/<entity>/<year of issue>/<number>.<format>`.

    A file is replaced as a whole and readable by its owner only. A document
    that fails, here or before, is named in the result and leaves the others be.
    `expected`, the
    number of documents, makes the progress lines say how far they are.
    Raises ValueError for an unknown format.
    """
    unknown = set(formats) - set(FORMATS)
    if unknown:
        raise ValueError(f"no such format: {', '.join(sorted(unknown))}; known: {FORMATS}")
    chosen = tuple(name for name in FORMATS if name in formats)
    remaining = iter(documents)
    few = list(islice(remaining, _FEW))
    source = chain(few, remaining)
    in_turn = _in_workers if len(few) == _FEW else _one_by_one
    outcomes = in_turn(source, out_dir, chosen)
    result = RenderResult()
    reported = time.monotonic()
    for outcome in outcomes:
        if isinstance(outcome, DocumentFailure):
            result.failures.append(outcome)
            progress(f"not rendered: {outcome.invoice_number}: {outcome.reason}")
        else:
            result.document_count += 1
            result.files.extend(outcome)
        if time.monotonic() - reported >= _REPORT_SECONDS:
            reported = time.monotonic()
            progress(_counted(result, expected))
    progress(_counted(result, expected))
    return result


def document_path(out_dir: Path, document: Document, extension: str) -> Path:
    """Where a document's file stands; its parts cannot lead out of `out_dir`."""
    header = document.header
    return file_path(
        out_dir, document.seller.entity_id, header.issue_date, header.number, extension
    )


def file_path(out_dir: Path, entity_id: str, issue_date: date, number: str, extension: str) -> Path:
    """The same place, for whoever knows a document by its ledger row."""
    return (
        out_dir / safe_name(entity_id) / str(issue_date.year) / f"{safe_name(number)}.{extension}"
    )


def safe_name(text: str) -> str:
    """The text as one part of a path; different texts give different names.

    All but letters, digits and a few signs is written %XX, a leading dot too.
    Raises ValueError for a text that is empty or too long for a file's name.
    """
    name = quote(text, safe="+-_ ")
    if name.startswith((".", " ")) or name.endswith((".", " ")):
        name = name.replace(".", "%2E").replace(" ", "%20")
    if not name:
        raise ValueError("a document without a number or seller has no file name")
    if len(name) > _NAME_BYTES:
        raise ValueError(f"too long for a file name: {text[:40]}...")
    return name


def _counted(result: RenderResult, expected: int | None) -> str:
    of_all = "" if expected is None else f" of {expected}"
    failed = f", {len(result.failures)} failed" if result.failures else ""
    return f"{result.document_count}{of_all} documents rendered{failed}"


def _one_by_one(source: Iterator[_Asked], out_dir: Path, formats: _Formats) -> Iterator[_Outcome]:
    for asked in source:
        yield asked if isinstance(asked, DocumentFailure) else _outcome(asked, out_dir, formats)


def _in_workers(source: Iterator[_Asked], out_dir: Path, formats: _Formats) -> Iterator[_Outcome]:
    """Render in spawned processes: a forked one would share this one's locks."""
    while lost := (yield from _until_one_dies(source, out_dir, formats)):
        yield from _one_at_a_time(lost, out_dir, formats)


def _until_one_dies(
    source: Iterator[_Asked], out_dir: Path, formats: _Formats
) -> Generator[_Outcome, None, list[Document]]:
    """Yield outcomes; return what was under way when a worker died, or nothing."""
    unfinished: dict[int, Document] = {}
    futures: dict[Future[_Outcome], int] = {}
    numbers = count()
    with _pool(_WORKERS) as pool:
        try:
            while True:
                for asked in islice(source, _WAITING - len(futures)):
                    if isinstance(asked, DocumentFailure):
                        yield asked
                        continue
                    number = next(numbers)
                    unfinished[number] = asked
                    futures[pool.submit(_outcome_in_worker, asked, out_dir, formats)] = number
                if not futures:
                    return []
                for future in wait(futures, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    del unfinished[futures.pop(future)]
                    yield outcome
        except BrokenProcessPool:
            return list(unfinished.values())


def _one_at_a_time(
    documents: Iterable[Document], out_dir: Path, formats: _Formats
) -> Iterator[_Outcome]:
    """Render in one process, to know which document ends it; then in the next."""
    remaining = deque(documents)
    while remaining:
        with _pool(1) as pool:
            try:
                while remaining:
                    future = pool.submit(_outcome_in_worker, remaining[0], out_dir, formats)
                    outcome = future.result()
                    remaining.popleft()
                    yield outcome
            except BrokenProcessPool:
                killer = remaining.popleft()
                yield _failure(killer, "the process that rendered it was killed (memory?)")


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare_worker
    )


def _prepare_worker() -> None:
    """What is loaded by now lives as long as the process: never look at it again."""
    gc.collect()
    gc.freeze()
    gc.disable()


def _outcome_in_worker(document: Document, out_dir: Path, formats: _Formats) -> _Outcome:
    outcome = _outcome(document, out_dir, formats)
    if next(_rendered_here) % _COLLECT_EVERY == 0:
        gc.collect()
    return outcome


def _outcome(document: Document, out_dir: Path, formats: _Formats) -> _Outcome:
    """The files written, or why there are none: whatever goes wrong is one document's."""
    try:
        contents = {
            document_path(out_dir, document, name): _RENDERERS[name](document) for name in formats
        }
        for path, content in contents.items():
            _write(out_dir, path, content)
    except Exception as error:  # noqa: BLE001 (the next document must not suffer)
        return _failure(document, f"{type(error).__name__}: {error}")
    return list(contents)


def _failure(document: Document, reason: str) -> DocumentFailure:
    return DocumentFailure(document.seller.entity_id, document.header.number, reason)


def _write(out_dir: Path, path: Path, content: bytes) -> None:
    """Replace the file as a whole: a reader sees the old one or the new one."""
    for folder in (out_dir, path.parent.parent, path.parent):
        folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
