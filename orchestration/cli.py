"""The `releve` command: a thin face on the Dagster jobs, for people and for scripts.

Not here: what the jobs do, the words of a summary (reports.py), the laws (verification.py).
A command imports what it needs when it runs: `verify` waits for neither Dagster nor dbt.
"""

import argparse
import atexit
import gc
import signal
import sys
import traceback
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.advice import advice_for, advised
from orchestration.errors import ReleveError
from orchestration.home import Home
from orchestration.signals import signals_received

if TYPE_CHECKING:
    from orchestration.runs import RunOutcome

DONE = 0
FAILED = 1
SOME_HELD = 3

# Objects made and kept before the young are looked at, then the old; Python's own is 700.
_COLLECTED = (20_000, 10, 10)

_STOPPED = (
    "\nstopped: what was committed stays, the rest is not begun. Run the command again to finish."
)


def command() -> int:
    """What `releve` starts: `main`, in a process of its own."""
    collect_rarely()
    return main()


def collect_rarely() -> None:
    """Have Python look for garbage less often, in this process, and not at its end.

    It would go through all that dbt and Dagster have loaded eighty times in a small close, which
    is a sixth of it, and once more before the process ends.
    """
    gc.set_threshold(*_COLLECTED)
    atexit.register(gc.freeze)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    chosen = _parser().parse_args(arguments)
    home = Home.from_environment()
    with signals_received() as received:
        try:
            code: int = chosen.run(home.prepare(), chosen)
        except ReleveError as error:
            print(f"failed: {error}", file=sys.stderr)
            return FAILED
        except Exception as error:  # noqa: BLE001 (whatever it is, a person reads it)
            return _unforeseen(error, home)
        except KeyboardInterrupt:
            print(_STOPPED, file=sys.stderr)
            return 128 + (received() or signal.SIGINT)
    return code


