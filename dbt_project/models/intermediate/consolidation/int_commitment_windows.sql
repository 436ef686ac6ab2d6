{# Grain: one row per commitment_id, service_start. #}

with

commitment_eras as (
    select * from {{ ref('int_commitment_eras') }}
),

grids as (
    select * from {{ ref('int_charge_grids') }}
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

usage_settled as (
    select * from {{ ref('int_usage_settled') }}
),

{#
    A period is looked at while anything in it can change: late usage gives
    its true-up back.
#}
bounded_grids as (
    select
        grids.charge_id as commitment_id,
        grids.grid_anchor,
        grids.grid_offset,
        grids.grid_length,
        grids.unit_months,
        grids.unit_days,
        commitment_eras.starts_on,
        commitment_eras.ended_on,
        calendars.next_bill_date,
        grids.grid_start as from_on,
        greatest(grids.grid_start, usage_settled.settled_on) as open_from,
        grids.unit_months * grids.grid_length as period_months,
        least(
            commitment_eras.ended_on,
            calendars.next_bill_date,
            grids.era_end
        ) as until_on
    from grids
    inner join commitment_eras
        on
            grids.charge_id = commitment_eras.commitment_id
            and grids.era_start = commitment_eras.era_start
    inner join payers on commitment_eras.account_id = payers.account_id
    inner join calendars
        on payers.payer_account_id = calendars.payer_account_id
    inner join usage_settled
        on payers.payer_account_id = usage_settled.payer_account_id
    where grids.purpose = 'commitment'
),

periods as (
    {{ periods_on_grid('bounded_grids') }}
),

windows as (
    select
        *,
        greatest(period_start, from_on) as service_start,
        least(period_end, ended_on) as service_end,
        least(period_end, ended_on) - greatest(period_start, starts_on)
            as covered_days
    from periods
),

{# The seller's rule prorates a part of a period; who pays holds it then. #}
measured as (
    select
        windows.*,
        holders.subscription_id,
        holders.account_id,
        holders.entity_id,
        holders.payer_account_id,
        holders.amount,
        holders.currency,
        entities.proration,
        entities.billing_starts_on,
        {{ proration_days(
            'entities.proration', 'windows.service_start',
            'windows.service_end', 'windows.period_months'
        ) }} as part_days,
        {{ proration_days(
            'entities.proration', 'windows.period_start',
            'windows.period_end', 'windows.period_months'
        ) }} as whole_days
    from windows
    inner join commitment_eras as holders
        on
            windows.commitment_id = holders.commitment_id
            and windows.service_start >= holders.era_start
            and windows.service_start < holders.era_end
    inner join entities on holders.entity_id = entities.entity_id
),

{# Due at the period's end, as far as the open cycle reaches. #}
billable as (
    select
        measured.commitment_id,
        measured.subscription_id,
        measured.account_id,
        measured.entity_id,
        measured.payer_account_id,
        measured.amount,
        measured.currency,
        measured.service_start,
        measured.service_end,
        measured.next_bill_date,
        {{ proration_numerator(
            'measured.proration', 'measured.part_days',
            'measured.whole_days', 'measured.period_months',
            'measured.covered_days'
        ) }} as proration_numerator,
        {{ proration_denominator(
            'measured.proration', 'measured.part_days',
            'measured.whole_days', 'measured.period_months',
            'measured.covered_days'
        ) }} as proration_denominator,
        {{ bill_date_on_or_after(
            'measured.service_end', 'due_calendars.cycle_anchor',
            'due_calendars.cycle_months', 'due_calendars.cycle_days'
        ) }} as bill_date
    from measured
    inner join commitment_eras as due_calendars
        on
            measured.commitment_id = due_calendars.commitment_id
            and measured.service_end > due_calendars.era_start
            and measured.service_end <= due_calendars.era_end
    where
        measured.billing_starts_on is null
        or measured.service_end >= measured.billing_starts_on
),

open_windows as (
    select * from billable
    where bill_date <= next_bill_date
)

select * from open_windows
