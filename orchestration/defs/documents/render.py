"""Documents as files: rendered in parallel, written whole or not at all.

Not here: what a document holds (ledger_reader) or how it looks (renderers).
No Dagster either: each worker process imports this module.
"""

import gc
import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from importlib import import_module
from itertools import chain, count, islice
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

from orchestration.defs.documents.failure import DocumentFailure
from renderers.document import Document
from renderers.einvoice.ubl import render_ubl
from renderers.html import render_html
from renderers.theme import PLAIN, Theme, load_theme

FORMATS = ("html", "pdf", "xml")

_WORKERS = min(max(os.cpu_count() or 2, 2), 8)
_FEW = 12  # fewer documents than this are done sooner without workers
_WAITING = 8 * _WORKERS  # documents handed out at a time: memory stays flat
_GENERATION = 1_000  # documents, then new workers: each of them leaves 15 KB in Pango
_COLLECT_EVERY = 20
_RECORD_SECONDS = 1.0
_REPORT_SECONDS = 5.0
_NAME_BYTES = 180  # of the 255 that file systems allow
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was written; `path` is relative to the folder of documents."""

    invoice_id: str
    format: str
    path: str
    sha256: str
    byte_count: int


# By a document's key and format: the hash that its file has to have, where that is known.
Wanted = Mapping[str, Mapping[str, str | None]]
_Hashes = Mapping[str, str | None]
_Asked = Document | DocumentFailure
_Order = tuple[Document, _Hashes, Theme]
_Outcome = list[WrittenFile] | DocumentFailure


def _render_pdf(document: Document, theme: Theme) -> bytes:
    """A PDF. WeasyPrint takes half a second to load: only where a page is laid out."""
    from renderers.pdf import render_pdf

    return render_pdf(document, theme)


_RENDERERS: dict[str, Callable[[Document, Theme], bytes]] = {
    "html": lambda document, theme: render_html(document, theme).encode("utf-8"),
    "pdf": _render_pdf,
    "xml": render_ubl,
}

_logger = logging.getLogger(__name__)
_rendered_here = count(1)


class OtherBytesError(Exception):
    """A document made anew is not what was delivered."""


@dataclass
class RenderResult:
    """How much was written, and what failed."""

    document_count: int = 0
    file_count: int = 0
    failures: list[DocumentFailure] = field(default_factory=list)


def render_documents(
    documents: Iterable[Document | DocumentFailure],
    out_dir: Path,
    formats: Collection[str] = FORMATS,
    *,
    wanted: Wanted | None = None,
    themes: Path | None = None,
    record: Callable[[list[WrittenFile]], None] = lambda _: None,
    progress: Callable[[str], None] = _logger.info,
    expected: int | None = None,
) -> RenderResult:
    """Write each document as `<out_dir>/<entity>/<year of issue>/<number>.<format>`.

    A file is replaced as a whole and readable by its owner only. A document
    that fails, here or before, is named in the result and leaves the others be.
    With `wanted`, only its formats of a document are written, and only with the bytes
    that they have to have: what was delivered is never replaced by something else.
    `themes` is the folder of the sellers' looks; what of one cannot be used is named.
    `record` is given what was written, about once a second. `expected`, the number of
    documents, makes the progress lines say how far they are.
    Raises ValueError for an unknown format.
    """
    unknown = set(formats) - set(FORMATS)
    if unknown:
        raise ValueError(f"no such format: {', '.join(sorted(unknown))}; known: {FORMATS}")
    every: _Hashes = {name: None for name in FORMATS if name in formats}
    themed = cache(partial(_theme, themes, progress))
    remaining = _orders(documents, every, wanted, themed)
    few = list(islice(remaining, _FEW))
    source = chain(few, remaining)
    in_turn = _in_workers if len(few) == _FEW else _one_by_one
    result = RenderResult()
    unrecorded: list[WrittenFile] = []
    reported = recorded = time.monotonic()
    for outcome in in_turn(source, out_dir):
        if isinstance(outcome, DocumentFailure):
            result.failures.append(outcome)
            progress(f"not rendered: {outcome.invoice_number}: {outcome.reason}")
        else:
            result.document_count += 1
            result.file_count += len(outcome)
            unrecorded.extend(outcome)
        now = time.monotonic()
        if now - recorded >= _RECORD_SECONDS and unrecorded:
            record(unrecorded)
            unrecorded, recorded = [], now
        if now - reported >= _REPORT_SECONDS:
            reported = now
            progress(_counted(result, expected))
    if unrecorded:
        record(unrecorded)
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


def _theme(themes: Path | None, progress: Callable[[str], None], entity_id: str) -> Theme:
    """A seller's look as its folder has it now, for all documents of this call."""
    try:
        theme = load_theme(themes / safe_name(entity_id)) if themes else PLAIN
    except ValueError:  # no folder can have that name
        return PLAIN
    for problem in theme.problems:
        progress(f"theme of {entity_id}: {problem}")
    return theme