def _land(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.reports import landing_lines
    from orchestration.runs import run_job

    folder = (chosen.folder or home.landing).resolve()
    config = {"landed_files": {"config": {"folder": str(folder)}}}
    outcome = run_job(home, "land_files", config=config)
    if not outcome.is_success:
        return _failed(outcome)
    _say(landing_lines(outcome.metadata))
    return DONE


def _close(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.reports import close_lines, is_held, landing_lines, place_lines
    from orchestration.runs import run_job

    outcome = run_job(home, "close_cycle", partition_key=str(chosen.date))
    if not outcome.is_success:
        return _failed(outcome)
    _say(landing_lines(outcome.metadata))
    _say(close_lines(outcome.metadata, str(chosen.date)))
    _say(place_lines(home))
    return SOME_HELD if is_held(outcome.metadata) else DONE


def _preview(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.preview import preview
    from orchestration.reports import preview_lines

    bill = preview(home, chosen.on, chosen.account, lambda _: None)
    _say(preview_lines(bill, str(chosen.on)))
    return SOME_HELD if bill.held else DONE


def _render(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.reports import place_lines
    from orchestration.runs import run_job

    asked = {"invoice": chosen.invoice, "again": chosen.again, "read": True}
    outcome = run_job(home, "render_documents", config={"invoice_documents": {"config": asked}})
    if not outcome.is_success:
        return _failed(outcome)
    print(f"{outcome.metadata['invoice_documents']['rendered']} documents rendered.")
    _say(place_lines(home))
    return DONE


def _verify(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.verification import verify

    broken = 0
    for finding in verify(home, chosen.receipt):
        print(finding)
        broken += not finding.holds
    print(f"{broken} laws are broken." if broken else "Every law holds.")
    return FAILED if broken else DONE


def _receipt(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.receipt import write_receipt

    digest = write_receipt(home, chosen.file)
    print(f"{chosen.file} says what the ledger holds; its SHA-256 is {digest}.")
    print("Keep it where who writes here cannot: releve verify --receipt FILE holds it to that.")
    return DONE


def _forget(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.forget import forget

    forgotten = forget(home, chosen.account, print, is_sure=chosen.yes)
    verb = "erased" if chosen.yes else "to erase"
    for table, count in forgotten.rows.items():
        print(f"{table:<20} {count:>8,} rows {verb}")
    for file in forgotten.files:
        print(f"landing/{file}: {'deleted' if chosen.yes else 'to delete'}; its rows have landed")
    if chosen.yes:
        print("Issued documents stay, as the law wants. Older backups and exports hold what was.")
    else:
        print("Nothing was erased. It cannot be undone: add --yes to do it.")
    return DONE


def _explain(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.explain.answers import explain

    answer = explain(home, chosen.invoice, chosen.line, list_events=chosen.events)
    _say(answer.text)
    if answer.broken:
        print(f"{len(answer.broken)} of these do not hold.", file=sys.stderr)
    return FAILED if answer.broken else DONE


def _export(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.exports import export_marts

    folder = chosen.folder or home.exports
    counts = export_marts(home, folder, chosen.format, public=chosen.public)
    print(f"{len(counts)} marts, {sum(counts.values()):,} rows, are in {folder}.")
    return DONE


def _backup(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.backup import back_up

    count = back_up(home, chosen.file, print)
    size = chosen.file.stat().st_size
    print(f"{count:,} files of {home.root} are in {chosen.file} ({size / 1e6:,.1f} MB).")
    return DONE


def _restore(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.backup import restore

    count = restore(home, chosen.file, print)
    print(f"{count:,} files are back in {home.root}. Next: releve verify.")
    return DONE


def _rekey(home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.encryption import NEW_VARIABLE, VARIABLE, WarehouseKeyError, named_key
    from orchestration.rekeying import rekey

    new = named_key(NEW_VARIABLE)
    if (new is None) != chosen.clear:
        raise WarehouseKeyError(f"Set {NEW_VARIABLE} to the key to come, or say --clear.")
    names = rekey(home, named_key(), new, print)
    then = f"{VARIABLE} is from now on what {NEW_VARIABLE} is" if new else f"Unset {VARIABLE}"
    print(f"Copied anew: {', '.join(names) or 'nothing, all were already'}. {then}.")
    return DONE


def _key(_home: Home, chosen: argparse.Namespace) -> int:
    from orchestration.encryption import VARIABLE, WarehouseKeyError, key_of, named_key

    key = key_of(Path(f"{chosen.database}.duckdb"), named_key())
    if key is None:
        raise WarehouseKeyError(f"{VARIABLE} is not set: the databases are in clear.")
    print(key)
    return DONE


def _unforeseen(error: Exception, home: Home) -> int:
    """Say what a library raised, and what to do; where it is nobody's fault but ours, how."""
    said = f"{type(error).__name__}: {error}"
    if advice_for(said, home) is None:
        traceback.print_exc()
        said += "\n\nThis is a defect of Relevé. What was committed stays; please report the above."
    print(f"failed: {advised(said, home)}", file=sys.stderr)
    return FAILED


def _failed(outcome: "RunOutcome") -> int:
    for failure in outcome.failures:
        print(f"\nfailed: {failure}", file=sys.stderr)
    print(f"\nAll that the run said: make dev, run {outcome.run_id}.", file=sys.stderr)
    return FAILED


def _say(lines: Iterable[str]) -> None:
    print(*lines, sep="\n", end="\n\n")


def _bill_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date; write it as 2024-01-31"
        ) from None


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="releve",
        description="Consolidated billing in your own warehouse.",
        epilog="State lives in the folder named by RELEVE_HOME (default: build/).",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    land = commands.add_parser("land", help="load new files; count what was taken and refused")
    land.add_argument(
        "folder",
        nargs="?",
        type=_folder,
        metavar="DIR",
        help="where the files are (default: landing/ in RELEVE_HOME)",
    )
    land.set_defaults(run=_land)

    close = commands.add_parser(
        "close",
        help="land, build, check, issue and render one bill date",
        epilog="Exit code: 0 all that is due is billed, 3 some accounts are held, 1 failure.",
    )
    close.add_argument("date", type=_bill_date, metavar="DATE", help="the bill date: 2024-01-31")
    close.set_defaults(run=_close)

    preview = commands.add_parser(
        "preview",
        help="the bill as a close would make it now; writes nothing",
        epilog="Exit code: 0 all that is due would be billed, 3 some would be held, 1 failure.",
    )
    preview.add_argument("--account", metavar="A", help="only what the payer of A would get")
    preview.add_argument(
        "--on",
        type=_bill_date,
        default=datetime.now().astimezone().date(),
        metavar="DATE",
        help="the bill date (default: today)",
    )
    preview.set_defaults(run=_preview)

    render = commands.add_parser(
        "render",
        help="make the documents' files that are missing or altered, from the ledger",
        epilog="What was delivered is not replaced by other bytes, but with --again.",
    )
    render.add_argument("--invoice", metavar="N", help="only the one of this number")
    render.add_argument("--again", action="store_true", help="make files anew, whatever is there")
    render.set_defaults(run=_render)

    verify = commands.add_parser("verify", help="check the laws on this warehouse")
    verify.add_argument(
        "--receipt",
        type=Path,
        metavar="FILE",
        help="hold the ledger to what `releve receipt` wrote before",
    )
    verify.set_defaults(run=_verify)

    receipt = commands.add_parser("receipt", help="what the ledger holds, to be kept elsewhere")
    receipt.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("releve-receipt.json"),
        metavar="FILE",
        help="where to (default: releve-receipt.json)",
    )
    receipt.set_defaults(run=_receipt)

    explain = commands.add_parser(
        "explain",
        help="a document or a line of it, back to the prices, events and files it came from",
        epilog="Exit code: 1 when something does not add up.",
    )
    explain.add_argument("invoice", metavar="INVOICE", help="the number of the document")
    explain.add_argument("line", nargs="?", type=int, metavar="LINE", help="the number of the line")
    explain.add_argument("--events", action="store_true", help="list every event and every day")
    explain.set_defaults(run=_explain)

    forget = commands.add_parser(
        "forget",
        help="erase a customer's personal data; what was issued stays",
        epilog="Without --yes it only says what there is to erase.",
    )
    forget.add_argument("account", metavar="ACCOUNT", help="the account's id")
    forget.add_argument("--yes", action="store_true", help="do it; it cannot be undone")
    forget.set_defaults(run=_forget)

    export = commands.add_parser("export", help="the marts as files for other tools")
    export.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="where to (default: exports/ in RELEVE_HOME)",
    )
    export.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    export.add_argument(
        "--public", action="store_true", help="without names, addresses and free text"
    )
    export.set_defaults(run=_export)

    backup = commands.add_parser("backup", help="keep the whole home in one file")
    backup.add_argument("file", type=Path, metavar="FILE", help="a tar file that does not exist")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="make an empty home what a backup holds")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `releve backup` wrote")
    restore.set_defaults(run=_restore)

    rekey = commands.add_parser(
        "rekey",
        help="encrypt the databases, or change their key",
        epilog="The present key is in RELEVE_KEY, if there is one; the key to come in"
        " RELEVE_NEW_KEY. Killed, it is run again.",
    )
    rekey.add_argument("--clear", action="store_true", help="take the encryption away")
    rekey.set_defaults(run=_rekey)

    key = commands.add_parser("key", help="print the key that opens a published database alone")
    key.add_argument("database", choices=("marts", "marts_public"))
    key.set_defaults(run=_key)
    return parser


if __name__ == "__main__":
    sys.exit(command())
