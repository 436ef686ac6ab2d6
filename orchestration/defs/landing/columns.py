"""How a landed value becomes a typed one, and what is said of it when it cannot.

A column is read in SQL in three steps: `raw_<name>` is the value as the file holds it, without
the white space around it; `<name>` the typed value, null where it cannot be; then its problems.
A problem reads `code: column and value`, so that people can act on it and programs can group by
it. Text outside the closed lists of the contract is refused rather than guessed at.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.defs.landing import sql
from orchestration.defs.landing.contract import Column
from orchestration.defs.landing.jsonl_files import exact_json
from orchestration.defs.landing.source import TEXT, SourceColumn

EARLIEST = "1900-01-01"
LATEST = "2200-12-31"
SHOWN_CHARACTERS = 60
SCALE = 12
INTEGER_DIGITS = 38 - SCALE

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?"
_INTEGER = r"[+-]?[0-9]+(?:\.0*)?"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|\+00(?::?00)?)?)?"
_TIME = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-8])(?::?[0-5][0-9])?)"
_UNPRINTABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_WIDEST = f"at most {INTEGER_DIGITS} digits stand before the point"
_MISTYPED = {
    "integer": ("not_an_integer",),
    "date": ("not_a_date", "a date is such as 2024-01-31"),
    "timestamptz": ("not_a_timestamp", "an instant is such as 2024-01-31T23:30:00Z"),
    "boolean": ("not_a_boolean", "true or false"),
    "json": ("not_a_json_object",),
}
_UNITS = "day|week|month|quarter|half_year|year"
_FORMATS = {
    "country": (r"[A-Z]{2}", "two capital letters, such as FR"),
    "currency": (r"[A-Z]{3}", "three capital letters, such as EUR"),
    "locale": (r"[a-z]{2,3}(?:[_-][A-Z]{2})?", "a language and a country, such as fr_FR"),
    "period": (
        rf"{_UNITS}|[1-9][0-9]{{0,3}} (?:{_UNITS})s?",
        "a unit or a count and a unit, such as month or 30 days",
    ),
}
_EXACT_INTEGERS = (
    *("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
)
_SMALL_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT")
_INSTANTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")
_ZONED_INSTANT = "TIMESTAMP WITH TIME ZONE"


@dataclass(frozen=True)
class Check:
    """A condition that a value must not meet, and SQL for what to say when it does."""

    condition: str
    problem: str


@dataclass(frozen=True)
class TypedColumn:
    """The steps of one column, as SQL; `is_local_date` is SQL for a bare date given as instant."""

    column: Column
    raw: str
    typed: str
    checks: tuple[Check, ...]
    is_local_date: str = "false"


def absent_column(column: Column) -> TypedColumn:
    """The steps for a column that the file lacks: null throughout."""
    return TypedColumn(
        column,
        raw="cast(null as varchar)",
        typed=f"cast(null as {column.data_type})",
        checks=_required_checks(column),
    )


def typed_column(column: Column, source: SourceColumn, *, is_printed: bool) -> TypedColumn:
    """The steps for a column that the file has. Text that is printed has no control characters."""
    raw = f"raw_{column.name}"
    native = _native(column.data_type, source.data_type, raw)
    if native is not None:
        # Of the types that convert without text, only an instant can be without a value: infinity.
        may_fail = column.data_type == "timestamptz"
        return TypedColumn(
            column,
            raw=source.sql,
            typed=native,
            checks=(
                *_required_checks(column),
                *(_type_checks(column, is_printed=False) if may_fail else ()),
                *_value_checks(column),
            ),
            is_local_date="true" if source.data_type == "DATE" else "false",
        )
    text = source.sql if source.data_type == TEXT else f"cast({source.sql} as varchar)"
    return TypedColumn(
        column,
        raw=sql.trimmed(text),
        typed=_FROM_TEXT[column.format or column.data_type](raw),
        checks=(
            *_required_checks(column),
            *_type_checks(column, is_printed=is_printed),
            *_value_checks(column),
        ),
        is_local_date=f"regexp_full_match({raw}, {sql.text(_DATE)})",
    )


def _native(data_type: str, source_type: str, raw: str) -> str | None:
    """The typed value where the file's type converts exactly and without text, else None."""
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", source_type)
    if data_type == "decimal(38,12)" and decimal is not None:
        width, scale = int(decimal[1]), int(decimal[2])
        is_narrower = scale <= SCALE and width - scale <= INTEGER_DIGITS
        return f"cast({raw} as {data_type})" if is_narrower else None
    if data_type == "timestamptz" and source_type in _INSTANTS:
        return f"make_timestamptz(epoch_us({raw}))"
    is_exact = (
        (data_type == "decimal(38,12)" and source_type in _EXACT_INTEGERS)
        or (data_type == "integer" and source_type in _SMALL_INTEGERS)
        or (data_type == "timestamptz" and source_type == _ZONED_INSTANT)
        or data_type.upper() == source_type != TEXT
    )
    return f"cast({raw} as {data_type})" if is_exact else None


