"""The reference's ledger answers what the rules say of documents, each number worked by hand."""

from datetime import date

from .books import Books
from .documents import Document
from .stories import Story

FIRST, SECOND, THIRD = date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1)


def hundred_a_month(**entity: str) -> Story:
    """100.00 a month in arrears from 1 January, taxed at 20 %."""
    story = Story(country_code="FR")
    story.rows["billing_entities"] = [
        {
            "entity_id": "seller",
            "currency": "EUR",
            "timezone": "UTC",
            "country_code": "FR",
            **entity,
        }
    ]
    story.add("tax_rates", tax_code="standard", country_code="FR", rate="20")
    story.add("plans", plan_id="plan")
    story.charge("flat", {"flat_price": "100"}, timing="arrears")
    return story.subscribe("2024-01-01")


def said(document: Document) -> tuple[str, str, str]:
    """Number, net and tax."""
    return document.number, str(document.net_amount), str(document.tax_amount)


def test_a_cancellation_in_the_past_is_a_credit_note_of_the_difference() -> None:
    story, books = hundred_a_month(), Books()
    books.close(story.rows, FIRST)
    story.change("2024-01-15", "cancel")
    books.close(story.rows, SECOND)
    invoice, credit = books.documents
    assert said(invoice) == ("INV-2024-000001", "100.00", "20.00")
    assert said(credit) == ("CN-2024-000001", "-54.84", "-10.97")
    (line,) = credit.lines
    assert (line.line_type, line.corrects) == ("adjustment", "INV-2024-000001")
    assert (str(line.previous_worth), str(line.present_worth)) == ("100.00", "45.16")
    assert line.quantity == -1


def test_what_is_carried_forward_joins_the_next_invoice() -> None:
    story, books = hundred_a_month(negative_invoice="carry_forward"), Books()
    books.close(story.rows, FIRST)
    # No service in February, and a half of January given back: 45.16 - 100.00.
    story.change("2024-01-15", "pause")
    books.close(story.rows, SECOND)
    assert len(books.documents) == 1
    story.add(
        "one_time_charges",
        item_id="visit",
        account_id="payer",
        occurred_on="2024-03-05",
        description="Visit",
        amount="80",
    )
    books.close(story.rows, THIRD)
    assert said(books.documents[1]) == ("INV-2024-000002", "25.16", "5.03")


def test_a_carried_credit_is_paid_out_when_the_family_has_left() -> None:
    story, books = hundred_a_month(negative_invoice="carry_forward"), Books()
    books.close(story.rows, FIRST)
    story.change("2024-01-15", "cancel")
    books.close(story.rows, SECOND)
    assert books.documents[1].document_type == "credit_note"


def test_a_date_closed_again_issues_nothing_and_an_earlier_one_neither() -> None:
    story, books = hundred_a_month(), Books()
    for on in (SECOND, SECOND, FIRST):
        books.close(story.rows, on)
    (invoice,) = books.documents
    assert said(invoice) == ("INV-2024-000001", "200.00", "40.00")
    assert (invoice.bill_date, invoice.period_start) == (SECOND, date(2024, 1, 1))


def test_an_error_holds_the_family_until_it_is_mended() -> None:
    story, books = hundred_a_month(), Books()
    story.account("child", payer_account_id="payer", currency="USD")
    story.subscribe("2024-01-01", subscription_id="c", account_id="child")
    assert books.close(story.rows, FIRST).held == {"payer"}
    assert not books.documents
    story.add("prices", charge_id="fee", currency="USD", flat_price="50")
    assert books.close(story.rows, FIRST).closed == {"payer"}
    assert [document.group.currency for document in books.documents] == ["EUR", "USD"]


def test_days_of_grace_date_the_document_and_terms_its_payment() -> None:
    story, books = hundred_a_month(grace_days="3"), Books()
    books.close(story.rows, FIRST)
    (invoice,) = books.documents
    assert (invoice.issue_date, invoice.due_date) == (date(2024, 2, 4), date(2024, 3, 5))


def test_what_is_not_due_any_more_is_credited_and_billed_when_it_is() -> None:
    story, books = hundred_a_month(), Books()
    story.rows["charges"][0] = {
        **story.rows["charges"][0],
        "period": "quarter",
        "timing": "advance",
    }
    books.close(story.rows, FIRST)
    story.add("charges", **{**story.rows["charges"][0], "timing": "arrears"})
    books.close(story.rows, SECOND)
    books.close(story.rows, THIRD)
    assert [str(document.net_amount) for document in books.documents] == [
        "100.00",
        "-100.00",
        "100.00",
    ]


def test_the_payers_country_decides_the_tax() -> None:
    for terms, category, tax in (
        ({"country_code": "MC"}, "S", "20.00"),
        ({"country_code": "DE"}, "S", "19.00"),
        ({"country_code": "DE", "vat_id": "DE1"}, "AE", "0.00"),
        ({"country_code": "CH", "vat_id": "CH1"}, "O", "0.00"),
        ({"country_code": "FR", "is_tax_exempt": "true"}, "E", "0.00"),
    ):
        story, books = hundred_a_month(), Books()
        story.add("tax_rates", tax_code="standard", country_code="DE", rate="19")
        story.rows["accounts"][0] = {**story.rows["accounts"][0], **terms}
        books.close(story.rows, FIRST)
        (invoice,) = books.documents
        assert invoice.lines[0].tax.category == category
        assert str(invoice.tax_amount) == tax
