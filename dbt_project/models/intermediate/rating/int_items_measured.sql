{# Grain: one row per item_id. #}

with

recurring_windows as (
    select * from {{ ref('int_recurring_windows') }}
),

usage_quantities as (
    select * from {{ ref('int_usage_quantities') }}
),

one_time_windows as (
    select * from {{ ref('int_one_time_windows') }}
),

unified as (
    select
        'recurring' as item_kind,
        '' as one_time_item_id,
        subscription_id,
        charge_id,
        '' as group_value,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        period_start,
        period_end,
        cast(null as varchar) as rating_fit,
        cast(null as date) as rating_start,
        cast(null as date) as rating_end,
        false as is_last_of_rating,
        cast(0 as bigint) as active_days,
        false as is_out_of_range,
        quantity,
        cast(0 as decimal(38, 12)) as event_amount,
        cast(null as varchar) as unit,
        cast(0 as bigint) as event_count,
        proration_numerator,
        proration_denominator,
        cast(null as decimal(38, 12)) as given_amount,
        cast(null as varchar) as given_description,
        cast(null as varchar) as given_tax_code,
        due_on,
        bill_date
    from recurring_windows

    union all

    select
        'usage' as item_kind,
        '' as one_time_item_id,
        subscription_id,
        charge_id,
        group_value,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        period_start,
        period_end,
        rating_fit,
        rating_start,
        rating_end,
        is_last_of_rating,
        active_days,
        is_out_of_range,
        quantity,
        amount as event_amount,
        unit,
        event_count,
        1 as proration_numerator,
        1 as proration_denominator,
        cast(null as decimal(38, 12)) as given_amount,
        cast(null as varchar) as given_description,
        cast(null as varchar) as given_tax_code,
        due_on,
        bill_date
    from usage_quantities

    union all

    select
        'one_time' as item_kind,
        one_time_item_id,
        subscription_id,
        charge_id,
        '' as group_value,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        service_start as period_start,
        service_end as period_end,
        cast(null as varchar) as rating_fit,
        cast(null as date) as rating_start,
        cast(null as date) as rating_end,
        false as is_last_of_rating,
        cast(0 as bigint) as active_days,
        false as is_out_of_range,
        quantity,
        cast(0 as decimal(38, 12)) as event_amount,
        cast(null as varchar) as unit,
        cast(0 as bigint) as event_count,
        1 as proration_numerator,
        1 as proration_denominator,
        amount as given_amount,
        description as given_description,
        tax_code as given_tax_code,
        due_on,
        bill_date
    from one_time_windows
),

{#
    The key of an item: subscription, charge, service start, currency, group
    value and who pays, since what was billed to one payer is corrected with
    that one. Its end may move. A landed one-time charge has its own key.
#}
keyed as (
    select
        case
            when one_time_item_id != ''
                then {{ stable_key([
                    "'one_time'", 'one_time_item_id', 'currency',
                    'payer_account_id',
                ]) }}
            else {{ stable_key([
                'subscription_id', 'charge_id', 'service_start',
                'currency', 'group_value', 'payer_account_id',
            ]) }}
        end as item_id,
        *
    from unified
)

select * from keyed