def _decimal(raw: str) -> str:
    return (
        f"case when regexp_full_match({raw}, {sql.text(_NUMBER)}) and {_is_exact(raw)} "
        f"then try_cast({raw} as decimal(38,12)) end"
    )


def _is_exact(raw: str) -> str:
    """SQL: the number has at most 12 decimals, zeros at the end aside.

    With an exponent, decimals are the written ones less the exponent less the zeros at the end of
    all digits: 1500e-13 has 0 + 13 - 2 = 11.
    """
    mantissa = f"regexp_extract({raw}, '^[+-]?([0-9.]+)', 1)"
    digits = f"replace({mantissa}, '.', '')"
    decimals = (
        f"length(regexp_extract({mantissa}, '[.]([0-9]*)$', 1))"
        f" - cast(regexp_extract({raw}, '[eE]([+-]?[0-9]+)$', 1) as integer)"
        f" - (length({digits}) - length(rtrim({digits}, '0')))"
    )
    return (
        f"case when regexp_matches({raw}, '[eE]') "
        f"then rtrim({digits}, '0') = '' or {decimals} <= {SCALE} "
        f"else not regexp_matches({raw}, '[.][0-9]{{{SCALE}}}[0-9]*[1-9]') end"
    )


def _integer(raw: str) -> str:
    return (
        f"case when regexp_full_match({raw}, {sql.text(_INTEGER)}) "
        f"then try_cast(try_cast({raw} as decimal(38,12)) as integer) end"
    )


def _date(raw: str) -> str:
    return (
        f"case when regexp_full_match({raw}, {sql.text(_DATE + _MIDNIGHT)}) "
        f"then try_cast(left({raw}, 10) as date) end"
    )


def _timestamp(raw: str) -> str:
    spaced = f"regexp_replace(replace(upper({raw}), 'T', ' '), ' ([Z+-])', '\\1')"
    with_seconds = f"regexp_replace({spaced}, '^([0-9-]+ [0-9]+:[0-9]+)([Z+-].*)?$', '\\1:00\\2')"
    return (
        f"case when regexp_full_match({raw}, {sql.text(_DATE)}) "
        f"then try_cast({raw} || ' 00:00:00Z' as timestamptz) "
        f"when regexp_full_match(upper({raw}), {sql.text(_DATE + _TIME + ' ?' + _OFFSET)}) "
        f"then try_cast({with_seconds} as timestamptz) "
        f"when regexp_full_match(upper({raw}), {sql.text(_DATE + _TIME)}) "
        f"then try_cast({with_seconds} || 'Z' as timestamptz) end"
    )


def _boolean(raw: str) -> str:
    return (
        f"case when lower({raw}) in ('true', '1', 'yes') then true "
        f"when lower({raw}) in ('false', '0', 'no') then false end"
    )


def _object(raw: str) -> str:
    exact = exact_json(raw)
    return f"case when starts_with({raw}, '{{') then {exact} end"


def _text(raw: str) -> str:
    return raw


