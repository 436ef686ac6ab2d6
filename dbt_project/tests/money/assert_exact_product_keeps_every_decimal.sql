{#
    Guards every priced quantity: twelve decimals times twelve are twenty-four,
    none is lost, and what is too large is null instead of an error that would
    stop everyone's bill.
#}

with

examples (quantity, price, expected) as (
    values
    ('9.6', '0.2276', '2.18496'),
    ('0.000000000001', '0.000000000001', '0.000000000000000000000001'),
    ('-3', '0.333333333333', '-0.999999999999'),
    ('1234567', '0.000002', '2.469134'),
    ('1000000000000', '99', '99000000000000'),
    ('9999999', '9999999', '99999980000001'),
    ('10000000', '10000000', null),
    ('-10000000', '10000000', null),
    ('99999999999999999999999999', '1', null),
    ('0', '99999999999999999999999999', '0')
),

computed as (
    select
        quantity,
        price,
        cast(expected as decimal(38, 24)) as expected,
        {{ exact_product(
            'cast(quantity as decimal(38, 12))',
            'cast(price as decimal(38, 12))'
        ) }} as actual
    from examples
)

select * from computed
where actual is distinct from expected
