"""Documents a second, as multiples of what bare WeasyPrint does with the same page.

    python -m bench.documents [speed | memory [COUNT]]

`speed` alternates, in short rounds, two floors in one process (WeasyPrint on the HTML file as a
customer receives it, and on the page that ours lays out, its styles inside and with the system's
fonts) with all formats by two workers; prints medians, each format's milliseconds and the most
memory held. `memory` renders COUNT documents (1,000) and prints what the workers hold on the way.
Never a test.
"""

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from weasyprint import HTML

from orchestration.defs.documents import render
from orchestration.defs.documents.render import FORMATS, WrittenFile, render_documents
from renderers.document import Document
from renderers.einvoice.cii import render_cii
from renderers.html import markup, render_html, stylesheet
from renderers.pdf import render_pdf
from tests.renderers import samples

ROUNDS = 2
BARE = 5  # documents of a round
OURS = 60
WARM_UP = 16  # of them, until both workers have read fonts and styles
CHECKPOINTS = 10
KINDS: dict[str, Callable[[], Document]] = {
    "one page, 5 lines with tiers": samples.french_invoice,
    "one page, 14 lines": lambda: samples.long_invoice(14),
}


def main(arguments: list[str]) -> None:
    """Measure what was asked for, else both."""
    asked = arguments[0] if arguments else None
    if asked in {None, "speed"}:
        for kind, document in KINDS.items():
            measure_speed(kind, document())
    if asked in {None, "memory"}:
        measure_memory(int(arguments[1]) if len(arguments) > 1 else 1_000)


def measure_speed(kind: str, document: Document) -> None:
    """Documents a second of each way, and milliseconds of each format."""
    file = render_html(document)
    styles = stylesheet("document.css") + stylesheet("page.css")
    page = markup(document, styles)
    pages = len(HTML(string=page).render().pages)
    print(f"\n{kind} ({pages} page), median of {ROUNDS}")
    found: dict[str, list[float]] = {"file": [], "page": [], "ours": [], "whole": []}
    for _ in range(ROUNDS):
        found["file"].append(rate(lambda: HTML(string=file).write_pdf(), BARE))
        found["page"].append(rate(lambda: HTML(string=page).write_pdf(), BARE))
        steady, whole = our_rates(document)
        found["ours"].append(steady)
        found["whole"].append(whole)
    bare_file, bare_page = median(found["file"]), median(found["page"])
    print(f"  {'bare WeasyPrint, the HTML file':44} {bare_file:8.1f} a second")
    print(f"  {'bare WeasyPrint, the page alone':44} {bare_page:8.1f} a second")
    for name, way in (
        ("ours", "ours, " + ", ".join(FORMATS)),
        ("whole", "the same with its start"),
    ):
        ours = median(found[name])
        ratios = [
            ours_then / then for ours_then, then in zip(found[name], found["page"], strict=True)
        ]
        print(
            f"  {way:44} {ours:8.1f} a second,"
            f" {median(ratios):4.1f} times the page, {ours / bare_file:4.1f} times the file"
        )
    for name, make in {**render._RENDERERS, "cii": render_cii}.items():
        count = 10 if name == "pdf" else 100
        print(
            f"  {name + ' in one process':44} {1000 / rate(bound(make, document), count):8.1f} ms"
        )
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000
    print(f"  {'most memory held':44} {own:8.0f} MB here, {workers:.0f} MB by a worker")


def measure_memory(count: int) -> None:
    """What the workers hold after each tenth of `count` documents."""
    print(f"\nmemory over {count:,} documents")
    done = 0

    def look(files: list[WrittenFile]) -> None:
        nonlocal done
        before, done = done, done + len(files) // len(FORMATS)
        step = count // CHECKPOINTS
        if done // step > before // step:
            held = sorted(memory(child.pid) for child in multiprocessing.active_children())
            print(f"  {done:7,} documents {held} MB by workers, {memory('self')} here", flush=True)

    begun = time.perf_counter()
    with TemporaryDirectory() as folder:
        render_documents(numbered(samples.french_invoice(), count), Path(folder), record=look)
    print(f"  {count / (time.perf_counter() - begun):.1f} documents a second")


def our_rates(document: Document) -> tuple[float, float]:
    """Documents a second once the workers are warm, and with their start."""
    stamps: list[float] = []

    def stamp(files: list[WrittenFile]) -> None:
        stamps.extend([time.perf_counter()] * (len(files) // len(FORMATS)))

    render._RECORD_SECONDS = 0.0
    begun = time.perf_counter()
    with TemporaryDirectory() as folder:
        result = render_documents(
            numbered(document, OURS), Path(folder), record=stamp, progress=lambda _: None
        )
    if result.failures:
        raise RuntimeError(result.failures[0].reason)
    steady = (len(stamps) - WARM_UP) / (stamps[-1] - stamps[WARM_UP - 1])
    return steady, len(stamps) / (stamps[-1] - begun)


def numbered(document: Document, count: int) -> Iterator[Document]:
    """The document, `count` times, under numbers of their own."""
    for number in range(1, count + 1):
        header = replace(document.header, invoice_id=str(number), number=f"F-{number:06}")
        yield replace(document, header=header)


def rate(work: Callable[[], object], count: int) -> float:
    """How often a second the work is done, once it was done before."""
    work()
    begun = time.perf_counter()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - begun)


def bound(make: Callable[[Document], bytes], document: Document) -> Callable[[], bytes]:
    """Making that document."""
    return lambda: make(document)


def memory(process: int | str | None) -> int:
    """What a process holds, in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) // 1_000


if __name__ == "__main__":
    main(sys.argv[1:])