_FROM_TEXT: dict[str, Callable[[str], str]] = {
    "decimal(38,12)": _decimal,
    "integer": _integer,
    "date": _date,
    "timestamptz": _timestamp,
    "boolean": _boolean,
    "varchar": _text,
    "json": _object,
    **dict.fromkeys([*_FORMATS, "timezone"], _text),
}


def _type_checks(column: Column, *, is_printed: bool) -> tuple[Check, ...]:
    """What to say when a text is there but no typed value came of it."""
    raw = f"raw_{column.name}"
    untyped = f"{raw} is not null and {column.name} is null"
    kind = column.format or column.data_type
    if kind == "decimal(38,12)":
        is_number = f"regexp_full_match({raw}, {sql.text(_NUMBER)})"
        problem = (
            f"case when not {is_number} then {_said(column, 'not_a_number')} "
            f"when not {_is_exact(raw)} "
            f"then {_said(column, 'too_many_decimals', f'at most {SCALE} are kept')} "
            f"else {_said(column, 'too_large', _WIDEST)} end"
        )
    elif kind in _MISTYPED:
        problem = _said(column, *_MISTYPED[kind])
    elif is_printed:
        untyped = f"regexp_matches({raw}, {sql.text(_UNPRINTABLE)})"
        problem = f"'unprintable: {column.name} holds a control character'"
    else:
        return ()
    return (Check(untyped, problem),)


def _required_checks(column: Column) -> tuple[Check, ...]:
    is_missing = f"raw_{column.name} is null"
    if column.is_required:
        return (Check(is_missing, f"'missing: {column.name} is required'"),)
    return tuple(
        Check(
            f"{is_missing} and {name} in ({_list(values)})",
            f"'missing: {column.name} is required where {name} is ' || {name}",
        )
        for name, values in column.required_when
    )


def _value_checks(column: Column) -> tuple[Check, ...]:
    """What a typed value must satisfy."""
    name = column.name
    checks = []
    if column.values:
        hint = "one of " + ", ".join(column.values)
        condition = f"{name} not in ({_list(column.values)})"
        checks.append(Check(condition, _said(column, "unknown_value", hint)))
    if column.format in _FORMATS:
        pattern, hint = _FORMATS[column.format]
        condition = f"not regexp_full_match({name}, {sql.text(pattern)})"
        checks.append(Check(condition, _said(column, f"not_a_{column.format}", hint)))
    if column.format == "timezone":
        condition = f"{name} not in (select name from pg_timezone_names())"
        hint = "a name such as Europe/Paris"
        checks.append(Check(condition, _said(column, "unknown_timezone", hint)))
    if column.data_type in ("date", "timestamptz"):
        earliest, latest = (
            f"cast('{bound}' as {column.data_type})"
            for bound in (
                (EARLIEST, LATEST)
                if column.data_type == "date"
                else (f"{EARLIEST} 00:00:00Z", f"{LATEST} 23:59:59.999999Z")
            )
        )
        hint = f"dates run from {EARLIEST} to {LATEST}"
        condition = f"{name} not between {earliest} and {latest}"
        checks.append(Check(condition, _said(column, "out_of_range", hint)))
    if column.minimum is not None:
        hint = f"at least {column.minimum}"
        condition = f"{name} < {column.minimum}"
        checks.append(Check(condition, _said(column, "out_of_range", hint)))
    if column.above is not None:
        hint = f"more than {column.above}"
        condition = f"{name} <= {column.above}"
        checks.append(Check(condition, _said(column, "out_of_range", hint)))
    return tuple(checks)


def _said(column: Column, code: str, hint: str = "") -> str:
    """SQL for `code: column is 'value'`, with what it should be."""
    start = sql.text(f"{code}: {column.name} is '")
    end = sql.text(f"'; {hint}" if hint else "'")
    return f"{start} || left(cast(raw_{column.name} as varchar), {SHOWN_CHARACTERS}) || {end}"


def _list(values: tuple[str, ...]) -> str:
    return ", ".join(sql.text(value) for value in values)
