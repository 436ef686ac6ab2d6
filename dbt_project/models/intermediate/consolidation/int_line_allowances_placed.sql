{# Grain: one row per allowance_id, item_id that it covers. #}

with

items as (
    select * from {{ ref('int_items_rated') }}
    where rating_error is null
),

allowances as (
    select * from {{ ref('int_allowances_in_force') }}
    where level = 'line'
),

covered as (
    {{ allowances_covering('items', 'allowances', 'service_start') }}
),

{# What the window of a rating period adds to it may be less than nothing. #}
priced as (
    select
        covered.allowance_id,
        covered.item_id,
        covered.kind,
        covered.allowance_value,
        covered.max_uses,
        items.bill_date,
        items.minor_units,
        items.proration_numerator,
        items.proration_denominator,
        cast(
            items.priced_amount - coalesce(items.amount_before, 0)
            as decimal(38, 4)
        ) as own_amount
    from covered
    inner join items on covered.item_id = items.item_id
    where
        items.priced_amount > coalesce(items.amount_before, 0)
        or items.priced_amount < items.amount_before
),

{# A use is a bill date on which something positive is covered. #}
counted as (
    select
        *,
        dense_rank() over (
            partition by allowance_id, own_amount > 0
            order by bill_date
        ) as use_number
    from priced
),

{# Percentages first, then amounts, by key. #}
placed as (
    select
        allowance_id,
        item_id,
        kind,
        allowance_value,
        minor_units,
        own_amount,
        case
            when kind = 'amount'
                then {{ amount_times_ratio(
                    'allowance_value', 'proration_numerator',
                    'proration_denominator', 'minor_units'
                ) }}
        end as whole_amount,
        row_number() over (
            partition by item_id
            order by kind = 'amount', allowance_id
        ) as place
    from counted
    where max_uses is null or use_number <= max_uses
)

select * from placed
