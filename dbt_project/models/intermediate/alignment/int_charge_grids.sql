{# Grain: one row per subscription_id, charge_id, purpose, era_start. #}

with recursive

lengths as (
    select * from {{ ref('int_charge_lengths') }}
),

{#
    Where a charge begins under each calendar. A new calendar cuts what its
    account's last closed bill date ends; a period that began before runs to
    its end, and the charge is laid on the new bill dates from there. A free
    grid is laid once.
#}
laid as (
    select
        subscription_id,
        charge_id,
        purpose,
        cast(0 as bigint) as era_number,
        cast(null as date) as grid_start,
        cast(null as date) as grid_anchor,
        cast(null as bigint) as grid_offset,
        cast(null as date) as free_anchor,
        starts_on as runs_until
    from lengths
    where era_number = 1

    union all

    (
        with

        begun as (
            select
                lengths.*,
                laid.runs_until as grid_start,
                laid.free_anchor as last_free_anchor,
                {{ period_ordinal_on_or_after(
                    'laid.runs_until', 'lengths.cycle_anchor',
                    'lengths.cycle_months', 'lengths.cycle_days'
                ) }} as first_bill_date_ordinal
            from laid
            inner join lengths
                on
                    laid.subscription_id = lengths.subscription_id
                    and laid.charge_id = lengths.charge_id
                    and laid.purpose = lengths.purpose
                    and laid.era_number + 1 = lengths.era_number
        ),

        {#
            Boundaries are grid_anchor + (grid_offset + k * grid_length)
            units. A multiple of the cycle is counted from the account's own
            anchor, or an anchor on the 31st would be lost.
        #}
        anchored as (
            select
                *,
                case fit
                    when 'anniversary' then starts_on
                    when 'free'
                        then coalesce(last_free_anchor, {{ period_boundary(
                            'cycle_anchor', 'cycle_months', 'cycle_days',
                            'first_bill_date_ordinal'
                        ) }})
                    else cycle_anchor
                end as grid_anchor,
                case fit
                    when 'multiple'
                        then
                            first_bill_date_ordinal
                            * (cycle_months + cycle_days)
                    else 0
                end as grid_offset
            from begun
        )

        select
            subscription_id,
            charge_id,
            purpose,
            era_number,
            grid_start,
            grid_anchor,
            grid_offset,
            case
                when grid_start >= era_end then last_free_anchor
                when fit = 'free' then grid_anchor
            end as free_anchor,
            case
                when grid_start >= era_end then grid_start
                when era_end < date '9999-12-31'
                    then {{ grid_boundary_on_or_after('era_end') }}
            end as runs_until
        from anchored
    )
),

grids as (
    select
        lengths.subscription_id,
        lengths.charge_id,
        lengths.kind,
        lengths.purpose,
        lengths.fit,
        laid.grid_start,
        laid.grid_anchor,
        lengths.unit_months,
        lengths.unit_days,
        lengths.grid_length,
        laid.grid_offset,
        lengths.era_start,
        lengths.era_end,
        lengths.cycle_anchor,
        lengths.cycle_months,
        lengths.cycle_days
    from laid
    inner join lengths
        on
            laid.subscription_id = lengths.subscription_id
            and laid.charge_id = lengths.charge_id
            and laid.purpose = lengths.purpose
            and laid.era_number = lengths.era_number
    where laid.grid_start < lengths.era_end
)

select * from grids
