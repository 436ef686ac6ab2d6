{# Grain: one row per allowance_id, item_id from which it takes something. #}

with recursive

placed as (
    select * from {{ ref('int_line_allowances_placed') }}
),

{#
    Each takes from what the one before left, and is rounded. Worked: 100.00
    less 10 % is 90.00, less 10 % again 81.00, less 90.00 is 0.00.
#}
steps as (
    select
        item_id,
        own_amount as left_amount,
        0 as place
    from placed
    where place = 1

    union all

    select
        steps.item_id,
        cast(
            steps.left_amount
            - case placed.kind
                when 'percent'
                    then {{ percent_of_amount(
                        'steps.left_amount', 'placed.allowance_value',
                        'placed.minor_units'
                    ) }}
                else least(
                    greatest(steps.left_amount, 0), placed.whole_amount
                )
            end
            as decimal(38, 4)
        ) as left_amount,
        steps.place + 1 as place
    from steps
    inner join placed
        on
            steps.item_id = placed.item_id
            and steps.place + 1 = placed.place
),

differences as (
    select
        item_id,
        place,
        cast(
            lag(left_amount) over (partition by item_id order by place)
            - left_amount
            as decimal(38, 4)
        ) as allowance_amount
    from steps
),

taken as (
    select
        placed.allowance_id,
        placed.item_id,
        placed.place,
        differences.allowance_amount
    from differences
    inner join placed
        on
            differences.item_id = placed.item_id
            and differences.place = placed.place
    where differences.allowance_amount != 0
)

select * from taken
