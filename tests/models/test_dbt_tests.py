"""Every unit test of the dbt project, and the tests of its macros, on a warehouse without rows."""

from collections.abc import Callable

import pytest
from dbt.cli.main import dbtRunner

from orchestration.database import open_warehouse
from orchestration.defs.billing.ledger import create_ledger
from orchestration.defs.billing.manifest import folders, warehouse_named
from orchestration.defs.landing.contract import create_raw_schema
from orchestration.home import Home


@pytest.mark.slow
def test_every_unit_test_and_data_test_of_the_dbt_project_passes(
    new_home: Callable[[], Home],
) -> None:
    home = new_home()
    with open_warehouse(home) as con:
        create_raw_schema(con)
        create_ledger(con)
    with warehouse_named(home):
        result = dbtRunner().invoke(
            ["--quiet", "--log-level=none", "build", "--no-write-json", *folders(home)]
        )
    runs = getattr(result.result, "results", [])
    failed = {run.node.name: run.message for run in runs if run.status in {"error", "fail"}}
    assert not failed
    assert result.success
    kinds = [str(run.node.resource_type) for run in runs]
    assert kinds.count("unit_test") > 105
    assert kinds.count("test") > 125
