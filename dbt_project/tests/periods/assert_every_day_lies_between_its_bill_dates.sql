{#
    Guards the same two macros on every day of five years, for every kind of
    anchor and length: the bill date before is at or before the day, the next
    one after it is later; and the other way round.
#}

with

anchors (anchor) as (
    values
    (date '2022-01-28'),
    (date '2022-01-29'),
    (date '2022-01-30'),
    (date '2022-01-31'),
    (date '2020-02-29'),
    (date '2024-11-30'),
    (date '2023-07-01')
),

lengths (months, days) as (
    values (1, 0), (3, 0), (6, 0), (12, 0), (18, 0), (0, 1), (0, 7), (0, 30)
),

days_counted as (
    select {{ ordinals_between(0, 1826) }} as day_number
),

cases as (
    select
        anchors.anchor,
        lengths.months,
        lengths.days,
        date '2020-12-31' + cast(days_counted.day_number as integer)
            as date_at_hand
    from anchors
    cross join lengths
    cross join days_counted
),

ordinals as (
    select
        *,
        {{ period_ordinal_on_or_before(
            'date_at_hand', 'anchor', 'months', 'days'
        ) }} as before_ordinal,
        {{ period_ordinal_on_or_after(
            'date_at_hand', 'anchor', 'months', 'days'
        ) }} as after_ordinal
    from cases
)

select * from ordinals
where
    not coalesce(
        {{ period_boundary('anchor', 'months', 'days', 'before_ordinal') }}
        <= date_at_hand
        and {{ period_boundary(
            'anchor', 'months', 'days', 'before_ordinal + 1'
        ) }} > date_at_hand
        and {{ period_boundary('anchor', 'months', 'days', 'after_ordinal') }}
        >= date_at_hand
        and {{ period_boundary(
            'anchor', 'months', 'days', 'after_ordinal - 1'
        ) }} < date_at_hand,
        false
    )
