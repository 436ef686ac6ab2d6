{# Grain: one row per account_id whose calendar is not the one on record. #}

with

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

issued_calendars as (
    select * from {{ source('issued', 'account_calendars') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_calendars
),

last_recorded as (
    select
        account_id,
        max(ledger_position) as ledger_position
    from issued_calendars
    group by account_id
),

on_record as (
    select issued_calendars.*
    from issued_calendars
    inner join last_recorded
        on issued_calendars.ledger_position = last_recorded.ledger_position
),

{# As this bill run finds it, whether or not it closes the account. #}
to_issue as (
    select
        account_eras.account_id,
        account_eras.payer_account_id,
        account_eras.entity_id,
        account_eras.currency,
        account_eras.cycle_anchor,
        account_eras.cycle_period,
        last_position.ledger_position + row_number() over (
            order by account_eras.account_id
        ) as ledger_position
    from account_eras
    cross join last_position
    left join on_record
        on
            account_eras.account_id = on_record.account_id
            and account_eras.payer_account_id = on_record.payer_account_id
            and account_eras.entity_id = on_record.entity_id
            and account_eras.currency = on_record.currency
            and account_eras.cycle_anchor = on_record.cycle_anchor
            and account_eras.cycle_period = on_record.cycle_period
    where
        account_eras.era_end = date '9999-12-31'
        and on_record.account_id is null
)

select * from to_issue
