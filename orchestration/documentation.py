"""dbt's documentation of the project and the warehouse as one page that fetches nothing.

Not here: what it says (the descriptions of models and columns, dbt_project/docs).
"""

import shutil
import sys
from contextlib import ExitStack
from pathlib import Path

from orchestration.database import open_warehouse, warehouse_lock
from orchestration.defs.billing.manifest import folders, read_manifest, warehouse_named
from orchestration.errors import ReleveError
from orchestration.home import Home

# What is wrong with dbt's page, and what is right.
_MENDS = (
    # Templates of its own build that nobody filled in, which the browser then asks for.
    ("\"${require('./assets/favicons/favicon.ico')}\"", '"data:,"'),
    ('<use xlink:href="{{', '<use ng-attr-href="{{'),
    # A column's description, of which it shows three words.
    (
        'style="text-overflow: ellipsis; overflow-x: hidden; white-space: nowrap; max-width: 1px;"',
        'style="width: 60%"',
    ),
    # The facts about a model, of which it cuts off the last ones.
    ('<div class="detail-body">', '<div class="detail-body" style="white-space: normal">'),
    # Seeds lie beside the project, which its tree of files shows as "..".
    ('"original_file_path": "../seeds/', '"original_file_path": "seeds/'),
)


class DocumentationError(ReleveError):
    """dbt could not write its documentation: why."""


def write_documentation(home: Home) -> Path:
    """Write `docs/index.html` of the home, with the columns and row counts of its warehouse.

    Without a warehouse it says what the project says. Raises DocumentationError.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    read_manifest(home)
    target = home.dbt_target.with_name("docs")
    target.mkdir(exist_ok=True)
    # A parse of its own, for dbt adds the compiled SQL to what it has parsed.
    for parsed in ("manifest.json", "partial_parse.msgpack"):
        shutil.copy(home.dbt_target / parsed, target)
    arguments = ["--quiet", "--log-level=none", "docs", "generate", "--static", *folders(home)]
    arguments += [f"--target-path={target}"]
    with (
        warehouse_lock(home, "the documentation", print),
        warehouse_named(home),
        ExitStack() as stack,
    ):
        if home.warehouse.exists():
            # What a killed close left is in the file, and dbt joins what is open here.
            stack.enter_context(open_warehouse(home))
        else:
            arguments += ["--empty-catalog", "--no-compile"]
        try:
            result = dbtRunner().invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not result.success:
        raise DocumentationError(f"dbt could not write its documentation: {result.exception}")
    page = (target / "static_index.html").read_text(encoding="utf-8")
    for wrong, right in _MENDS:
        page = page.replace(wrong, right)
    home.docs.mkdir(mode=0o700, exist_ok=True)
    unfinished = home.docs / ".index.html"
    unfinished.write_text(page, encoding="utf-8")
    unfinished.replace(home.docs / "index.html")
    return home.docs / "index.html"


def main() -> int:
    """Write the page of the home that RELEVE_HOME names, and say where it is."""
    try:
        print(write_documentation(Home.from_environment().prepare()))
    except ReleveError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
