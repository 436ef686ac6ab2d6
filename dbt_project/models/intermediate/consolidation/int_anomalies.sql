{# Grain: one row per anomaly_id. #}

with

days as (
    select * from {{ ref('int_usage_days_flagged') }}
),

items as (
    select * from {{ ref('int_items_flagged') }}
),

totals as (
    select * from {{ ref('int_totals_flagged') }}
),

items_checked as (
    select * from {{ ref('int_items_checked') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

reviews as (
    select * from {{ ref('stg_anomaly_reviews') }}
),

windows as (
    select
        subscription_id,
        charge_id,
        service_start,
        account_id,
        entity_id,
        payer_account_id,
        bill_date
    from items_checked
    group by all
),

found as (
    select
        windows.account_id,
        windows.entity_id,
        windows.payer_account_id,
        windows.bill_date,
        days.kind,
        days.subscription_id,
        days.meter_id,
        cast(null as varchar) as charge_id,
        cast(null as varchar) as group_value,
        cast(null as varchar) as currency,
        days.anomaly_start,
        days.anomaly_end,
        days.observed as judged,
        days.observed,
        days.usual,
        days.spread,
        days.day_count as compared_count,
        'meter ' || days.meter_id || ' of subscription '
        || days.subscription_id || ': '
        || case days.kind
            when 'reading_high'
                then
                    'a reading of ' || {{ number_in_words('days.observed') }}
                    || {{ dates_in_words(
                        'days.anomaly_start', 'days.anomaly_end'
                    ) }}
                    || '; the greatest of a day is usually '
                    || {{ number_in_words('days.usual') }}
                    || ', on nine days in ten at most '
                    || {{ number_in_words('days.usual + days.spread') }}
            when 'days_missing'
                then
                    'no events' || {{ dates_in_words(
                        'days.anomaly_start', 'days.anomaly_end'
                    ) }}
                    || '; a day usually has '
                    || {{ number_in_words('days.usual') }}
            else
                {{ number_in_words('days.observed') }} || ' events'
                || {{ dates_in_words(
                    'days.anomaly_start', 'days.anomaly_end'
                ) }}
                || case
                    when days.repeated_count > 0
                        then
                            '; the same '
                            || cast(days.repeated_count as varchar)
                            || ' landed in more than one file'
                    else
                        '; a day usually has '
                        || {{ number_in_words('days.usual') }}
                end
        end as reason
    from days
    inner join windows
        on
            days.subscription_id = windows.subscription_id
            and days.charge_id = windows.charge_id
            and days.service_start = windows.service_start

    union all

    select
        account_id,
        entity_id,
        payer_account_id,
        bill_date,
        kind,
        subscription_id,
        meter_id,
        charge_id,
        group_value,
        cast(null as varchar) as currency,
        service_start as anomaly_start,
        service_end as anomaly_end,
        cast(quantity as decimal(38, 12)) as judged,
        observed,
        usual,
        spread,
        history_count as compared_count,
        'charge ' || charge_id
        || case when group_value = '' then '' else ' ' || group_value end
        || ' of subscription ' || subscription_id || ': quantity '
        || {{ number_in_words('quantity') }}
        || {{ dates_in_words('service_start', 'service_end') }}
        || case
            when grows_with_days
                then ', ' || {{ number_in_words('observed') }} || ' a day'
            else ''
        end
        || '; ' || cast(history_count as varchar)
        || ' earlier ones had usually ' || {{ number_in_words('usual') }}
            as reason
    from items

    union all

    select
        account_id,
        entity_id,
        payer_account_id,
        bill_date,
        'total_high' as kind,
        cast(null as varchar) as subscription_id,
        cast(null as varchar) as meter_id,
        cast(null as varchar) as charge_id,
        cast(null as varchar) as group_value,
        currency,
        bill_date - cast(billed_days as integer) as anomaly_start,
        bill_date as anomaly_end,
        cast(total_amount as decimal(38, 12)) as judged,
        observed,
        usual,
        spread,
        history_count as compared_count,
        'account ' || account_id || ': ' || {{ number_in_words(
            'total_amount'
        ) }} || ' ' || currency || ' before tax on the bill of '
        || cast(bill_date as varchar) || ', ' || {{ number_in_words(
            'observed'
        ) }} || ' a day; ' || cast(history_count as varchar)
        || ' earlier bills had usually '
        || {{ number_in_words('usual') }} as reason
    from totals
),

{# What was judged is in the key: another number is another anomaly. #}
keyed as (
    select
        {{ stable_key([
            'account_id', 'subscription_id', 'meter_id', 'charge_id',
            'group_value', 'currency', 'kind', 'anomaly_start',
            'anomaly_end', 'judged',
        ]) }} as anomaly_id,
        * exclude (judged)
    from found
),

anomalies as (
    select
        keyed.*,
        entities.anomaly_policy,
        coalesce(reviews.is_accepted, false) as is_accepted,
        entities.anomaly_policy = 'hold'
        and not coalesce(reviews.is_accepted, false) as is_held
    from keyed
    inner join entities on keyed.entity_id = entities.entity_id
    left join reviews on keyed.anomaly_id = reviews.anomaly_id
)

select * from anomalies
