"""The reference's whole bills answer what the rules say, each number worked by hand."""

from datetime import date
from decimal import Decimal

from .books import Books
from .credit import Drawdown
from .documents import Document
from .stories import Story
from .test_books import hundred_a_month

FIRST, SECOND, THIRD = date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1)


def bills(story: Story, *dates: date) -> Books:
    """The books after closing these dates."""
    books = Books()
    for on in dates or (FIRST,):
        books.close(story.rows, on)
    return books


def amounts(document: Document) -> list[str]:
    """What each line comes to, the greatest first."""
    return [str(each) for each in sorted(line.net_amount for line in document.lines)[::-1]]


def prepaid(story: Story, amount: str, **row: str) -> Story:
    """A lot of the payer's."""
    count = len(story.rows.get("prepaid_credits", []))
    lot = {"credit_id": f"lot{count}", "account_id": "payer", "currency": "EUR"}
    return story.add(
        "prepaid_credits", **{**lot, "amount": amount, "granted_on": "2024-01-01", **row}
    )


def allow(story: Story, kind: str, value: str, **row: str) -> Story:
    """An allowance on the payer."""
    count = len(story.rows.get("allowances", []))
    key = {"allowance_id": f"x{count}", "account_id": "payer"}
    return story.add("allowances", **{**key, "kind": kind, "value": value, **row})


def once(story: Story, day: str, amount: str) -> Story:
    """A one-time charge."""
    count = len(story.rows.get("one_time_charges", []))
    return story.add(
        "one_time_charges",
        item_id=f"once{count}",
        account_id="payer",
        occurred_on=day,
        description="Once",
        amount=amount,
    )


def drawn(*drawdowns: Drawdown) -> list[tuple[str, str, str]]:
    """Lot, amount and what is left of it."""
    return [(each.credit_id, str(each.amount), str(each.balance)) for each in drawdowns]


def test_ten_percent_twice_are_nineteen() -> None:
    story = allow(allow(hundred_a_month(), "percent", "10"), "percent", "10")
    (invoice,) = bills(story).documents
    assert amounts(invoice) == ["100.00", "-9.00", "-10.00"]


def test_percentages_come_before_amounts_and_nothing_falls_below_zero() -> None:
    story = allow(allow(hundred_a_month(), "amount", "95"), "percent", "10")
    (invoice,) = bills(story).documents
    assert amounts(invoice) == ["100.00", "-10.00", "-90.00"]


def test_a_minimum_binds_after_line_allowances() -> None:
    story = allow(hundred_a_month(), "percent", "50")
    story.rows["charges"] = [{**story.rows["charges"][0], "minimum_amount": "80"}]
    (invoice,) = bills(story).documents
    assert amounts(invoice) == ["100.00", "-20.00"]


def test_an_amount_off_a_line_is_prorated_like_it() -> None:
    story = allow(hundred_a_month(), "amount", "10")
    # 17 of 31 days: 54.84, and 5.48 off.
    story.rows["subscriptions"] = [{**story.rows["subscriptions"][0], "starts_on": "2024-01-15"}]
    (invoice,) = bills(story).documents
    assert amounts(invoice) == ["54.84", "-5.48"]


def test_what_is_off_an_invoice_is_never_more_and_grows_with_it() -> None:
    story = allow(Story(country_code="FR"), "amount", "50", level="invoice")
    story.rows["billing_entities"] = hundred_a_month().rows["billing_entities"]
    story.add("tax_rates", tax_code="standard", country_code="FR", rate="20")
    books = bills(once(story, "2024-01-15", "30"))
    assert not any(document.net_amount for document in books.documents)
    once(story, "2024-01-20", "40")
    books.close(story.rows, SECOND)
    late = books.documents[-1]
    assert amounts(late) == ["40.00", "-20.00"]
    assert (str(late.net_amount), str(late.allowance_amount)) == ("20.00", "20.00")


def test_an_invoice_allowance_is_spread_over_rates_of_tax() -> None:
    story = allow(hundred_a_month(), "amount", "10", level="invoice")
    story.add("tax_rates", tax_code="books", country_code="FR", rate="5.5")
    once(story, "2024-01-15", "50")
    story.rows["one_time_charges"] = [{**story.rows["one_time_charges"][0], "tax_code": "books"}]
    (invoice,) = bills(story).documents
    assert amounts(invoice) == ["100.00", "50.00", "-3.33", "-6.67"]
    # 93.33 at 20 % and 46.67 at 5.5 %.
    assert str(invoice.tax_amount) == str(Decimal("18.67") + Decimal("2.57"))


def test_a_use_is_a_bill_date_and_the_earliest_come_first() -> None:
    story = allow(hundred_a_month(), "percent", "50", max_uses="1")
    first, second = bills(story, FIRST, SECOND).documents
    assert amounts(first) == ["100.00", "-50.00"]
    assert amounts(second) == ["100.00"]


