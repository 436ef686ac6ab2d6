{#
    Guards the fraction of every part of a period: the numbers of Zuora's
    table for 2021, Certinia's first example of a month of 30 days, Kill
    Bill's stub of 22 of 30 days, and the edges around them. A part that is
    counted otherwise is billed at another price than its contract says.
#}

with

{# A period of 0 months is a week. #}
examples (
    proration, part_start, part_end, period_start, months, covered_days,
    expected
) as (
    values
    ('actual', '2021-01-27', '2021-02-01', '2021-01-01', 1, 31, '5/31'),
    ('actual_360', '2021-01-27', '2021-02-01', '2021-01-01', 1, 31, '5/30'),
    ('strict_360', '2021-01-27', '2021-02-01', '2021-01-01', 1, 31, '4/30'),
    ('actual', '2021-02-27', '2021-03-01', '2021-02-01', 1, 28, '2/28'),
    ('actual_360', '2021-02-27', '2021-03-01', '2021-02-01', 1, 28, '2/30'),
    ('strict_360', '2021-02-27', '2021-03-01', '2021-02-01', 1, 28, '4/30'),
    ('actual', '2021-04-21', '2021-04-30', '2021-04-01', 1, 30, '9/30'),
    ('actual_360', '2021-04-21', '2021-04-30', '2021-04-01', 1, 30, '9/30'),
    ('strict_360', '2021-04-21', '2021-04-30', '2021-04-01', 1, 30, '9/30'),
    ('strict_360', '2017-03-01', '2017-03-24', '2017-03-01', 1, 31, '23/30'),
    ('strict_360', '2023-05-23', '2023-06-15', '2023-05-15', 1, 31, '22/30'),
    {# The 31st counts as the 30th: two parts make up what one does. #}
    ('strict_360', '2021-01-27', '2021-01-31', '2021-01-01', 1, 31, '3/30'),
    ('strict_360', '2021-01-31', '2021-02-01', '2021-01-01', 1, 31, '1/30'),
    ('strict_360', '2021-01-30', '2021-01-31', '2021-01-01', 1, 31, '0/30'),
    {# A period that begins on the 31st has 28 such days, or 32. #}
    ('strict_360', '2021-01-31', '2021-02-15', '2021-01-31', 1, 28, '15/28'),
    {# Never more than the whole, and whole whatever its days. #}
    ('actual_360', '2021-01-02', '2021-02-01', '2021-01-01', 1, 31, '30/30'),
    ('actual_360', '2024-01-02', '2025-01-01', '2024-01-01', 12, 0, '360/360'),
    ('actual_360', '2020-02-01', '2020-03-01', '2020-02-01', 1, 29, '29/29'),
    ('strict_360', '2020-02-01', '2020-03-01', '2020-02-01', 1, 29, '30/30'),
    {# Real days where the period is counted in days. #}
    ('actual_360', '2021-01-29', '2021-02-01', '2021-01-25', 0, 7, '3/7'),
    ('strict_360', '2021-01-29', '2021-02-01', '2021-01-25', 0, 7, '3/7'),
    {# Covered whole, a part costs its days; else the whole, or nothing. #}
    ('none', '2021-01-01', '2021-01-15', '2021-01-01', 1, 31, '14/31'),
    ('free', '2021-01-01', '2021-01-15', '2021-01-01', 1, 31, '14/31'),
    ('none', '2021-01-10', '2021-02-01', '2021-01-01', 1, 22, '22/22'),
    ('none', '2021-01-10', '2021-01-20', '2021-01-01', 1, 22, '10/22'),
    ('free', '2021-01-10', '2021-02-01', '2021-01-01', 1, 22, '0/31'),
    ('none', '2021-01-29', '2021-02-01', '2021-01-25', 0, 3, '3/3')
),

dated as (
    select
        proration,
        months,
        covered_days,
        expected,
        cast(part_start as date) as part_start,
        cast(part_end as date) as part_end,
        cast(period_start as date) as period_start,
        {{ period_boundary(
            'cast(period_start as date)', 'months',
            'case when months = 0 then 7 else 0 end', 1
        ) }} as period_end
    from examples
),

counted as (
    select
        *,
        {{ proration_days(
            'proration', 'part_start', 'part_end', 'months'
        ) }} as part_days,
        {{ proration_days(
            'proration', 'period_start', 'period_end', 'months'
        ) }} as whole_days
    from dated
),

computed as (
    select
        proration,
        part_start,
        part_end,
        expected,
        {{ proration_numerator(
            'proration', 'part_days', 'whole_days', 'months', 'covered_days'
        ) }} || '/' || {{ proration_denominator(
            'proration', 'part_days', 'whole_days', 'months', 'covered_days'
        ) }} as computed
    from counted
)

select * from computed
where computed is distinct from expected
