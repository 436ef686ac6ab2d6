"""A seller that wants to look first: what is flagged is held, until a person accepts it."""

import re
from decimal import Decimal

import duckdb
import pytest

from orchestration.cli import main
from orchestration.home import Home
from tests.orchestration.company import FIRST_BILL_DATE, SECOND_BILL_DATE, land_company, leave

pytestmark = pytest.mark.slow


def test_a_reading_far_above_the_others_is_held_until_it_is_accepted(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thirty days of 2 kWh and one of 2,000, at 0.10: 206.00, and a fee of 100.00."""
    land_company(home)
    _land_energy(home)
    assert main(["close", FIRST_BILL_DATE]) == 0

    assert main(["close", SECOND_BILL_DATE]) == 3
    words = capsys.readouterr().out
    assert "Unlike the customer's own history (marts.anomalies): 1 reading_high." in words
    assert "What documents lack (marts.document_gaps): 2 without accounts.city" in words
    held = re.search(
        r"A-1 on 2024-02-01: meter energy of subscription S-1: a reading of 2000 on 2024-01-17;"
        r" the greatest of a day is usually 2, on nine days in ten at most 2"
        r" \(mend the usage, or accept (\w+) in anomaly_reviews\)",
        words,
    )
    assert held is not None, words

    leave(
        home.landing / "anomaly_reviews.csv",
        f"""
        anomaly_id,reviewed_by,note
        {held.group(1)},Claire,The kiln was fired
        """,
    )
    assert main(["close", SECOND_BILL_DATE]) == 0
    with duckdb.connect(str(home.marts), read_only=True) as con:
        flagged = con.execute(
            "select observed, usual, compared_count, is_accepted, is_held from marts.anomalies"
        ).fetchall()
        billed = con.execute(
            "select net_amount from marts.invoices"
            " where account_id = 'A-1' and bill_date = '2024-02-01'"
        ).fetchall()
    assert flagged == [(Decimal(2000), Decimal(2), 31, True, False)]
    assert billed == [(Decimal(306),)]


def _land_energy(home: Home) -> None:
    leave(
        home.landing / "billing_entities.csv",
        """
        entity_id,name,country_code,currency,timezone,invoice_prefix,credit_note_prefix,anomaly_policy
        E-1,Estuaire,FR,EUR,Europe/Paris,F,A,hold
        """,
    )
    leave(
        home.landing / "meters.csv",
        """
        meter_id,name,aggregation
        energy,Energy,sum
        """,
    )
    leave(
        home.landing / "charges" / "energy.csv",
        """
        charge_id,plan_id,name,kind,model,meter_id
        C-2,P-1,Energy,usage,per_unit,energy
        """,
    )
    leave(
        home.landing / "prices" / "energy.csv",
        """
        charge_id,currency,unit_price
        C-2,EUR,0.10
        """,
    )
    readings = (
        f"{day},S-1,energy,2024-01-{day:02}T12:00:00Z,{2000 if day == 17 else 2}"
        for day in range(1, 32)
    )
    leave(
        home.landing / "usage_events.csv",
        "\n".join(["event_id,subscription_id,meter_id,occurred_at,quantity", *readings]),
    )
