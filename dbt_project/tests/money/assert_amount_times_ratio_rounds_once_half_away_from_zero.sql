{#
    Guards every amount: the one macro that divides money, by worked examples.
    Without it a tie goes the wrong way, or a large amount loses its cents,
    and documents differ from their own arithmetic.
#}

with

examples (
    why, amount, numerator, denominator, minor_units, expected
) as (
    values
    ('1700 / 31 = 54.838...', '100', 17, 31, 2, '54.84'),
    ('1400 / 31 = 45.161...', '100', 14, 31, 2, '45.16'),
    ('2800 / 31 = 90.322...', '200', 14, 31, 2, '90.32'),
    ('5100 / 31 = 164.516...', '300', 17, 31, 2, '164.52'),
    ('31 for 17 of 31 days', '31', 17, 31, 2, '17.00'),
    ('366 for 22 of 366 days', '366', 22, 366, 2, '22.00'),
    ('a whole period is the price itself', '99.99', 31, 31, 2, '99.99'),
    ('no part costs nothing', '100', 0, 31, 2, '0'),
    ('nothing costs nothing', '0', 17, 31, 2, '0'),
    ('one third', '10', 1, 3, 2, '3.33'),
    ('two thirds', '10', 2, 3, 2, '6.67'),
    ('minus two thirds', '-10', 2, 3, 2, '-6.67'),
    ('a tie goes up', '0.125', 1, 1, 2, '0.13'),
    ('a tie goes up after an odd cent too', '0.135', 1, 1, 2, '0.14'),
    ('a negative tie goes down', '-0.125', 1, 1, 2, '-0.13'),
    ('a tie that the ratio makes', '1', 1, 8, 2, '0.13'),
    ('a negative tie that the ratio makes', '-1', 1, 8, 2, '-0.13'),
    ('half a cent', '0.01', 1, 2, 2, '0.01'),
    ('minus half a cent', '-0.01', 1, 2, 2, '-0.01'),
    ('1.005 is not 1.00499...', '1.005', 1, 1, 2, '1.01'),
    ('2.675 is not 2.67499...', '2.675', 1, 1, 2, '2.68'),
    ('under the tie', '0.124999999999999999999999', 1, 1, 2, '0.12'),
    ('over the tie', '0.005000000000000000000001', 1, 1, 2, '0.01'),
    ('minus, under', '-0.004999999999999999999999', 1, 1, 2, '0'),
    ('a third, under', '0.014999999999999999999997', 1, 3, 2, '0'),
    ('a third, at the tie', '0.015', 1, 3, 2, '0.01'),
    ('yen have no decimals', '2.5', 1, 1, 0, '3'),
    ('yen, an odd tie', '3.5', 1, 1, 0, '4'),
    ('yen, a negative tie', '-2.5', 1, 1, 0, '-3'),
    ('yen: 1700 / 31', '100', 17, 31, 0, '55'),
    ('dinars have three decimals', '1.0005', 1, 1, 3, '1.001'),
    ('dinars: 1700 / 31', '100', 17, 31, 3, '54.839'),
    ('four decimals', '100', 17, 31, 4, '54.8387'),
    ('the smallest amount', '0.000000000000000000000001', 1, 1, 4, '0'),
    ('it stays small', '0.000000000000000000000001', 1000000, 1, 4, '0'),
    ('the largest', '99999999999999.99', 1, 1, 2, '99999999999999.99'),
    ('minus that', '-99999999999999.99', 1, 1, 2, '-99999999999999.99'),
    (
        '99999999999999 - 99999999.999999 = 99999899999999.000001',
        '99999999999999', 999999, 1000000, 2, '99999899999999'
    ),
    (
        'half of 12345678901234.567 is 6172839450617.2835, a tie',
        '12345678901234.567', 1, 2, 3, '6172839450617.284'
    ),
    (
        'half of 99999999999999 is 49999999999999.5, a tie',
        '99999999999999', 1, 2, 0, '50000000000000'
    )
),

computed as (
    select
        why,
        cast(expected as decimal(38, 4)) as expected,
        {{ amount_times_ratio(
            'cast(amount as decimal(38, 24))', 'numerator', 'denominator',
            'minor_units'
        ) }} as actual
    from examples
)

select * from computed
where actual is distinct from expected