def _orders(
    documents: Iterable[_Asked],
    every: _Hashes,
    wanted: Wanted | None,
    themed: Callable[[str], Theme],
) -> Iterator[_Order | DocumentFailure]:
    for asked in documents:
        if isinstance(asked, DocumentFailure):
            yield asked
        else:
            hashes = every if wanted is None else dict(wanted[asked.header.invoice_id])
            yield asked, hashes, themed(asked.seller.entity_id)


def _one_by_one(source: Iterator[_Order | DocumentFailure], out_dir: Path) -> Iterator[_Outcome]:
    for order in source:
        yield order if isinstance(order, DocumentFailure) else _outcome(order, out_dir)


def _in_workers(source: Iterator[_Order | DocumentFailure], out_dir: Path) -> Iterator[_Outcome]:
    """Render in spawned processes: a forked one would share this one's locks."""
    for first in source:
        generation = chain((first,), islice(source, _GENERATION - 1))
        lost = yield from _until_one_dies(generation, out_dir)
        yield from _one_at_a_time(lost, out_dir)


def _until_one_dies(
    source: Iterator[_Order | DocumentFailure], out_dir: Path
) -> Generator[_Outcome, None, list[_Order]]:
    """Yield outcomes; return what was under way when a worker died, or nothing."""
    unfinished: dict[int, _Order] = {}
    futures: dict[Future[_Outcome], int] = {}
    numbers = count()
    with _pool(_WORKERS) as pool:
        try:
            while True:
                for order in islice(source, _WAITING - len(futures)):
                    if isinstance(order, DocumentFailure):
                        yield order
                        continue
                    number = next(numbers)
                    unfinished[number] = order
                    futures[pool.submit(_outcome_in_worker, order, out_dir)] = number
                if not futures:
                    return []
                for future in wait(futures, return_when=FIRST_COMPLETED).done:
                    outcome = future.result()
                    del unfinished[futures.pop(future)]
                    yield outcome
        except BrokenProcessPool:
            return list(unfinished.values())


def _one_at_a_time(orders: Iterable[_Order], out_dir: Path) -> Iterator[_Outcome]:
    """Render in one process, to know which document ends it; then in the next."""
    remaining = deque(orders)
    while remaining:
        with _pool(1) as pool:
            try:
                while remaining:
                    future = pool.submit(_outcome_in_worker, remaining[0], out_dir)
                    outcome = future.result()
                    remaining.popleft()
                    yield outcome
            except BrokenProcessPool:
                killer, *_ = remaining.popleft()
                yield _failure(killer, "the process that rendered it was killed (memory?)")


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare_worker
    )


def _prepare_worker() -> None:
    """What is loaded by now lives as long as the process: never look at it again."""
    import_module("renderers.pdf")
    gc.collect()
    gc.freeze()
    gc.disable()


def _outcome_in_worker(order: _Order, out_dir: Path) -> _Outcome:
    outcome = _outcome(order, out_dir)
    if next(_rendered_here) % _COLLECT_EVERY == 0:
        gc.collect()
    return outcome


def _outcome(order: _Order, out_dir: Path) -> _Outcome:
    """The files written, or why there are none: whatever goes wrong is one document's."""
    document, hashes, theme = order
    try:
        contents = {name: _RENDERERS[name](document, theme) for name in hashes}
        written = []
        for name, content in contents.items():
            path = document_path(out_dir, document, name)
            sha256 = hashlib.sha256(content).hexdigest()
            if hashes[name] not in {None, sha256}:
                raise OtherBytesError(
                    f"made anew, its {name} is not the one that was delivered: bring that back,"
                    " or its seller's theme of then, or replace it with `releve render --again`"
                )
            place = path.relative_to(out_dir).as_posix()
            written.append(
                (
                    path,
                    content,
                    WrittenFile(document.header.invoice_id, name, place, sha256, len(content)),
                )
            )
        _write(out_dir, {path: content for path, content, _ in written})
    except Exception as error:  # noqa: BLE001 (the next document must not suffer)
        return _failure(document, f"{type(error).__name__}: {error}")
    return [file for *_, file in written]


def _failure(document: Document, reason: str) -> DocumentFailure:
    return DocumentFailure(document.seller.entity_id, document.header.number, reason)


def _write(out_dir: Path, contents: Mapping[Path, bytes]) -> None:
    """Replace each file as a whole: a reader sees the old one or the new one.

    All are on the disk before the first has its name: together they wait for it once.
    """
    unfinished = {path: path.with_name(f".{path.name}.part") for path in contents}
    with ExitStack() as opened:
        for part in unfinished.values():
            opened.callback(part.unlink, missing_ok=True)
        files = []
        for path, content in contents.items():
            for folder in (out_dir, path.parent.parent, path.parent):
                folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            unfinished[path].unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            descriptor = os.open(unfinished[path], flags, _PRIVATE_FILE)
            files.append(opened.enter_context(os.fdopen(descriptor, "wb")))
            files[-1].write(content)
            files[-1].flush()
        for file in files:
            os.fsync(file.fileno())
        for path, part in unfinished.items():
            part.replace(path)
