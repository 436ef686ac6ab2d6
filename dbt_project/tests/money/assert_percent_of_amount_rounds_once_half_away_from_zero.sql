{#
    Guards every percentage taken off: exact, and rounded once, ties away from
    zero. Without it an allowance is a cent off what its percentage says.
#}

with

examples (why, amount, percent, minor_units, expected) as (
    values
    ('a tenth', '100', '10', 2, '10.00'),
    ('all', '99.99', '100', 2, '99.99'),
    ('nothing', '99.99', '0', 2, '0'),
    ('of nothing', '0', '50', 2, '0'),
    ('a tie goes up: 0.025', '0.20', '12.5', 2, '0.03'),
    ('a negative tie goes down', '-0.20', '12.5', 2, '-0.03'),
    ('under the tie: 0.0249...', '0.20', '12.499999999999', 2, '0.02'),
    ('a third of 10.00', '10', '33.333333333333', 2, '3.33'),
    ('yen, a tie', '25', '10', 0, '3'),
    ('dinars, a tie', '0.005', '10', 3, '0.001'),
    ('four decimals', '0.0005', '10', 4, '0.0001'),
    ('the largest', '99999999999999.99', '100', 2, '99999999999999.99'),
    ('twelve decimals', '1000000', '0.000000000001', 2, '0'),
    (
        'they count: 5,000.00 of 10^14 - 1',
        '99999999999999', '0.000000005', 2, '5000.00'
    )
),

computed as (
    select
        why,
        cast(expected as decimal(38, 4)) as expected_amount,
        {{ percent_of_amount(
            "cast(amount as decimal(38, 4))",
            "cast(percent as decimal(38, 12))",
            'minor_units'
        ) }} as computed_amount
    from examples
)

select * from computed
where computed_amount is distinct from expected_amount
