"""Catalogues say the same things, and every locale finds one."""

import re

import pytest

from renderers.wording import catalogue, languages, locale_of

FIELD = re.compile(r"{(\w*)}")


def test_french_english_and_german_have_a_catalogue() -> None:
    assert {"fr", "en", "de"} <= languages()


@pytest.mark.parametrize("language", sorted(languages() - {"en"}))
def test_a_catalogue_has_the_keys_of_the_english_one(language: str) -> None:
    assert catalogue(language).keys == catalogue("en").keys


@pytest.mark.parametrize("language", sorted(languages() - {"en"}))
def test_a_text_names_no_value_that_the_english_one_does_not_get(language: str) -> None:
    english = catalogue("en")
    for key in sorted(english.keys):
        given = set(FIELD.findall(english.raw(key)))
        assert set(FIELD.findall(catalogue(language).raw(key))) <= given, key


@pytest.mark.parametrize(
    ("asked", "language", "written"),
    [
        ("fr_FR", "fr", "fr_FR"),
        ("fr-BE", "fr", "fr_BE"),
        ("fr_XX", "fr", "fr"),
        ("fr_FR.UTF-8", "fr", "fr_FR"),
        ("FR", "fr", "fr"),
        ("en_US", "en", "en_US"),
        ("en_XX", "en", "en_GB"),
        ("de_DE", "de", "de_DE"),
        ("it_IT", "en", "en_GB"),
        ("../../etc", "en", "en_GB"),
        ("", "en", "en_GB"),
    ],
)
def test_a_locale_falls_back_to_its_language_then_to_english(
    asked: str, language: str, written: str
) -> None:
    locale = locale_of(asked)
    assert (locale.language, str(locale)) == (language, written)


def test_a_plural_follows_the_language() -> None:
    french, english = catalogue("fr"), catalogue("en")
    assert french.plural("proration", 1, whole=31) == "1 jour sur 31"
    assert french.plural("proration", 22, whole=31) == "22 jours sur 31"
    assert english.plural("proration", 22, whole=31) == "22 of 31 days"
    assert french.plural("proration_30_360", 1, whole=30) == "1 jour sur 30, en mois de 30 jours"


def test_a_name_from_outside_takes_the_other_words() -> None:
    words = catalogue("en")
    assert words.one_of("tax_category", "AE", rate="0%", category="AE") == "Reverse charge"
    assert words.one_of("tax_category", "L", rate="7%", category="L") == "L 7%"
