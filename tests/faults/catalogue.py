"""Every fault that is injected into a close: where, what a person reads, what it leaves.

The tests run some of these, `make soak` all of them, and docs/faults.md is written from them.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from orchestration.home import Home
from tests.faults import harms
from tests.faults.process import Harm, Point, kill
from tests.orchestration.company import SECOND_BILL_DATE, leave

KILLED = -9
NOTHING, ISSUED = "as before", "issued"

_LOAD = "orchestration.defs.landing.load"
_LEDGER = "orchestration.defs.billing.ledger"
_BUILD = "orchestration.defs.billing.resources:Dbt.build"
_STATEMENT = "dbt.adapters.duckdb.environments.local:DuckDBCursorWrapper.execute"
_MARTS = "orchestration.defs.publishing.marts_file"
_DOCUMENTS = "orchestration.defs.documents.assets"
_WRITE = "orchestration.defs.documents.render:_write"
_LAST_STEP = "orchestration.defs.documents.checks:files_unissued"

_FULL = "The disk of {home} is full, or fails (df -h {home}). Free some"
_RIGHTS = "Whoever runs releve must be able to read {home}/landing and to write in {home}."
_UNREAD = "cannot be read, and nothing is issued without what is in them."


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong in a command, and what has to come of it.

    `says` and `says_too` are on standard error, `{home}` in them; `leaves` is the ledger after
    it. `damage` is done before the command and `mend` after it.
    """

    title: str
    kind: str
    code: int
    leaves: str = NOTHING
    says: str = ""
    says_too: tuple[str, ...] = ()
    prepare: tuple[Harm, ...] = ()
    damage: Callable[[Home], None] = lambda _: None
    mend: Callable[[Home], None] = lambda _: None
    command: tuple[str, ...] = ("close", SECOND_BILL_DATE)
    on_small_disk: bool = False
    is_sampled: bool = False
    is_complete: bool = False
    is_of_landing: bool = False
    next_run: str = "the same documents"


def faults() -> list[Fault]:
    """Every fault, in an order in which one home can suffer them all.

    First what happens to files that have not landed, then what else leaves the ledger as it was,
    then what leaves documents to be made, and last what leaves nothing to do.
    """
    every = chain(
        _kills(),
        _kills_of_other_commands(),
        _signals(),
        _full_disks(),
        _rights(),
        _damaged(),
        _machine(),
    )
    return sorted(
        every,
        key=lambda fault: (fault.leaves == ISSUED, fault.is_complete, not fault.is_of_landing),
    )


def _at(place: str, call: int = 1, *, after: bool = False, inner: Point | None = None) -> Point:
    return Point(place, call, after, inner)


def _kills() -> Iterator[Fault]:
    replace = Point("pathlib:Path.replace")
    points = (
        (NOTHING, True, "while the rows of a file land", _at(f"{_LOAD}:_store")),
        (NOTHING, False, "before a landed file is committed", _at(f"{_LOAD}:_record", after=True)),
        (NOTHING, False, "between two files", _at(f"{_LOAD}:_land_whole", after=True)),
        (NOTHING, False, "after landing", _at(f"{_LEDGER}:create_ledger")),
        (NOTHING, False, "before the first model", _at(_BUILD)),
        (NOTHING, False, "among the first models", _at(_STATEMENT, 100)),
        (NOTHING, False, "among the models", _at(_STATEMENT, 600)),
        (NOTHING, False, "before the append", _at(f"{_LEDGER}:append")),
        (NOTHING, False, "in the append, nothing inserted", _at(f"{_LEDGER}:_chain_and_insert")),
        (NOTHING, False, "in the append, half inserted", _at(f"{_LEDGER}:_chain_and_insert", 4)),
        (NOTHING, True, "all inserted, not committed", _at(f"{_LEDGER}:_append", after=True)),
        (ISSUED, False, "as the append is committed", _at(f"{_LEDGER}:append", after=True)),
        (ISSUED, False, "before the marts", _at(_BUILD, 2)),
        (ISSUED, False, "among the tables of marts.duckdb", _at(f"{_MARTS}:_kept_columns", 30)),
        (
            ISSUED,
            False,
            "before marts_public.duckdb has its name",
            _at(f"{_MARTS}:_publish", inner=replace),
        ),
        (ISSUED, True, "between the two files of marts", _at(f"{_MARTS}:_publish", 2)),
        (ISSUED, False, "before the documents", _at(f"{_DOCUMENTS}:render_documents")),
        (ISSUED, False, "while a file is written", _at(_WRITE, inner=_at("os:fsync", 2))),
        (
            ISSUED,
            True,
            "between two files of a document",
            _at(_WRITE, inner=_at("pathlib:Path.replace", 2)),
        ),
        (ISSUED, False, "between two documents", _at(_WRITE, 2)),
        (ISSUED, False, "before the files are recorded", _at(f"{_DOCUMENTS}:record")),
    )
    for leaves, is_sampled, title, point in points:
        yield Fault(
            title,
            "kill -9",
            KILLED,
            leaves,
            prepare=(_arm(point, kill),),
            is_sampled=is_sampled,
            is_of_landing=point.place.startswith(_LOAD),
        )
    for seconds in (0.0, 0.01, 0.03, 0.1, 0.3):
        yield Fault(
            f"{seconds:g} s into closing the warehouse, its journal put in order",
            "kill -9",
            KILLED,
            ISSUED,
            prepare=(_arm(_at(_LAST_STEP, after=True), partial(harms.kill_after, seconds)),),
            is_sampled=seconds == 0.01,
            is_complete=True,
        )


