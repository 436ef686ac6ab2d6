"""The page of queries for analysts: each runs on the demo's marts and gives the table beneath it.

`python -m tests.end_to_end.test_queries HOME` writes the tables anew from a home of the demo.
"""

import re
import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from orchestration.defs.billing.manifest import read_manifest
from orchestration.home import PROJECT, Home

PAGE = PROJECT / "docs" / "queries.md"
# A question, what is said before the query, the query, and what is between it and the next heading.
_QUERY = re.compile(
    r"^### (?P<question>[^\n]+)\n(?:(?!^#).)*?"
    r"^```sql(?P<public> public)?\n(?P<sql>.+?)^```\n(?P<result>.*?)(?=^##|\Z)",
    re.DOTALL | re.MULTILINE,
)


class Query(NamedTuple):
    """One query of the page, and what the page says it gives."""

    question: str
    is_public: bool
    sql: str
    result: str


def queries() -> Iterator[Query]:
    for found in _QUERY.finditer(PAGE.read_text(encoding="utf-8")):
        yield Query(found["question"], bool(found["public"]), found["sql"], found["result"].strip())


def result_of(query: str, file: Path) -> str:
    """What a query gives on a published file, as the page shows it."""
    with duckdb.connect(str(file), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        cursor = con.execute(query)
        columns = [name for name, *_ in cursor.description or ()]
        rows = [[_shown(value) for value in row] for row in cursor.fetchall()]
    if not rows:
        return "Nothing."
    table = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def _shown(value: object) -> str:
    """A cell: amounts with two decimals or more, quantities with those that they have."""
    match value:
        case None:
            return ""
        case Decimal():
            whole, _, places = f"{value:f}".partition(".")
            kept = places.rstrip("0")
            return f"{whole}.{kept:0<2}" if len(places) == 4 else f"{whole}.{kept}".rstrip(".")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return str(value).replace("|", r"\|")


@pytest.mark.slow
def test_every_query_gives_the_table_beneath_it(closed_demo: Home) -> None:
    asked = list(queries())
    assert len(asked) == PAGE.read_text(encoding="utf-8").count("```sql") >= 25
    differing = {
        query.question: found
        for query in asked
        if (found := result_of(query.sql, closed_demo.marts)) != query.result
    }
    assert not differing, "python -m tests.end_to_end.test_queries HOME writes the tables anew"


@pytest.mark.slow
def test_public_queries_give_the_same_without_personal_data(closed_demo: Home) -> None:
    public = [query for query in queries() if query.is_public]
    assert len(public) >= 20
    for query in public:
        assert result_of(query.sql, closed_demo.public_marts) == query.result, query.question
    for query in set(queries()) - set(public):
        with pytest.raises(duckdb.BinderException):  # a column is left out there
            result_of(query.sql, closed_demo.public_marts)


def test_the_exposure_of_the_page_names_the_marts_that_it_reads(parsed_home: Home) -> None:
    manifest = read_manifest(parsed_home)
    exposure = manifest["exposures"]["exposure.releve.analysts_queries"]
    named = {node.removeprefix("model.releve.") for node in exposure["depends_on"]["nodes"]}
    marts = {node["name"] for node in manifest["nodes"].values() if node.get("access") == "public"}
    text = " ".join(query.sql for query in queries())
    assert named == marts & set(re.findall(r"(?:from|join) (\w+)", text))


def main() -> None:
    """Write the results of the home's marts into the page."""
    marts = Home(Path(sys.argv[1])).marts

    def answered(found: re.Match[str]) -> str:
        upto = found.group().removesuffix(found["result"])
        return f"{upto}\n{result_of(found['sql'], marts)}\n\n"

    text = _QUERY.sub(answered, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
