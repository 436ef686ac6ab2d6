{# Grain: one row per item_id in a pool. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

totals as (
    select * from {{ ref('int_totals_rated') }}
),

{# In whole minor units, and whole 10^-12 of a unit used. #}
weighed as (
    select
        items.item_id,
        items.rating_key,
        items.subscription_id,
        items.service_start,
        totals.minor_units,
        {{ unscaled_integer('totals.rounded_amount') }}
        // {{ power_of_ten('4 - totals.minor_units') }} as amount,
        {{ unscaled_integer('items.quantity') }} as weight,
        {{ unscaled_integer('totals.quantity') }} as total_weight
    from items
    inner join totals on items.rating_key = totals.rating_key
    where items.is_pooled and totals.side = 'through'
),

{#
    Largest remainder: everyone's part rounded down, then one minor unit more
    for the largest fractions; of equal ones the first by subscription. Worked:
    8 and 4 TB of 2,007.04 are 1,338.03 and 669.01.
#}
parts as (
    select
        *,
        {{ share_rounded_down('amount', 'weight', 'total_weight') }}
            as whole_part,
        {{ rest_of_share('amount', 'weight', 'total_weight') }} as rest
    from weighed
),

ranked as (
    select
        *,
        amount - sum(whole_part) over (partition by rating_key) as left_over,
        row_number() over (
            partition by rating_key
            order by rest desc, subscription_id asc, service_start asc
        ) as rest_rank
    from parts
),

shares as (
    select
        item_id,
        case
            when total_weight = 0 then cast(0 as decimal(38, 4))
            else cast(
                cast(
                    (
                        whole_part
                        + case when rest_rank <= left_over then 1 else 0 end
                    ) * {{ power_of_ten('4 - minor_units') }}
                    as decimal(34, 0)
                ) * cast('0.0001' as decimal(4, 4))
                as decimal(38, 4)
            )
        end as share_amount
    from ranked
)

select * from shares