def _kills_of_other_commands() -> Iterator[Fault]:
    other = (
        (("preview", "--on", SECOND_BILL_DATE), "releve preview, among the models", _at(_BUILD)),
        (("export",), "releve export, among its files", _at("orchestration.exports:_export", 5)),
        (
            ("backup", "{home}.tar"),
            "releve backup, among the files",
            _at("orchestration.backup:_Hashed.read", 5),
        ),
        (
            ("backup", "{home}.tar"),
            "releve backup, before the file has its name",
            _at("orchestration.backup:_write", after=True),
        ),
    )
    for command, title, point in other:
        yield Fault(
            title,
            "kill -9",
            KILLED,
            prepare=(_arm(point, kill),),
            command=command,
        )


def _signals() -> Iterator[Fault]:
    says = "stopped: what was committed stays, the rest is not begun. Run the command again"
    points = (
        (NOTHING, "Ctrl-C", 130, harms.interrupt, "in the append", f"{_LEDGER}:_chain_and_insert"),
        (NOTHING, "SIGTERM", 143, harms.terminate, "while files land", f"{_LOAD}:_store"),
        (NOTHING, "SIGTERM", 143, harms.terminate, "among the models", _STATEMENT),
        (ISSUED, "SIGTERM", 143, harms.terminate, "among the documents", _WRITE),
    )
    for leaves, name, code, harm, place, function in points:
        yield Fault(
            f"{name} {place}",
            "A signal to stop",
            code,
            leaves,
            says,
            prepare=(_arm(_at(function), harm),),
            is_sampled=place in {"in the append", "among the documents"},
            is_of_landing=function.startswith(_LOAD),
        )


def _full_disks() -> Iterator[Fault]:
    points = (
        (NOTHING, False, "as the run begins", "orchestration.instance:open_instance"),
        (NOTHING, True, "while files land", f"{_LOAD}:_land_whole"),
        (NOTHING, False, "among the models", _BUILD),
        (NOTHING, False, "in the append", f"{_LEDGER}:_chain_and_insert"),
        (ISSUED, False, "while the marts are published", f"{_MARTS}:_publish"),
        (ISSUED, False, "while a document is written", _WRITE),
    )
    for leaves, is_sampled, title, place in points:
        yield Fault(
            title,
            "The disk is full",
            1,
            leaves,
            _FULL,
            prepare=(_arm(_at(place), harms.fill_disk),),
            on_small_disk=True,
            is_sampled=is_sampled,
            is_of_landing=place.startswith(_LOAD),
        )


def _rights() -> Iterator[Fault]:
    places = (
        (NOTHING, True, "the home may not be written", ".", 0o500, _RIGHTS),
        (NOTHING, False, "the warehouse may not be written", "warehouse.duckdb", 0o400, _RIGHTS),
        (NOTHING, False, "Dagster's folder may not be written", "dagster/history", 0o500, _RIGHTS),
        (NOTHING, False, "the landing folder may not be read", "landing", 0o000, _RIGHTS),
        (NOTHING, False, "a folder in it may not be read", "landing/plans", 0o000, _RIGHTS),
        (NOTHING, True, "a file in it may not be read", "landing/prices.csv", 0o000, _UNREAD),
        (
            ISSUED,
            True,
            "a folder of documents may not be written",
            "documents/E-1/2024",
            0o500,
            _RIGHTS,
        ),
    )
    for leaves, is_sampled, title, name, mode, says in places:
        yield Fault(
            title,
            "Rights are missing",
            1,
            leaves,
            says,
            prepare=(harms.obey_modes,),
            damage=partial(harms.set_mode, name=name, mode=mode),
            mend=partial(harms.set_mode, name=name, mode=0o700),
            is_sampled=is_sampled,
        )


