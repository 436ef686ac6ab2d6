{#
    Guards accounts.billing_period and charges.period: every text of the
    contract has a length in months or in days, never both and never none.
    Without it a cycle would have no length, and its account no bill date.
#}

with

examples (period, months, days) as (
    values
    ('day', 0, 1),
    ('week', 0, 7),
    ('month', 1, 0),
    ('quarter', 3, 0),
    ('half_year', 6, 0),
    ('year', 12, 0),
    ('1 month', 1, 0),
    ('18 months', 18, 0),
    ('30 days', 0, 30),
    ('2 weeks', 0, 14),
    ('2 quarters', 6, 0),
    ('2 half_years', 12, 0),
    ('3 years', 36, 0),
    (' Month ', 1, 0)
),

computed as (
    select
        *,
        {{ period_months('period') }} as actual_months,
        {{ period_days('period') }} as actual_days
    from examples
)

select * from computed
where actual_months != months or actual_days != days
