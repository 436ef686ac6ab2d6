"""The words of a document, one catalogue per language: a TOML file beside this one.

A further language is one more file with the same keys.
"""

import tomllib
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

_FOLDER = Path(__file__).parent
_FALLBACK_LANGUAGE = "en"
_FALLBACK_LOCALE = Locale("en", "GB")


class Catalogue:
    """The words of one language."""

    def __init__(self, language: str, texts: dict[str, str]) -> None:
        self.language = language
        self._texts = texts
        self._plural_form = Locale(language).plural_form

    def changed(self, texts: dict[str, str]) -> "Catalogue":
        """The catalogue with other texts for some of its keys."""
        return Catalogue(self.language, self._texts | texts) if texts else self

    @property
    def keys(self) -> frozenset[str]:
        """Every key it has words for."""
        return frozenset(self._texts)

    def raw(self, key: str) -> str:
        """The words of `key` before values are put in; KeyError without any."""
        return self._texts[key]

    def text(self, key: str, **values: object) -> str:
        """The words of `key`, with values in their places; KeyError without any."""
        return self.raw(key).format(**values)

    def plural(self, key: str, count: int, **values: object) -> str:
        """The form of `key` that goes with `count`, which the words may show."""
        form = f"{key}.{self._plural_form(count)}"
        known = form if form in self._texts else f"{key}.other"
        return self.text(known, count=count, **values)

    def one_of(self, group: str, name: str, **values: object) -> str:
        """The words of a name from outside, or of the group's `other`."""
        key = f"{group}.{name}"
        return self.text(key if key in self._texts else f"{group}.other", **values)


@cache
def languages() -> frozenset[str]:
    """The languages that have a catalogue."""
    return frozenset(path.stem for path in _FOLDER.glob("*.toml"))


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; FileNotFoundError where there is none."""
    sections = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    texts = {
        f"{section}.{name}": text
        for section, names in sections.items()
        for name, text in names.items()
    }
    return Catalogue(language, texts)


@cache
def locale_of(text: str) -> Locale:
    """The locale in which a document for `text` (fr_FR, en-GB, ...) is written.

    A language without a catalogue falls back to English, numbers and dates
    included, so that a document is never in two languages; an unknown territory
    falls back to its language.
    """
    wanted = text.strip().replace("-", "_").split(".")[0]
    language = wanted.split("_")[0].lower()
    if language not in languages():
        return _FALLBACK_LOCALE
    try:
        return Locale.parse(wanted)
    except (UnknownLocaleError, ValueError):
        return _FALLBACK_LOCALE if language == _FALLBACK_LANGUAGE else Locale(language)
