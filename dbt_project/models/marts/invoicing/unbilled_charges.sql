{# Grain: one row per item_id. #}

with

items as (
    select * from {{ ref('int_items_worth') }}
),

out_of_reach as (
    select * from {{ ref('int_items_out_of_reach') }}
),

lines as (
    select * from {{ source('ledger', 'lines') }}
),

closed_cycles as (
    select * from {{ source('ledger', 'closed_cycles') }}
),

billed as (
    select
        items.item_id,
        sum(lines.net_amount) as billed_amount
    from items
    inner join lines on items.item_id = lines.item_id
    group by items.item_id
),

last_closed as (
    select
        account_id,
        max(bill_date) as last_closed_on
    from closed_cycles
    group by account_id
),

{#
    Up to the end of the open cycle; usage beyond it shows too. An item whose
    bill date is closed counts as billed, at nothing if it had no line. What
    will never be billed is in differences_not_billed.
#}
unbilled as (
    select
        items.account_id,
        items.payer_account_id,
        items.item_id,
        items.subscription_id,
        items.charge_id,
        items.item_kind as line_type,
        items.service_start,
        items.service_end,
        items.bill_date,
        items.quantity,
        items.unit,
        items.event_count,
        items.currency,
        items.net_amount as present_worth,
        cast(coalesce(billed.billed_amount, 0) as decimal(38, 4))
            as billed_amount,
        cast(
            items.net_amount - coalesce(billed.billed_amount, 0)
            as decimal(38, 4)
        ) as unbilled_amount,
        items.rating_error as obstacle
    from items
    left join last_closed
        on items.payer_account_id = last_closed.account_id
    left join billed on items.item_id = billed.item_id
    left join out_of_reach on items.item_id = out_of_reach.item_id
    where
        out_of_reach.item_id is null
        and (
            (
                (
                    last_closed.last_closed_on is null
                    or items.bill_date > last_closed.last_closed_on
                )
                and billed.item_id is null
            )
            or items.net_amount != coalesce(billed.billed_amount, 0)
        )
)

select
    account_id,
    payer_account_id,
    item_id,
    subscription_id,
    charge_id,
    line_type,
    service_start,
    service_end,
    bill_date,
    quantity,
    unit,
    event_count,
    currency,
    present_worth,
    billed_amount,
    unbilled_amount,
    obstacle
from unbilled
