"""docs/faults.md, written from the faults that the tests inject: `python -m tests.faults.page`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from orchestration.home import PROJECT
from tests.faults.catalogue import KILLED, Fault, faults
from tests.faults.harms import SPOILED

PAGE = PROJECT / "docs" / "faults.md"
_TEXT = Path(__file__).with_name("page.md")
_ROWS, _FILES = "{faults}", "{files}"


def page() -> str:
    """The whole page: its text, with the tables where it says so."""
    text = _TEXT.read_text(encoding="utf-8")
    files = "\n".join(f"| `{name}` | {reason} |" for name, reason in SPOILED.items())
    return text.replace(_ROWS, "\n".join(_tables())).replace(_FILES, files)


def _tables() -> Iterator[str]:
    by_kind = sorted(faults(), key=lambda fault: fault.kind)
    for kind, some in groupby(by_kind, key=lambda fault: fault.kind):
        yield f"### {kind}\n"
        yield "| when or what | exit | what a person reads | ledger after it | next run | in |"
        yield "|---|---|---|---|---|---|"
        yield from (_row(fault) for fault in some)
        yield ""


def _row(fault: Fault) -> str:
    said = fault.says.format(home="$RELEVE_HOME").replace("|", "\\|")
    where = "`make test`" if fault.is_sampled else "`make soak`"
    cells = (
        fault.title,
        "" if fault.code == KILLED else str(fault.code),
        said or ("nothing: it is gone" if fault.code == KILLED else "what a close always says"),
        fault.leaves,
        fault.next_run,
        where,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
