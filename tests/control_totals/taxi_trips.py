"""3,250 taxi trips, each component of a fare a one-time charge of the fleet that drove.

The congestion surcharge of vendor 1's yellow cabs is inside their extra.
"""

from pathlib import Path

from tests.control_totals.world import World, seller, tax_rate

TRIPS = str(Path(__file__).parent / "data" / "taxi_trips.csv.gz")
COMPONENTS = (
    "fare_amount",
    "extra",
    "mta_tax",
    "tip_amount",
    "tolls_amount",
    "improvement_surcharge",
    "congestion_surcharge",
)


def land(world: World) -> None:
    """Leaves every table of the data set."""
    world.land("billing_entities", seller("taxi", "USD", "US"))
    world.land("tax_rates", tax_rate("US", "0"))
    world.land_query(
        "accounts",
        """
        select distinct 'vendor ' || vendor_id || ' ' || color as account_id,
            'taxi' as entity_id, color as name, 'US' as country_code,
            date '2019-03-01' as billing_anchor
        from read_csv($trips, all_varchar = true)
        """,
        trips=TRIPS,
    )
    world.land_query(
        "one_time_charges",
        f"""
        select 'trip ' || trip_id || ' ' || component as item_id,
            'vendor ' || vendor_id || ' ' || color as account_id, picked_up_on as occurred_on,
            component as description, amount
        from (unpivot read_csv($trips, all_varchar = true)
            on {", ".join(COMPONENTS)} into name component value amount)
        where component != 'congestion_surcharge' or vendor_id != '1' or color != 'yellow'
        """,
        trips=TRIPS,
    )
