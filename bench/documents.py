"""Documents a second, as multiples of what bare WeasyPrint does with the same page.

    python -m bench.documents [speed | memory [COUNT]]

`speed` alternates, in short rounds, two floors in one process (WeasyPrint on the HTML file as a
customer receives it, and on the page that ours lays out, its styles inside and with the system's
fonts) with all formats by our workers; prints medians by the clock and in seconds of processor,
each format's milliseconds and the most memory held. On a machine that others use, look at the
processor's. `memory` renders COUNT documents (1,000) and prints what is held on the way.
Never a test.
"""

import multiprocessing
import os
import resource
import sys
import time
from collections import defaultdict
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
from renderers.theme import PLAIN
from tests.renderers import samples

ROUNDS = 7
BARE = 4  # documents of a round
OURS = 40
WARM_UP = 16  # of them, until both workers have read fonts and styles
# Not a divisor of a thousand, after which workers are replaced: each has another age then.
CHECKPOINTS = 12
WORKERS = render._WORKERS
KINDS: dict[str, Callable[[], Document]] = {
    "5 lines with tiers": samples.french_invoice,
    "14 lines and a payment code": lambda: samples.long_invoice(14),
}
Rates = tuple[float, float]


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
    page = markup(document, stylesheet("document.css") + stylesheet("page.css"))
    pages = len(HTML(string=page).render().pages)
    print(f"\n{kind}, {pages} page{'s' * (pages > 1)}; median of {ROUNDS}")
    clock: defaultdict[str, list[float]] = defaultdict(list)
    processor: defaultdict[str, list[float]] = defaultdict(list)
    ways: dict[str, Callable[[], Rates]] = {
        "bare WeasyPrint, the HTML file": lambda: rates(HTML(string=file).write_pdf, BARE),
        "bare WeasyPrint, the page alone": lambda: rates(HTML(string=page).write_pdf, BARE),
        f"ours: {', '.join(FORMATS)}": lambda: our_rates(document),
    }
    for _ in range(ROUNDS):
        for way, measured in ways.items():
            a_second, of_processor = measured()
            clock[way].append(a_second)
            processor[way].append(of_processor)
    *floors, ours = ways
    for way in ways:
        print(
            f"  {way:36} {median(clock[way]):6.1f} a second,"
            f" {1000 / median(processor[way]):5.0f} ms of processor each"
        )
    for floor in floors:
        by_clock = median(a / b for a, b in zip(clock[ours], clock[floor], strict=True))
        alone = median(a / b for a, b in zip(processor[ours], processor[floor], strict=True))
        print(
            f"  ours against {floor:36} {by_clock:4.1f} times by the clock,"
            f" {WORKERS * alone:4.1f} with {WORKERS} processors to itself"
        )
    for name, make in {**render._RENDERERS, "cii": lambda one, _: render_cii(one)}.items():
        _, a_second = rates(lambda make=make: make(document, PLAIN), 10 if name == "pdf" else 100)
        print(f"  {name + ' in one process':36} {a_second:6.0f} a second of processor")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1_000
    print(f"  {'most memory held':36} {own:6} MB here, {workers} MB by a worker")


def measure_memory(count: int) -> None:
    """What the processes hold after each twelfth of `count` documents."""
    print(f"\nmemory over {count:,} documents")
    step = count // CHECKPOINTS
    done = 0

    def look(files: list[WrittenFile]) -> None:
        nonlocal done
        before, done = done, done + len(files) // len(FORMATS)
        if done // step > before // step:
            held = [memory(child.pid) for child in multiprocessing.active_children()]
            print(f"  {done:7,} documents, {memory(os.getpid())} MB here, {held} MB by workers")

    begun = time.perf_counter()
    with TemporaryDirectory() as folder:
        documents = numbered(samples.french_invoice(), count)
        render_documents(documents, Path(folder), record=look, progress=lambda _: None)
    print(f"  {count / (time.perf_counter() - begun):.1f} documents a second")


def our_rates(document: Document) -> Rates:
    """Documents a second of clock, and of processor, once the workers are warm."""
    stamps: list[tuple[float, float]] = []

    def stamp(files: list[WrittenFile]) -> None:
        spent = sum(processor_seconds(child.pid) for child in multiprocessing.active_children())
        stamps.extend([(time.perf_counter(), spent)] * (len(files) // len(FORMATS)))

    render._RECORD_SECONDS = 0.0
    with TemporaryDirectory() as folder:
        result = render_documents(
            numbered(document, OURS), Path(folder), record=stamp, progress=lambda _: None
        )
    if result.failures:
        raise RuntimeError(result.failures[0].reason)
    (clock, spent), (clock_after, spent_after) = stamps[WARM_UP - 1], stamps[-1]
    done = len(stamps) - WARM_UP
    return done / (clock_after - clock), done / (spent_after - spent)


def rates(work: Callable[[], object], count: int) -> Rates:
    """How often a second of clock, and of processor, the work is done."""
    clock, spent = time.perf_counter(), time.process_time()
    for _ in range(count):
        work()
    return count / (time.perf_counter() - clock), count / (time.process_time() - spent)


def numbered(document: Document, count: int) -> Iterator[Document]:
    """The document, `count` times, under numbers of their own."""
    for number in range(1, count + 1):
        header = replace(document.header, invoice_id=str(number), number=f"F-{number:06}")
        yield replace(document, header=header)


def memory(process: int | None) -> int:
    """What a process holds, in MB (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) // 1_000


def processor_seconds(process: int | None) -> float:
    """What a process has spent of processor (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.argv[1:])
