"""Quoting: the only way by which text from outside may enter a statement."""


def text(value: str) -> str:
    """The value as a SQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """The name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


WHITE_SPACE = "' \t\r\n\u00a0'"
"""A text literal of what `trim` takes off a value."""
