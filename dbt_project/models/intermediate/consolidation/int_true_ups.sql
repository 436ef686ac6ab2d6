{# Grain: one row per item_id, a true-up. #}

with

windows as (
    select * from {{ ref('int_commitment_windows') }}
),

reached as (
    select * from {{ ref('int_commitments_reached') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

{# The commitment of the window, and what was reached of it. #}
measured as (
    select
        windows.*,
        currencies.minor_units,
        lower(coalesce(payer.locale, entities.locale)) like 'fr%'
            as is_in_french,
        cast(coalesce(reached.reached_amount, 0) as decimal(38, 4))
            as reached_amount,
        {{ amount_times_ratio(
            'windows.amount', 'windows.proration_numerator',
            'windows.proration_denominator', 'currencies.minor_units'
        ) }} as committed_amount
    from windows
    inner join currencies on windows.currency = currencies.currency
    inner join accounts as payer
        on windows.payer_account_id = payer.account_id
    inner join entities on windows.entity_id = entities.entity_id
    left join reached
        on
            windows.commitment_id = reached.commitment_id
            and windows.service_start = reached.service_start
),

missing as (
    select
        *,
        cast(
            greatest(committed_amount - reached_amount, 0) as decimal(38, 4)
        ) as missing_amount
    from measured
),

{# An item like others: worth what is missing, due at the period's end. #}
true_ups as (
    select
        {{ stable_key([
            "'true_up'", 'commitment_id', 'service_start', 'currency',
            'payer_account_id',
        ]) }} as item_id,
        commitment_id,
        nullif(subscription_id, '') as subscription_id,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        service_start,
        service_end,
        bill_date,
        proration_numerator,
        proration_denominator,
        minor_units,
        committed_amount,
        reached_amount,
        missing_amount,
        case
            when is_in_french then 'Complément de minimum garanti'
            else 'Minimum commitment'
        end as description,
        {{ json_texts([
            'committed_amount', 'reached_amount', 'missing_amount',
        ]) }} as price_breakdown
    from missing
)

select * from true_ups
