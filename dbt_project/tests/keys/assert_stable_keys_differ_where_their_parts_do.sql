{#
    Guards item_id, line_id and invoice_id: the same parts give the same key on
    every machine (the digests were worked outside the warehouse, with md5sum),
    and parts that only look alike once joined give another.
#}

with

examples (joined, first_part, second_part, expected) as (
    values
    ('a|+|b', 'a', 'b', 'df55e051003b71bd844b1169d4c9938a'),
    ('a|+|', 'a', null, 'fd2f14edbd04515f6ee5a5ad98036c33'),
    ('a|||+|b', 'a|', 'b', '1ee9011adab242397bc08e612e7d10be'),
    ('a|+|||b', 'a', '|b', 'bc5f3e80053b2fb793abca4aea54a1e3')
),

computed as (
    select
        *,
        {{ stable_key(['first_part', 'second_part']) }} as actual
    from examples
)

select * from computed
where actual != expected
