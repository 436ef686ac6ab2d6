"""The one place where signs are turned."""

from decimal import Decimal

from renderers.document import as_shown
from tests.renderers import samples


def test_an_invoice_is_shown_as_it_stands() -> None:
    invoice = samples.french_invoice()
    assert as_shown(invoice) is invoice


def test_a_credit_note_is_shown_positive() -> None:
    shown = as_shown(samples.credit_note())
    (section,) = shown.sections
    (account,) = section.accounts
    (line,) = account.lines
    (tax,) = shown.taxes
    assert section.net_amount == account.net_amount == line.net_amount == Decimal("54.84")
    assert line.quantity == 1
    assert (tax.taxable_amount, tax.tax_amount) == (Decimal("54.84"), Decimal("10.97"))
    assert (shown.totals.total_amount, shown.totals.due_amount) == (Decimal("65.81"),) * 2


def test_prices_and_worths_describe_the_item_and_keep_their_sign() -> None:
    (line,) = as_shown(samples.credit_note()).sections[0].accounts[0].lines
    assert line.unit_price == Decimal("54.84")
    assert line.correction is not None
    assert line.correction.previous_worth == Decimal(100)
    assert line.correction.present_worth == Decimal("45.16")


def test_nothing_becomes_minus_nothing() -> None:
    totals = as_shown(samples.credit_note()).totals
    assert str(totals.prepaid_amount) == "0.0000"
