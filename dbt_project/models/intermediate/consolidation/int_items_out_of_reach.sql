{# Grain: one row per item_id whose difference is too old to be billed. #}

with

items as (
    select * from {{ ref('int_items_worth') }}
),

billed_items as (
    select * from {{ ref('int_items_billed') }}
),

limits as (
    select * from {{ ref('int_correction_limits') }}
),

closes as (
    select * from {{ ref('int_account_closes') }}
),

last_closes as (
    select
        account_id,
        max(bill_date) as last_closed_on
    from closes
    group by account_id
),

{# An item reaches as far as it was billed, or would be now. #}
worths as (
    select
        items.item_id,
        items.payer_account_id,
        items.entity_id,
        items.account_id,
        items.subscription_id,
        items.charge_id,
        items.group_value,
        items.service_start,
        items.currency,
        items.net_amount as present_worth,
        greatest(items.service_end, billed_items.service_end)
            as service_end,
        coalesce(billed_items.billed_amount, 0) as previous_worth
    from items
    left join billed_items on items.item_id = billed_items.item_id

    union all

    select
        billed_items.item_id,
        billed_items.payer_account_id,
        billed_items.entity_id,
        billed_items.account_id,
        billed_items.subscription_id,
        billed_items.charge_id,
        billed_items.group_value,
        billed_items.service_start,
        billed_items.currency,
        cast(0 as decimal(38, 4)) as present_worth,
        billed_items.service_end,
        billed_items.billed_amount as previous_worth
    from billed_items
    left join items on billed_items.item_id = items.item_id
    where items.item_id is null and not billed_items.is_settled
),

out_of_reach as (
    select
        worths.item_id,
        worths.payer_account_id,
        worths.entity_id,
        worths.account_id,
        worths.subscription_id,
        worths.charge_id,
        worths.group_value,
        worths.service_start,
        worths.service_end,
        limits.corrected_from,
        worths.currency,
        worths.previous_worth,
        worths.present_worth,
        cast(worths.present_worth - worths.previous_worth as decimal(38, 4))
            as difference
    from worths
    inner join limits
        on
            worths.entity_id = limits.entity_id
            and worths.payer_account_id = limits.payer_account_id
    inner join last_closes
        on worths.account_id = last_closes.account_id
    where {{ is_beyond_correction('worths', 'limits', 'last_closes') }}
)

select * from out_of_reach
