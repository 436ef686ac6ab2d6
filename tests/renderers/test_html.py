"""The HTML page: what it says, what it escapes, and that it stands alone."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from renderers.document import Commitment, Document, Drawdown, Proration
from renderers.html import render_html
from tests.renderers import samples, special_samples

TIMES = "\N{MULTIPLICATION SIGN}"
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"


def xpath(page: str, path: str) -> list[Any]:
    """What a path finds in a page."""
    found = html.document_fromstring(page).xpath(path)
    assert isinstance(found, list)
    return found


def text_of(document: Document) -> str:
    """The visible words, runs of spaces as one."""
    texts = xpath(render_html(document), "//text()[not(parent::style)]")
    return " ".join(" ".join(map(str, texts)).split())


def with_seller(document: Document, **changes: object) -> Document:
    return replace(document, seller=replace(document.seller, **changes))  # type: ignore[arg-type]


def with_header(document: Document, **changes: object) -> Document:
    return replace(document, header=replace(document.header, **changes))  # type: ignore[arg-type]


def test_untrusted_text_never_becomes_markup() -> None:
    page = render_html(samples.hostile_invoice())
    assert xpath(page, "//script | //img | //iframe | //a | //@onerror | //link") == []
    assert len(xpath(page, "//style")) == 1
    text = text_of(samples.hostile_invoice())
    assert "<script>alert('x')</script>" in text
    assert "\"quoted\" & 'single' {{ 7 * 7 }} {% raw %}" in text


def test_control_and_direction_turning_characters_are_left_out() -> None:
    page = render_html(samples.hostile_invoice())
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_names_in_every_script_are_kept() -> None:
    text = text_of(samples.hostile_invoice())
    assert "شركة النور للطاقة 123 (ש.ח. אור)" in text
    assert "株式会社東京電力 서울전력 上海电气" in text
    assert "Café ☕ Crème" in text


def test_the_page_brings_all_it_needs_and_may_fetch_nothing() -> None:
    page = render_html(samples.french_invoice())
    assert re.findall(r"url\((?!data:font/woff2;base64,)", page) == []
    assert not re.search(r"(src|href)\s*=", page)
    assert "default-src 'none'" in page
    assert len(page) < 100_000


def test_an_address_abroad_names_the_country_and_its_own_order() -> None:
    text = text_of(samples.family_invoice())
    assert "Bristol BS1 4XX United Kingdom" in text
    assert "44200 Nantes France" in text
    assert "La Roche-sur-Yon France" not in text_of(samples.french_invoice())


def test_lines_of_a_family_stand_under_their_account() -> None:
    accounts = xpath(render_html(samples.family_invoice()), "//tr[@class='account']/th//text()")
    assert accounts == ["Head office", "Brick Lane Studio", "Warehouse & Returns"] * 4
    assert xpath(render_html(samples.french_invoice()), "//tr[@class='account']") == []


def test_a_service_without_a_name_has_a_heading() -> None:
    nameless = replace(
        samples.french_invoice(),
        sections=(samples.section(None, "1.00", samples.line(1, "Frais", "1.00")),),
    )
    assert "Autres prestations" in text_of(nameless)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("bank_transfer", "par virement au plus tard le 16 novembre 2023"),
        ("sepa_debit", "Nous prélèverons 295,64 € sur votre compte"),
        ("card", "Votre carte enregistrée sera débitée de 295,64 €"),
        ("cheque", "Mode de règlement : cheque."),
    ],
)
def test_how_to_pay_follows_the_method(method: str, expected: str) -> None:
    text = text_of(with_header(samples.french_invoice(), payment_method=method))
    assert expected in text
    assert ("FR76 9999 9000 4400 0012 0458 726" in text) == (method == "bank_transfer")
    assert ("M-2023-10101" in text) == (method == "sepa_debit")


def test_nothing_is_asked_for_when_credit_has_paid_all() -> None:
    invoice = samples.french_invoice()
    paid = replace(
        invoice.totals, prepaid_amount=invoice.totals.total_amount, due_amount=Decimal(0)
    )
    text = text_of(replace(invoice, totals=paid))
    assert "est attendu de votre part." in text
    assert "Déjà réglé par crédit prépayé 295,64 €" in text


def test_each_lot_says_what_it_paid_and_has_left() -> None:
    invoice = samples.french_invoice()
    paid = replace(invoice.totals, prepaid_amount=Decimal(110), due_amount=Decimal("185.64"))
    lots = (
        Drawdown("GIFT", "Carte cadeau", Decimal(10), Decimal(0), date(2024, 1, 1)),
        Drawdown("PACK-1", None, Decimal(100), Decimal("21.28"), date(2024, 1, 1)),
    )
    text = text_of(replace(invoice, totals=paid, drawdowns=lots))
    assert "Carte cadeau · reste 0,00 € 10,00 €" in text
    assert "PACK-1 · reste 21,28 €, à utiliser avant le 1er janvier 2024 100,00 €" in text


def test_a_credit_note_shows_what_goes_back_to_credit_as_positive() -> None:
    note = samples.credit_note()
    back = replace(note.totals, prepaid_amount=Decimal("-65.81"), due_amount=Decimal(0))
    lot = Drawdown("PACK-1", "Pack", Decimal("-65.81"), Decimal("95.81"))
    text = text_of(replace(note, totals=back, drawdowns=(lot,)))
    assert "Rendu au crédit prépayé 65,81 €" in text
    assert "Pack · reste 95,81 € 65,81 €" in text


def test_a_true_up_shows_how_it_came_about() -> None:
    invoice = samples.family_invoice()
    (first, *sections) = invoice.sections
    (account, *accounts) = first.accounts
    commitment = Commitment(Decimal(170), Decimal(120), Decimal(50))
    line = replace(account.lines[0], line_type="true_up", commitment=commitment)
    filled = replace(first, accounts=(replace(account, lines=(line,)), *accounts))
    text = text_of(replace(invoice, sections=(filled, *sections)))
    assert "Committed 170.00, reached 120.00, missing 50.00" in text


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("fr_FR", "TVA en EUR, à 0,92 pour 1 USD 43,72 €"),
        ("en_GB", "VAT in EUR, at 0.92 for 1 USD €43.72"),
    ],
)
def test_tax_in_another_currency_is_shown_in_the_sellers_too(locale: str, expected: str) -> None:
    invoice = samples.french_invoice()
    converted = replace(
        invoice.totals,
        accounting_currency="EUR",
        exchange_rate=samples.fine("0.92"),
        accounting_tax_amount=samples.money("43.72"),
    )
    dollars = with_header(replace(invoice, totals=converted), currency="USD", locale=locale)
    assert expected in text_of(dollars)
    at_several_rates = replace(dollars, totals=replace(converted, exchange_rate=None))
    assert "43,72" in text_of(at_several_rates) or "43.72" in text_of(at_several_rates)
    assert expected[:9] not in text_of(with_header(invoice, locale=locale))


def test_a_french_seller_states_what_the_law_fixes_when_it_says_nothing() -> None:
    silent = with_seller(
        samples.french_invoice(),
        late_penalty_rate=None,
        recovery_fee=None,
        early_payment_terms=None,
        is_vat_on_debits=False,
        terms=None,
    )
    text = text_of(silent)
    assert "Banque centrale européenne majoré de 10 points" in text
    assert "en cas de retard : 40,00 €" in text
    assert "escompte pour paiement anticipé." in text
    assert "les débits" not in text


def test_another_seller_states_only_what_it_says() -> None:
    foreign = with_seller(
        samples.french_invoice(),
        address=replace(samples.SELLER.address, country_code="BE"),
        late_penalty_rate=None,
        recovery_fee=None,
        early_payment_terms=None,
        is_vat_on_debits=False,
        terms=None,
    )
    assert "Mentions légales" not in text_of(foreign)


def test_a_credit_note_asks_for_nothing() -> None:
    text = text_of(samples.credit_note())
    assert "Avoir N° EST-AV-2023-000001" in text
    assert "En votre faveur 65,81 €" in text
    assert "Rectifie EST-2023-000012 du 1er octobre 2023" in text
    assert "ancien montant 100,00, nouveau montant 45,16" in text
    assert "Échéance" not in text
    assert "Pénalités" not in text
    assert "-" + "54,84" not in text


def test_tiers_show_how_an_amount_was_reached() -> None:
    text = text_of(samples.french_invoice())
    assert f"à 1 000 : 1 000 Go {TIMES} 0,09 = 90,00" in text
    assert f"au-delà de 1 000 : 250 Go {TIMES} 0,08 + 4,00 = 24,00" in text


def test_units_that_the_plan_includes_are_named() -> None:
    line = samples.line(
        1,
        "Minutes",
        "2.00",
        quantity=samples.fine("320"),
        unit="min",
        included_units=samples.fine("300"),
    )
    invoice = replace(samples.french_invoice(), sections=(samples.section("Mobile", "2.00", line),))
    assert "300 min compris, sans supplément" in text_of(invoice)


@pytest.mark.parametrize(
    ("proration", "french", "english"),
    [
        (Proration(2, 28), "28 févr. 2021, 2 jours sur 28", "28 Feb 2021, 2 of 28 days"),
        (
            Proration(4, 30, has_calendar_days=False),
            "4 jours sur 30, en mois de 30 jours",
            "4 of 30 days, in months of 30 days",
        ),
        (
            Proration(0, 28, has_calendar_days=False),
            "cette partie de la période n\N{RIGHT SINGLE QUOTATION MARK}est pas facturée",
            "this part of the period is not charged",
        ),
    ],
)
def test_a_part_of_a_period_says_how_its_days_are_counted(
    proration: Proration, french: str, english: str
) -> None:
    line = samples.line(
        1,
        "Poste",
        "13.33",
        service_start=date(2021, 2, 27),
        service_end=date(2021, 3, 1),
        proration=proration,
    )
    document = replace(
        samples.french_invoice(), sections=(samples.section("Mobile", "13.33", line),)
    )
    assert french in text_of(document)
    assert english in text_of(with_header(document, locale="en_GB"))


def test_a_locale_without_words_reads_english_throughout() -> None:
    text = text_of(with_header(samples.reverse_charge(), locale="it_IT"))
    assert "1 November 2023" in text
    assert "€240.00" in text


def test_the_language_is_declared() -> None:
    assert '<html lang="fr">' in render_html(samples.french_invoice())
    assert '<html lang="en">' in render_html(samples.family_invoice())


def test_a_corrected_document_that_is_unknown_is_not_named() -> None:
    note = samples.credit_note()
    section = note.sections[0]
    line = section.accounts[0].lines[0]
    assert line.correction is not None
    unknown = replace(line, correction=replace(line.correction, number=None, issue_date=None))
    text = text_of(replace(note, sections=(samples.section("Logiciels", "-54.84", unknown),)))
    assert "Rectifie" not in text
    assert "nouveau montant 45,16" in text


def test_dates_of_the_document_are_its_own() -> None:
    page = render_html(with_header(samples.french_invoice(), issue_date=date(2024, 2, 29)))
    assert '<meta name="dcterms.created" content="2024-02-29"' in page
    assert "29 février 2024" in page


@pytest.mark.parametrize(
    ("locale", "heading", "sums"),
    [
        (
            "fr_FR",
            "Remises sur l'ensemble Bienvenue Remise",
            "Somme des lignes HT 250,37 € Remises déduites 4,00 € Total HT 246,37 €",
        ),
        (
            "en_GB",
            "Discounts on the whole Bienvenue Discount",
            "Sum of lines excl. VAT €250.37 Discounts taken off €4.00 Total excl. VAT €246.37",
        ),
    ],
)
def test_what_is_taken_off_the_whole_stands_under_the_lines(
    locale: str, heading: str, sums: str
) -> None:
    invoice = samples.french_invoice()
    allowance = replace(samples.line(9, "Bienvenue", "-4.00"), line_type="allowance")
    totals = replace(
        invoice.totals,
        lines_amount=samples.money("250.37"),
        allowance_amount=samples.money("4.00"),
        net_amount=samples.money("246.37"),
    )
    shown = replace(invoice, allowances=(allowance,), totals=totals)
    text = text_of(with_header(shown, locale=locale))
    assert heading in text
    assert sums in text


def test_what_changed_since_the_last_invoice_is_told() -> None:
    text = text_of(special_samples.with_chart())
    assert "Depuis votre facture précédente (services HT) Service 1 nov. 1 déc. Écart" in text
    assert f"Mobile Terminé 55,40 {DASH} {MINUS}55,40" in text
    assert f"Logiciels Nouveau {DASH} 20,00 +20,00" in text
    assert "Électricité 49,60 62,40 +12,80" in text
    assert f"Total TTC 126,00 98,88 {MINUS}27,12 EST-2023-000042 du 1er novembre 2023" in text
    assert "Depuis votre" not in text_of(samples.french_invoice())


def test_an_unchanged_total_is_called_so() -> None:
    plain = special_samples.with_chart()
    assert plain.comparison is not None
    same = replace(plain.comparison, difference_amount=Decimal(0), changes=())
    assert "Total TTC 126,00 98,88 identique" in text_of(replace(plain, comparison=same))


def test_a_carried_balance_says_where_it_comes_from() -> None:
    text = text_of(special_samples.carried_forward())
    assert "solde en votre faveur reporté de la clôture du 1er octobre 2023" in text
    assert "reporté" not in text_of(samples.french_invoice())


def test_each_account_of_a_family_has_its_total() -> None:
    text = text_of(samples.family_invoice())
    assert "By account Account Amount excl. VAT £ Head office 500.00" in text
    assert "By account" not in text_of(samples.reverse_charge())


def test_a_long_invoice_is_summed_up_first() -> None:
    text = text_of(special_samples.annexed_invoice())
    summary, annex = text.split("Annexe : détail des prestations")
    assert "Récapitulatif Service Montant HT € Mobile 48,00" in summary
    assert "Par compte Compte Montant HT € Siège 24,00 Atelier de Brest 24,00" in summary
    assert "À payer 57,60 €" in summary
    assert "Ligne" not in summary
    assert all(f"Ligne {n:02} " in annex for n in range(1, 49))


def test_the_accounts_of_a_large_family_stand_in_the_annex() -> None:
    """A first page has room for ten."""
    plain = special_samples.annexed_invoice()
    many = tuple(replace(plain.account_totals[0], account_name=f"Site {n}") for n in range(11))
    summary, annex = text_of(replace(plain, account_totals=many)).split("Annexe :")
    assert "Site 10" not in summary
    assert "Site 10 24,00" in annex


def test_a_part_of_a_period_shows_how_it_was_calculated() -> None:
    """Two at 24.00 for 15 days of 30 are 24.00."""
    text = text_of(special_samples.german_invoice())
    assert f"So wurde gerechnet 2 {TIMES} 24,00 {TIMES} 15/30 = 24,00" in text


def test_german_is_german_throughout() -> None:
    text = text_of(special_samples.german_invoice())
    assert "Rechnung Nr. EST-2023-000063" in text
    assert "1. November 2023" in text
    assert "Fällig am 16. November 2023" in text
    assert "Frankreich" in text
    assert "Zahlbetrag 24,00 €" in text