def _damaged() -> Iterator[Fault]:
    yield Fault(
        "a Parquet file of subscriptions is cut short",
        "A file is damaged",
        1,
        says="subscriptions/third.parquet: it is not a whole Parquet file",
        says_too=(_UNREAD, "Mend each, or take it out of the folder to bill without it"),
        damage=partial(_kept, name=f"landing/{harms.THIRD}", damage=harms.cut),
        mend=partial(_brought_back, name=f"landing/{harms.THIRD}"),
        is_sampled=True,
        is_of_landing=True,
    )
    yield Fault(
        "files of ten kinds of damage, sent for one table",
        "A file is damaged",
        1,
        says=_UNREAD,
        says_too=tuple(f"plans/{name}: {reason}" for name, reason in harms.SPOILED.items()),
        damage=harms.spoil_landing,
        mend=harms.unspoil_landing,
        is_sampled=True,
    )
    yield Fault(
        "a page of the ledger in the warehouse",
        "A file is damaged",
        1,
        says="The warehouse is damaged, and nothing is issued from it. Restore the last backup"
        " into an empty folder (RELEVE_HOME=FOLDER releve restore FILE), copy",
        damage=partial(_kept, name="warehouse.duckdb", damage=harms.damage_ledger),
        mend=partial(_brought_back, name="warehouse.duckdb"),
        next_run="the same documents, in the restored home",
    )
    yield Fault(
        "the warehouse is cut short",
        "A file is damaged",
        1,
        says="The warehouse is damaged, and nothing is issued from it.",
        damage=partial(_kept, name="warehouse.duckdb", damage=harms.cut),
        mend=partial(_brought_back, name="warehouse.duckdb"),
        next_run="the same documents, in the restored home",
    )
    yield Fault(
        "the warehouse is gone",
        "A file is damaged",
        1,
        says="{home}/warehouse.duckdb is gone, and {home}/marts.duckdb shows that documents may"
        " have been issued from it. Restore the last backup",
        damage=partial(_kept, name="warehouse.duckdb", damage=Path.unlink),
        mend=partial(_brought_back, name="warehouse.duckdb"),
        next_run="the same documents, in the restored home",
        is_sampled=True,
    )
    yield Fault(
        "Dagster's record of runs",
        "A file is damaged",
        1,
        says="Dagster's record of runs is damaged. No bill depends on it: move {home}/dagster away",
        damage=harms.damage_record,
        mend=harms.move_record_away,
        is_sampled=True,
    )
    yield Fault(
        "marts.duckdb and marts_public.duckdb",
        "A file is damaged",
        0,
        ISSUED,
        damage=harms.damage_marts,
        next_run="nothing to do: both files were made anew",
        is_complete=True,
    )
    yield Fault(
        "what dbt parsed",
        "A file is damaged",
        0,
        ISSUED,
        damage=harms.damage_manifest,
        next_run="nothing to do: the project was parsed anew",
        is_complete=True,
    )


def _machine() -> Iterator[Fault]:
    yield Fault(
        "too little memory",
        "The machine",
        1,
        says="There is too little memory for this much data. Give DuckDB more"
        " (RELEVE_MEMORY=8GB), or free some",
        prepare=(harms.starve,),
    )
    yield Fault(
        "an amount of memory that is none",
        "The machine",
        1,
        says="RELEVE_MEMORY is 'plenty'; write it as 4GB.",
        prepare=(harms.misstate_memory,),
        is_sampled=True,
    )
    yield Fault(
        "the clock is eight years back",
        "The machine",
        0,
        ISSUED,
        prepare=(harms.turn_clock_back,),
        next_run="nothing to do: no bill depends on the time of day",
        is_complete=True,
    )


def leave_news(home: Home) -> None:
    """What the second close lands: four plans, and a subscription in Parquet from 16 January."""
    home.landing.joinpath(harms.THIRD).parent.mkdir(exist_ok=True)
    harms.write_parquet(
        home.landing / harms.THIRD,
        "select 'S-3' as subscription_id, 'A-1' as account_id, 'P-1' as plan_id,"
        " date '2024-01-16' as starts_on",
    )
    for number in range(4):
        leave(home.landing / "plans" / f"{number}.csv", f"plan_id,name\nX-{number},Other")


def _arm(point: Point, harm: Harm) -> Harm:
    return partial(point.arm, harm)


def _kept(home: Home, name: str, damage: Callable[[Path], None]) -> None:
    """Damage a file, its content kept as a backup would."""
    shutil.copyfile(home.root / name, f"{home.root}-kept")
    damage(home.root / name)


def _brought_back(home: Home, name: str) -> None:
    Path(f"{home.root}-kept").replace(home.root / name)
