"""What a close with little to do leaves out, and that nothing it needs goes with it."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dbt_common.events.base_types import EventLevel, EventMsg
from dbt_common.events.event_manager_client import get_event_manager
from dbt_common.events.types import Note

from orchestration.defs.billing.lean_dbt import HeardEvents, lean_dbt
from orchestration.defs.billing.manifest import load_manifest, read_manifest
from orchestration.defs.billing.resources import Dbt
from orchestration.home import Home
from orchestration.instance import open_instance


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def _said_by(code: str, *arguments: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_no_macro_is_left_out_that_another_names(home: Home) -> None:
    """Of 600 macros dbt brings 500; what is kept names nothing that is not."""
    all_macros = set(read_manifest(home)["macros"])
    manifest = load_manifest(home)
    left_out = all_macros - set(manifest.macros)
    assert 100 < len(left_out) < 200
    assert not {key for key in left_out if key.startswith("macro.releve.")}
    for node in manifest.nodes.values():
        assert not left_out & set(node.depends_on_macros), node.unique_id
    for key, macro in manifest.macros.items():
        assert not left_out & set(macro.depends_on.macros), key


def test_dbt_builds_the_nodes_that_are_named_and_no_others(home: Home) -> None:
    """Once one seed, then the other: what was asked for before is not asked for again."""
    for name in ("currencies", "document_needs"):
        results = Dbt().build(home, [name], lambda _: None)
        assert [(each.name, each.status) for each in results] == [(name, "success")]


def test_dbt_makes_no_message_of_a_detail() -> None:
    said: list[str] = []

    def hear(message: EventMsg) -> None:
        said.append(message.info.level)

    events = HeardEvents()
    events.add_callback(hear)
    for level in (EventLevel.DEBUG, EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR):
        events.fire_event(Note(msg="said"), level)
    assert said == ["info", "warn", "error"]


def test_dbt_speaks_as_before_after_a_close() -> None:
    before = get_event_manager()
    with lean_dbt():
        assert get_event_manager() is not before
    assert get_event_manager() is before


def test_an_event_of_dbt_is_filled_when_it_is_read() -> None:
    with lean_dbt():
        event = Note(msg="said")
        assert "pb_msg" not in vars(event)
        assert event.msg == "said"
        assert "pb_msg" in vars(event)
    assert Note(msg="as before").pb_msg.msg == "as before"


def test_dbt_leaves_the_sql_of_what_failed_and_of_nothing_else(home: Home) -> None:
    """Without anything landed there is no table for the model to read."""
    results = Dbt().build(home, ["currencies", "stg_accounts"], lambda _: None)
    assert {each.name: each.is_error for each in results} == {
        "currencies": False,
        "stg_accounts": True,
    }
    (left,) = (path for path in home.dbt_target.rglob("*.sql"))
    assert left.name == "stg_accounts.sql"
    assert "billing_period" in left.read_text()


def test_every_connection_to_an_open_warehouse_is_set(home: Home) -> None:
    """dbt's connections set nothing themselves; here the machine's own zone is far from UTC."""
    said = _said_by(
        """
        import sys
        from pathlib import Path
        import duckdb
        from orchestration.database import open_warehouse
        from orchestration.home import Home
        home = Home(Path(sys.argv[1]))
        with open_warehouse(home), duckdb.connect(str(home.warehouse)) as joined:
            for name in ("TimeZone", "preserve_insertion_order", "checkpoint_threshold"):
                print(joined.cursor().execute("select current_setting(?)", [name]).fetchone()[0])
        """,
        str(home.root),
        TZ="Pacific/Auckland",
    )
    assert said.splitlines() == ["UTC", "False", "3.7 GiB"]


def test_a_table_of_dagsters_record_is_looked_up_until_it_is_found(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close asks for two of them at each of its thousand events."""
    asked = []
    looked_up = SqliteEventLogStorage.has_table

    def counted(storage: SqliteEventLogStorage, table: str) -> bool:
        asked.append(table)
        return looked_up(storage, table)

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", counted)
    with open_instance(home) as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, SqliteEventLogStorage)
        for _ in range(3):
            assert storage.has_table("asset_event_tags")
            assert not storage.has_table("no_such_table")
    assert asked.count("asset_event_tags") == 1
    assert asked.count("no_such_table") == 3


def test_the_last_materialization_of_this_process_is_not_looked_up(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is answered from memory is what the record answers another process."""
    key = dg.AssetKey("asset")
    version = "dagster/data_version"

    def answers(instance: dg.DagsterInstance) -> tuple[Any, Any]:
        of_partition = dg.AssetRecordsFilter(key, ["2024-02-01"])
        tags = instance.event_log_storage.get_latest_tags_by_partition(
            key, dg.DagsterEventType.ASSET_MATERIALIZATION, [version], ["2024-02-01"]
        )
        return instance.fetch_materializations(of_partition, limit=1).records, tags

    with open_instance(home) as instance:
        for number in range(3):
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    key, partition=f"2024-0{min(2, number + 1)}-01", tags={version: f"v{number}"}
                )
            )
        with monkeypatch.context() as patched:
            patched.setattr(SqliteEventLogStorage, "fetch_materializations", None)
            patched.setattr(SqliteEventLogStorage, "get_latest_tags_by_partition", None)
            here = answers(instance)
        earlier = dg.AssetRecordsFilter(
            key, ["2024-02-01"], before_storage_id=here[0][0].storage_id
        )
        (before,) = instance.fetch_materializations(earlier, limit=1).records
        assert before.asset_materialization
        assert before.asset_materialization.tags == {version: "v1"}
    with open_instance(home) as instance:
        assert answers(instance) == here
    assert here[1] == {"2024-02-01": {version: "v2"}}


def test_what_lays_out_pages_is_loaded_where_a_page_is_laid_out() -> None:
    said = _said_by(
        """
        import sys
        import orchestration.definitions
        print("weasyprint" in sys.modules, "dagster" in sys.modules)
        """
    )
    assert said == "False True"
