"""How a seller's documents differ from ours: accent, logo, words and templates, from its folder.

A theme is plain data, so that what made a document can be kept and compared. What cannot be
used is left out and named in `problems`; the document is made all the same.
"""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from renderers.accent import DEFAULT_ACCENT, AccentError, readable
from renderers.logo import Logo, LogoError, sanitised
from renderers.wording import catalogue, languages

_SETTINGS = frozenset({"accent", "wording"})
_TEMPLATE_BYTES = 200_000
_FIELD = re.compile(r"{(\w+)}")

Words = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Theme:
    """A seller's look: `accent` as #rrggbb, `wording` as (language, key, text).

    `templates` are name and text of each that stands before ours of that name.
    """

    accent: str = DEFAULT_ACCENT
    logo: Logo | None = None
    wording: Words = ()
    templates: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of all that shows on a document."""
        shown = [
            self.accent,
            self.logo and (self.logo.view_box, self.logo.markup),
            self.wording,
            self.templates,
        ]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()

    def words(self, language: str) -> dict[str, str]:
        """Its own words in a language, by key."""
        return {key: text for named, key, text in self.wording if named == language}


PLAIN = Theme()


def load_theme(folder: Path | None) -> Theme:
    """The theme of a seller's folder: theme.toml, logo.svg, templates/*.html, each optional.

    Without a folder, or with nothing in it, the plain one. Links are not followed.
    """
    if folder is None or not folder.is_dir() or folder.is_symlink():
        return PLAIN
    templates = folder / "templates"
    texts = tuple(
        (path.name, path.read_bytes())
        for path in (sorted(templates.glob("*.html")) if not templates.is_symlink() else ())
        if path.is_file() and not path.is_symlink()
    )
    return _theme(_content(folder / "theme.toml"), _content(folder / "logo.svg"), texts)


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


@lru_cache(maxsize=64)
def _theme(
    settings: bytes | None, logo: bytes | None, templates: tuple[tuple[str, bytes], ...]
) -> Theme:
    problems: list[str] = []
    read = _settings(settings, problems)
    return Theme(
        accent=_accent(read, problems),
        logo=_logo(logo, problems),
        wording=_wording(read.get("wording", {}), problems),
        templates=_templates(templates, problems),
        problems=tuple(problems),
    )


def _settings(text: bytes | None, problems: list[str]) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        read = tomllib.loads(text.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"theme.toml is not used: {error}")
        return {}
    problems += [f"theme.toml: no such setting: {name}" for name in sorted(read.keys() - _SETTINGS)]
    return read


def _accent(settings: dict[str, Any], problems: list[str]) -> str:
    wanted = settings.get("accent", DEFAULT_ACCENT)
    try:
        accent = readable(str(wanted))
    except AccentError as error:
        problems.append(f"theme.toml: accent is not used: {error}")
        return DEFAULT_ACCENT
    if accent != str(wanted).lower():
        problems.append(f"theme.toml: accent {wanted} is darkened to {accent} to be readable")
    return accent


def _logo(content: bytes | None, problems: list[str]) -> Logo | None:
    if content is None:
        return None
    try:
        return sanitised(content)
    except LogoError as error:
        problems.append(f"logo.svg is not used: {error}")
        return None


def _wording(asked: object, problems: list[str]) -> Words:
    """The texts of known languages and keys that name no value but those of our own text."""
    found: list[tuple[str, str, str]] = []
    for language, sections in sorted(asked.items() if isinstance(asked, dict) else ()):
        if language not in languages() or not isinstance(sections, dict):
            problems.append(f"theme.toml: no such language: {language}")
            continue
        ours = catalogue(language)
        for section, names in sorted(sections.items()):
            for name, text in sorted(names.items() if isinstance(names, dict) else ()):
                key = f"{section}.{name}"
                if key not in ours.keys:
                    problems.append(f"theme.toml: no such wording: {language}.{key}")
                elif not isinstance(text, str) or not _names_only(text, ours.raw(key)):
                    problems.append(f"theme.toml: {language}.{key} names a value it does not get")
                else:
                    found.append((language, key, text))
    return tuple(found)


def _names_only(text: str, ours: str) -> bool:
    """Whether braces hold only names that our own text has, and nothing else."""
    rest = _FIELD.sub("", text)
    return set(_FIELD.findall(text)) <= set(_FIELD.findall(ours)) and not set("{}") & set(rest)


def _templates(
    contents: tuple[tuple[str, bytes], ...], problems: list[str]
) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for name, content in contents:
        if len(content) > _TEMPLATE_BYTES:
            problems.append(f"templates/{name} is not used: larger than {_TEMPLATE_BYTES} bytes")
            continue
        try:
            found.append((name, content.decode("utf-8")))
        except UnicodeDecodeError as error:
            problems.append(f"templates/{name} is not used: {error}")
    return tuple(found)
