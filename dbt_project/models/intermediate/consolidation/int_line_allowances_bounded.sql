{# Grain: one row per item_id on which a line allowance has an effect. #}

with

items as (
    select * from {{ ref('int_items_rated') }}
    where rating_error is null
),

taken as (
    select * from {{ ref('int_line_allowances_taken') }}
),

taken_of_items as (
    select
        item_id,
        sum(allowance_amount) as taken_amount
    from taken
    group by item_id
),

{#
    The windows of a rating period share its minimum and maximum, so what was
    taken in the windows before counts in the later ones.
#}
summed as (
    select
        items.item_id,
        items.net_amount,
        items.priced_amount,
        items.amount_before,
        items.least_amount,
        items.greatest_amount,
        coalesce(taken_of_items.taken_amount, 0) as taken_amount,
        coalesce(
            sum(taken_of_items.taken_amount) over (
                partition by
                    items.payer_account_id,
                    items.subscription_id,
                    items.charge_id,
                    items.group_value,
                    items.currency,
                    items.rating_start,
                    case
                        when items.rating_start is null then items.item_id
                    end
                order by items.service_start
                rows between unbounded preceding and current row
            ),
            0
        ) as taken_through
    from items
    left join taken_of_items on items.item_id = taken_of_items.item_id
    where
        taken_of_items.item_id is not null
        or items.rating_start is not null
),

{# Never below zero, and nothing is added to what was negative. #}
left_over as (
    select
        *,
        greatest(priced_amount - taken_through, least(priced_amount, 0))
            as left_through,
        greatest(
            amount_before - (taken_through - taken_amount),
            least(amount_before, 0)
        ) as left_before
    from summed
    where taken_through != 0 or taken_amount != 0
),

{# Minimum and maximum bind what is left. #}
bound as (
    select
        item_id,
        net_amount,
        taken_amount,
        least(greatest(left_through, least_amount), greatest_amount)
        - case
            when amount_before is null then 0
            else least(left_before, greatest_amount)
        end as left_amount
    from left_over
),

{#
    The charge's own line is bound by itself, but never below what is left: so
    no allowance is ever added. Worked: 50 % off 100.00 with a minimum of 80.00
    leaves 80.00, as 100.00 and -20.00; with a maximum of 60.00 it leaves
    50.00, as 60.00 and -10.00.
#}
bounded as (
    select
        item_id,
        cast(
            greatest(least(net_amount - left_amount, taken_amount), 0)
            as decimal(38, 4)
        ) as allowance_amount,
        cast(
            left_amount
            + greatest(least(net_amount - left_amount, taken_amount), 0)
            as decimal(38, 4)
        ) as net_amount
    from bound
)

select * from bounded
