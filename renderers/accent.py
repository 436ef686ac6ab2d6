"""The accent colour: one that white text and light tints can be read against (WCAG 2, 1.4.3)."""

import re

DEFAULT_ACCENT = "#0d5c75"
LEAST_CONTRAST = 4.5
_TINT = 0.07
_DARKER = 0.96
_HEX = re.compile(r"#[0-9a-f]{6}")


class AccentError(ValueError):
    """Not a colour that can be used; the message says why."""


def readable(colour: str) -> str:
    """The colour, darkened until it can be read on white and on its own tint.

    Takes #rrggbb; raises AccentError for anything else.
    """
    wanted = colour.strip().lower()
    if not _HEX.fullmatch(wanted):
        raise AccentError(f"{colour[:40]!r} is not of the form #rrggbb")
    channels = _channels(wanted)
    while contrast(_hex(channels), tint(_hex(channels))) < LEAST_CONTRAST:
        channels = tuple(int(channel * _DARKER) for channel in channels)
    return _hex(channels)


def tint(colour: str) -> str:
    """The light ground that goes with a colour: little of it, and white."""
    return _hex(tuple(round(255 - (255 - channel) * _TINT) for channel in _channels(colour)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _hex(channels: tuple[int, ...]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
