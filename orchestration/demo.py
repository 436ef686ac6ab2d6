"""The demo: an invented company's first three closes, in one process, from nothing.

Not here: what lands (seeds/demo) and how it is billed (the jobs).
"""

import shutil
import sys
import time
from collections.abc import Iterator

from orchestration.cli import DONE, FAILED, SOME_HELD, collect_rarely
from orchestration.cli import main as releve
from orchestration.database import warehouse_lock
from orchestration.documentation import write_documentation
from orchestration.files import open_published
from orchestration.home import PROJECT, Home

SEEDS = PROJECT / "seeds" / "demo"
_FIRST_BILL_DATES = ("2023-11-01", "2023-12-01")
_LAST_BILL_DATE = "2024-01-01"
_MARK = "made-by-make-demo"

_SUMMARY = (
    (
        "Issued",
        """
        select bill_date, document_type, currency, count(*), sum(total_amount)
        from invoices group by all order by all
        """,
        "{0}  {1:<11}  {2}  {3:>4} documents  {4:>14,.2f} with tax",
    ),
    (
        "Held (marts.held_accounts)",
        "select account_id, reason from held_accounts order by all",
        "{0}: {1}",
    ),
    (
        "Missing on documents (marts.document_gaps)",
        "select reason, count(*) from document_gaps group by all order by all",
        "{0}",
    ),
    (
        "Rejected (marts.rejected_rows)",
        "select reason, count(*) from rejected_rows group by all order by all",
        "{1:>4}  {0}",
    ),
    (
        "Usage that no charge bills (marts.unbillable_usage)",
        "select reason, count(*) from unbillable_usage group by all order by all",
        "{1:>4}  {0}",
    ),
)


def main() -> int:
    """Land, close three bill dates, with late files before the last, verify and document."""
    started = time.monotonic()
    home = Home.from_environment().prepare()
    if not _is_ours(home):
        print(
            f"{home.root} holds files that the demo did not make. Name another folder:"
            " make demo RELEVE_HOME=build/demo",
            file=sys.stderr,
        )
        return FAILED
    with warehouse_lock(home, "the demo's reset", print):
        _reset(home)
    for bill_date in _FIRST_BILL_DATES:
        if not _close(bill_date):
            return FAILED
    print("Late files arrive, and what customers changed in December.\n")
    shutil.copytree(SEEDS / "late", home.landing, dirs_exist_ok=True)
    if not _close(_LAST_BILL_DATE):
        return FAILED
    print("The laws (releve verify):\n")
    if releve(["verify"]) != DONE:
        return FAILED
    page = write_documentation(home)
    print("\n".join(_summary(home)))
    print(f"What every table and column holds, and where it comes from: {page}\n")
    print(f"The demo took {time.monotonic() - started:.0f} seconds. Next: make dev.")
    return DONE


def _is_ours(home: Home) -> bool:
    is_empty = not home.warehouse.exists() and not any(home.landing.iterdir())
    return is_empty or (home.root / _MARK).exists()


def _reset(home: Home) -> None:
    """Start from nothing; Dagster's record of earlier runs and dbt's parse are kept."""
    (home.root / _MARK).touch()
    for path in (home.landing, home.documents, home.docs):
        shutil.rmtree(path, ignore_errors=True)
    for file in (
        home.warehouse,
        home.warehouse.with_suffix(".duckdb.wal"),
        home.marts,
        home.public_marts,
    ):
        file.unlink(missing_ok=True)
    home.prepare()
    shutil.copytree(SEEDS / "landing", home.landing, dirs_exist_ok=True)
    shutil.rmtree(home.themes, ignore_errors=True)
    shutil.copytree(SEEDS / "themes", home.themes)


def _close(bill_date: str) -> bool:
    print(f"Closing {bill_date} (releve close {bill_date}):\n")
    return releve(["close", bill_date]) in {DONE, SOME_HELD}


def _summary(home: Home) -> Iterator[str]:
    with open_published(home.marts) as con:
        for title, query, line in _SUMMARY:
            yield f"\n{title}:"
            for row in con.execute(query).fetchall():
                yield f"  {line.format(*row)}"
    longest = sorted(home.documents.glob("*/*/*.pdf"), key=lambda path: path.stat().st_size)
    yield f"\nLook at {longest[-1]}," if longest else ""
    yield f"the other documents under {home.documents} and the marts in {home.marts}.\n"


if __name__ == "__main__":
    collect_rarely()
    sys.exit(main())
