"""Quoting: the only way by which text from outside may enter a statement."""


def text(value: str) -> str:
    """The value as a SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


WHITE_SPACE = "' \t\r\n'"
"""A text literal of what `trimmed` takes off a value."""


def trimmed(value: str) -> str:
    """SQL for the text without white space around it; null where nothing is left.

    `trim` takes as long as all else together, so it is left to the values that need it: those
    that sort before the first visible character, empty ones among them, or end in a blank.
    """
    endings = " or ".join(f"suffix({value}, chr({code}))" for code in (32, 9, 10, 13))
    return (
        f"case when {value} < '!' or {endings} "
        f"then nullif(trim({value}, {WHITE_SPACE}), '') else {value} end"
    )
