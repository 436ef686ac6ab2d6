{# Grain: one row per item_id: a rated item, or a line allowance on one. #}

with

items as (
    select * from {{ ref('int_items_rated') }}
),

allowances as (
    select * from {{ ref('stg_allowances') }}
),

taken as (
    select * from {{ ref('int_line_allowances_taken') }}
),

bounded as (
    select * from {{ ref('int_line_allowances_bounded') }}
),

{#
    Where a minimum keeps a part of what several allowances would take, the
    first ones in order take all of theirs.
#}
summed as (
    select
        taken.allowance_id,
        taken.item_id,
        taken.allowance_amount,
        bounded.allowance_amount as bounded_amount,
        sum(taken.allowance_amount) over (
            partition by taken.item_id
            order by taken.place
            rows between unbounded preceding and current row
        ) as taken_so_far
    from taken
    inner join bounded on taken.item_id = bounded.item_id
),

shares as (
    select
        allowance_id,
        item_id,
        cast(
            greatest(least(taken_so_far, bounded_amount), 0)
            - greatest(
                least(taken_so_far - allowance_amount, bounded_amount), 0
            )
            as decimal(38, 4)
        ) as share_amount
    from summed
),

charged as (
    select
        items.* exclude (net_amount),
        cast(null as varchar) as allowance_id,
        cast(null as varchar) as discounted_item_id,
        case
            when bounded.item_id is null then items.net_amount
            else bounded.net_amount
        end as net_amount
    from items
    left join bounded on items.item_id = bounded.item_id
),

{# On the bill of the item that it discounts, with that item's tax. #}
discounts as (
    select
        items.group_value,
        items.subscription_id,
        items.charge_id,
        items.account_id,
        items.entity_id,
        items.payer_account_id,
        items.currency,
        items.plan_id,
        items.service_start,
        items.service_end,
        items.given_tax_code,
        items.due_on,
        items.bill_date,
        items.minor_units,
        shares.allowance_id,
        shares.item_id as discounted_item_id,
        'allowance' as item_kind,
        '' as one_time_item_id,
        {{ stable_key([
            "'allowance'", 'shares.allowance_id', 'shares.item_id',
        ]) }} as item_id,
        coalesce(allowances.description, items.given_description)
            as given_description,
        cast(0 as bigint) as event_count,
        cast(1 as bigint) as proration_numerator,
        cast(1 as bigint) as proration_denominator,
        cast(-1 as decimal(38, 12)) as quantity,
        cast(0 as decimal(38, 12)) as included_units,
        cast(shares.share_amount as decimal(38, 12)) as unit_price,
        cast(-shares.share_amount as decimal(38, 4)) as net_amount
    from shares
    inner join items on shares.item_id = items.item_id
    inner join allowances on shares.allowance_id = allowances.allowance_id
    where shares.share_amount != 0
),

unified as (
    select * from charged
    union all by name
    select * from discounts
),

discounted as (
    select
        item_id,
        group_value,
        item_kind,
        one_time_item_id,
        subscription_id,
        charge_id,
        account_id,
        entity_id,
        payer_account_id,
        currency,
        plan_id,
        service_start,
        service_end,
        quantity,
        unit,
        event_count,
        proration_numerator,
        proration_denominator,
        given_amount,
        given_description,
        given_tax_code,
        due_on,
        bill_date,
        charge_model,
        rating_start,
        is_pooled,
        billed_units,
        price_subscription_id,
        price_valid_from,
        price_error,
        minor_units,
        rating_error,
        priced_amount,
        amount_before,
        least_amount,
        greatest_amount,
        exact_amount,
        included_units,
        pricing_basis,
        unit_price,
        price_breakdown,
        allowance_id,
        discounted_item_id,
        net_amount
    from unified
)

select * from discounted
