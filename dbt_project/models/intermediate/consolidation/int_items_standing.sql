{# Grain: one row per item_id whose difference is too old to be billed. #}

with

items as (
    select * from {{ ref('int_items_discounted') }}
),

limits as (
    select * from {{ ref('int_correction_limits') }}
),

closes as (
    select * from {{ ref('int_account_closes') }}
),

lines as (
    select * from {{ source('issued', 'lines') }}
),

last_closes as (
    select
        account_id,
        max(bill_date) as last_closed_on
    from closes
    group by account_id
),

limited as (
    select items.*
    from items
    inner join limits
        on
            items.entity_id = limits.entity_id
            and items.payer_account_id = limits.payer_account_id
),

billed as (
    select
        lines.item_id,
        sum(lines.net_amount) as billed_amount,
        max_by(lines.service_end, lines.ledger_position) as service_end
    from lines
    inner join limited on lines.item_id = limited.item_id
    group by lines.item_id
),

worths as (
    select
        limited.item_id,
        limited.entity_id,
        limited.payer_account_id,
        limited.account_id,
        limited.service_start,
        limited.net_amount as present_worth,
        cast(coalesce(billed.billed_amount, 0) as decimal(38, 4))
            as previous_worth,
        greatest(limited.service_end, billed.service_end) as service_end
    from limited
    left join billed on limited.item_id = billed.item_id
),

{#
    What was billed stands, so what hangs on it, a commitment or an allowance
    on the invoice, counts that. Worked: 100.00 billed for January, 150.00 by
    now and out of reach, is 100.00 of a commitment, and 10 % off the invoice
    are 10.00.
#}
standing as (
    select
        worths.item_id,
        worths.previous_worth as standing_amount
    from worths
    inner join limits
        on
            worths.entity_id = limits.entity_id
            and worths.payer_account_id = limits.payer_account_id
    inner join last_closes
        on worths.account_id = last_closes.account_id
    where {{ is_beyond_correction('worths', 'limits', 'last_closes') }}
)

select * from standing
