{# Grain: one row per subscription_id, charge_id, service_start. #}

with

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

eras as (
    select * from {{ ref('int_subscription_eras') }}
),

stretches as (
    select * from {{ ref('int_subscription_stretches') }}
),

stays as (
    select * from {{ ref('int_plan_stays') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

grids as (
    select * from {{ ref('int_charge_grids') }}
),

{# From the first period that is not settled to the end of the open cycle. #}
bounded_grids as (
    select
        grids.*,
        grids.grid_start as from_on,
        greatest(grids.grid_start, subscriptions.settled_on) as open_from,
        grids.unit_months * grids.grid_length as period_months,
        least(
            subscriptions.ended_on,
            subscriptions.next_bill_date,
            grids.era_end
        ) as until_on,
        coalesce(charges.proration, subscriptions.entity_proration)
            as proration
    from grids
    inner join subscriptions
        on grids.subscription_id = subscriptions.subscription_id
    inner join charges on grids.charge_id = charges.charge_id
    where grids.kind = 'recurring'
),

periods as (
    {{ periods_on_grid('bounded_grids') }}
),

{# A flat price is not cut where only the quantity changes. #}
active_spans as (
    select
        charges.charge_id,
        segments.subscription_id,
        segments.plan_id,
        segments.quantity,
        segments.segment_start as span_start,
        segments.segment_end as span_end
    from segments
    inner join charges on segments.plan_id = charges.plan_id
    where segments.state = 'active' and charges.model != 'flat'

    union all

    select
        charges.charge_id,
        stretches.subscription_id,
        stretches.plan_id,
        cast(1 as decimal(38, 12)) as quantity,
        stretches.stretch_start as span_start,
        stretches.stretch_end as span_end
    from stretches
    inner join charges on stretches.plan_id = charges.plan_id
    where stretches.state = 'active' and charges.model = 'flat'
),

windows as (
    select
        periods.*,
        active_spans.plan_id,
        active_spans.quantity,
        greatest(
            periods.period_start, periods.from_on, active_spans.span_start
        ) as service_start,
        least(periods.period_end, active_spans.span_end) as service_end
    from periods
    inner join active_spans
        on
            periods.subscription_id = active_spans.subscription_id
            and periods.charge_id = active_spans.charge_id
            and periods.period_end > active_spans.span_start
            and greatest(periods.period_start, periods.from_on)
            < coalesce(active_spans.span_end, date '9999-12-31')
),

coverages as (
    {{ covered_days('windows', 'stretches') }}
),

{#
    In advance: due where the service starts; periods that divide the cycle
    are all due where the cycle starts, or where the plan is entered.
    In arrears: due where the service ends.
#}
due as (
    select
        windows.*,
        coverages.covered_days,
        subscriptions.billing_starts_on,
        {{ proration_days(
            'windows.proration', 'windows.service_start',
            'windows.service_end', 'windows.period_months'
        ) }} as part_days,
        {{ proration_days(
            'windows.proration', 'windows.period_start',
            'windows.period_end', 'windows.period_months'
        ) }} as whole_days,
        case
            when charges.timing = 'arrears' then windows.service_end
            when windows.fit != 'part' then windows.service_start
            else greatest(
                {{ bill_date_on_or_before(
                    'windows.service_start', 'windows.cycle_anchor',
                    'windows.cycle_months', 'windows.cycle_days'
                ) }},
                windows.era_start,
                stays.stay_start
            )
        end as due_on
    from windows
    inner join subscriptions
        on windows.subscription_id = subscriptions.subscription_id
    inner join charges on windows.charge_id = charges.charge_id
    inner join stays
        on
            windows.subscription_id = stays.subscription_id
            and windows.service_start >= stays.stay_start
            and windows.service_start
            < coalesce(stays.stay_end, date '9999-12-31')
    left join coverages
        on
            windows.subscription_id = coverages.subscription_id
            and windows.charge_id = coverages.charge_id
            and windows.service_start = coverages.service_start
),

{#
    Whose it is, is decided where the service starts; when it is billed, by
    the calendar in which it falls due, whose last bill date is still its own.
#}
billable as (
    select
        due.subscription_id,
        due.charge_id,
        holders.account_id,
        holders.entity_id,
        holders.payer_account_id,
        holders.currency,
        due.plan_id,
        due.quantity,
        due.service_start,
        due.service_end,
        due.period_start,
        due.period_end,
        due.due_on,
        {{ proration_numerator(
            'due.proration', 'due.part_days', 'due.whole_days',
            'due.period_months', 'due.covered_days'
        ) }} as proration_numerator,
        {{ proration_denominator(
            'due.proration', 'due.part_days', 'due.whole_days',
            'due.period_months', 'due.covered_days'
        ) }} as proration_denominator,
        {{ bill_date_on_or_after(
            'due.due_on', 'calendars.cycle_anchor', 'calendars.cycle_months',
            'calendars.cycle_days'
        ) }} as bill_date
    from due
    inner join eras as holders
        on
            due.subscription_id = holders.subscription_id
            and due.service_start >= holders.era_start
            and due.service_start < holders.era_end
    inner join eras as calendars
        on
            due.subscription_id = calendars.subscription_id
            and due.due_on > calendars.era_start
            and due.due_on <= calendars.era_end
    where due.billing_starts_on is null or due.due_on >= due.billing_starts_on
)

select * from billable
