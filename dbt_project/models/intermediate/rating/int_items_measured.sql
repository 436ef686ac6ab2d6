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
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        quantity,
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
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        quantity,
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
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        quantity,
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
    The key of an item: subscription, charge, service start, currency and
    group value. Its end may move. A landed one-time charge has its own key.
#}
keyed as (
    select
        case
            when one_time_item_id != ''
                then {{ stable_key(["'one_time'", 'one_time_item_id']) }}
            else {{ stable_key([
                'subscription_id', 'charge_id', 'service_start',
                'currency', "''",
            ]) }}
        end as item_id,
        '' as group_value,
        *
    from unified
)

select * from keyed