def test_a_bundle_holds_while_all_of_its_plans_are_active() -> None:
    story = allow(hundred_a_month(), "percent", "10", required_plans="plan,books")
    story.add("plans", plan_id="books")
    story.subscribe("2024-02-01", subscription_id="b", plan_id="books")
    first, second = bills(story, FIRST, SECOND).documents
    assert (amounts(first), amounts(second)) == (["100.00"], ["100.00", "-10.00"])


def test_a_commitment_is_prorated_and_given_back_by_late_usage() -> None:
    story = Story(country_code="FR")
    story.rows["billing_entities"] = hundred_a_month().rows["billing_entities"]
    story.add("tax_rates", tax_code="standard", country_code="FR", rate="20")
    story.add("plans", plan_id="plan").subscribe("2024-01-15")
    story.usage("per_unit", {"unit_price": "1"}).event("2024-01-20", "120")
    story.add(
        "commitments",
        commitment_id="k",
        account_id="payer",
        amount="310",
        currency="EUR",
        period="month",
        ends_on="2024-02-01",
    )
    # 17 of 31 days of 310.00 are 170.00.
    books = bills(story)
    assert amounts(books.documents[0]) == ["120.00", "50.00"]
    story.event("2024-01-21", "30")
    books.close(story.rows, SECOND)
    assert amounts(books.documents[1]) == ["30.00", "-30.00"]


def test_lots_are_drawn_in_order_and_across_invoices() -> None:
    story = prepaid(prepaid(hundred_a_month(), "150"), "20", expires_on="2024-03-01")
    prepaid(story, "7", priority="-1")
    books = bills(story, FIRST, SECOND)
    assert drawn(*books.credit.drawdowns) == [
        ("lot2", "7.00", "0.00"),
        ("lot1", "20.00", "0.00"),
        ("lot0", "93.00", "57.00"),
        ("lot0", "57.00", "0.00"),
    ]
    second = books.documents[1]
    assert str(second.total_amount - books.credit.prepaid_amount(second)) == "63.00"


def test_a_credit_note_gives_back_to_the_lot_what_was_drawn() -> None:
    story = prepaid(hundred_a_month(), "120")
    books = bills(story)
    story.change("2024-01-15", "cancel")
    books.close(story.rows, SECOND)
    note = books.documents[1]
    assert str(note.total_amount) == "-65.81"
    assert books.credit.prepaid_amount(note) == note.total_amount
    assert drawn(books.credit.drawdowns[1]) == [("lot0", "-65.81", "65.81")]


def test_what_is_left_of_a_lot_expires() -> None:
    story = prepaid(hundred_a_month(), "150", expires_on="2024-02-20")
    books = bills(story, FIRST, SECOND)
    assert drawn(*books.credit.drawdowns) == [("lot0", "120.00", "30.00")]
    lots = dict(books.credit.lots)
    days = (date(2023, 12, 31), date(2024, 1, 31), FIRST, date(2024, 2, 19), date(2024, 2, 20))
    assert [str(books.credit.balance(lots, "lot0", day)) for day in days] == [
        "0",
        "150.00",
        "30.00",
        "30.00",
        "0",
    ]


def test_a_correction_is_converted_at_the_rate_of_what_it_corrects() -> None:
    story = hundred_a_month()
    story.rows["accounts"] = [{**story.rows["accounts"][0], "currency": "USD"}]
    story.add("prices", charge_id="fee", currency="USD", flat_price="110")
    for day, rate in (("", "0.92"), ("2024-02-20", "0.95")):
        story.add("exchange_rates", currency="USD", base_currency="EUR", valid_from=day, rate=rate)
    books = bills(story)
    story.change("2024-01-01", "cancel")
    books.close(story.rows, SECOND)
    stated = [str(document.accounting_tax_amount) for document in books.documents]
    assert stated == ["20.24", "-20.24"]


def test_without_a_rate_by_the_date_of_issue_the_family_is_held() -> None:
    story = hundred_a_month()
    story.rows["accounts"] = [{**story.rows["accounts"][0], "currency": "USD"}]
    story.add("prices", charge_id="fee", currency="USD", flat_price="110")
    story.add(
        "exchange_rates", currency="USD", base_currency="EUR", valid_from="2024-02-02", rate="1"
    )
    books = Books()
    assert books.close(story.rows, FIRST).held == {"payer"}
    assert books.close(story.rows, SECOND).closed == {"payer"}


def test_what_a_horizon_keeps_from_correction_counts_as_it_was_billed() -> None:
    story = hundred_a_month(correction_horizon="month")
    allow(story, "percent", "10", level="invoice")
    # January and February, and 10 % off the two together on 1 February.
    story.rows["charges"] = [{**story.rows["charges"][0], "timing": "advance"}]
    once(story, "2024-01-10", "50")
    books = bills(story, FIRST, SECOND)
    assert [str(document.net_amount) for document in books.documents] == ["225.00", "90.00"]
    # 20.00 more of 10 January are too old, so nothing is off them either.
    story.add("one_time_charges", **{**story.rows["one_time_charges"][0], "item_id": "late"})
    books.close(story.rows, THIRD)
    assert str(books.documents[-1].net_amount) == "90.00"
