{# Grain: one row per account_id, era_start. #}

with

closes as (
    select * from {{ ref('int_account_closes') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

calendars as (
    select * from {{ ref('int_payer_calendars') }}
),

{# Each calendar holds as far as it was closed, today's from there on. #}
closed as (
    select
        account_id,
        payer_account_id,
        entity_id,
        currency,
        cycle_anchor,
        cycle_period,
        from_run,
        max(bill_date) as closed_through
    from closes
    group by
        account_id, payer_account_id, entity_id, currency, cycle_anchor,
        cycle_period, from_run
),

present as (
    select
        accounts.account_id,
        calendars.payer_account_id,
        accounts.entity_id,
        coalesce(accounts.currency, entities.currency) as currency,
        calendars.cycle_anchor,
        calendars.cycle_period,
        cast(null as bigint) as from_run,
        date '9999-12-31' as closed_through
    from accounts
    inner join entities on accounts.entity_id = entities.entity_id
    inner join payers on accounts.account_id = payers.account_id
    inner join calendars
        on payers.payer_account_id = calendars.payer_account_id
),

held as (
    select * from closed
    union all
    select * from present
),

{# A calendar that did not change goes on. #}
ended as (
    select
        *,
        max(closed_through) over (
            partition by account_id
            order by from_run asc nulls last
        ) as era_end,
        {{ stable_key([
            'payer_account_id', 'entity_id', 'currency', 'cycle_anchor',
            'cycle_period',
        ]) }} as calendar_key
    from held
),

changing as (
    select
        *,
        lead(calendar_key) over (
            partition by account_id
            order by from_run asc nulls last
        ) as next_calendar_key
    from ended
),

started as (
    select
        account_id,
        payer_account_id,
        entity_id,
        currency,
        cycle_anchor,
        cycle_period,
        era_end,
        {{ period_months('cycle_period') }} as cycle_months,
        {{ period_days('cycle_period') }} as cycle_days,
        coalesce(
            lag(era_end) over (
                partition by account_id
                order by from_run asc nulls last
            ),
            date '0001-01-01'
        ) as era_start
    from changing
    where
        next_calendar_key is null
        or next_calendar_key != calendar_key
),

eras as (
    select * from started
    where era_start < era_end
)

select * from eras
