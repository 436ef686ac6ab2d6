{# Grain: one row per rating_key, side. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

events as (
    select * from {{ ref('int_events_priced') }}
),

event_amounts as (
    select
        item_id,
        sum(event_amount) as event_amount,
        bool_or(event_amount is null) as is_beyond
    from events
    group by item_id
),

{#
    A pool has the included units of all its active subscriptions, whether
    they used any.
#}
members as (
    select
        *,
        case
            when is_pooled
                then
                    included_units
                    * count(distinct case
                        when active_days > 0 then subscription_id
                    end) over (
                        partition by
                            charge_id,
                            payer_account_id,
                            entity_id,
                            currency,
                            period_start,
                            period_end,
                            is_pooled
                    )
            else included_units
        end as total_included_units
    from items
    where given_amount is null
),

measured as (
    select
        members.*,
        coalesce(members.rating_start, members.service_start) as counted_from,
        case
            when members.charge_model = 'dynamic'
                then sum(abs(members.event_amount)) over (
                    partition by members.subscription_id, members.charge_id
                ) >= 100000000000000
            else coalesce(event_amounts.is_beyond, false)
        end as is_beyond,
        case
            when members.charge_model = 'dynamic'
                then try_cast(members.event_amount as decimal(38, 24))
            when members.is_priced_by_event
                then coalesce(
                    event_amounts.event_amount, cast(0 as decimal(38, 24))
                )
        end as amount_of_events
    from members
    left join event_amounts on members.item_id = event_amounts.item_id
),

{# Amounts that reach 10^14 together are not added up: the item is held. #}
amounts as (
    select
        * replace (
            case
                when amount_of_events is not null and is_beyond
                    then cast(0 as decimal(38, 24))
                else amount_of_events
            end as amount_of_events
        )
    from measured
),

{# What a rating period came to before this window, and with it. #}
running as (
    select
        *,
        sum(quantity) over so_far as quantity_through,
        sum(amount_of_events) over so_far as amount_through
    from amounts
    window
        so_far as (
            partition by
                subscription_id,
                charge_id,
                group_value,
                counted_from,
                item_kind,
                one_time_item_id,
                currency
            order by service_start
            rows between unbounded preceding and current row
        )
),

sides as (
    select
        rating_key,
        'through' as side,
        charge_id,
        currency,
        charge_model,
        item_kind,
        is_priced_by_event,
        price_subscription_id,
        price_valid_from,
        total_included_units as included_units,
        quantity_through as quantity,
        amount_through as amount_of_events,
        is_beyond
    from running

    union all

    select
        rating_key,
        'before' as side,
        charge_id,
        currency,
        charge_model,
        item_kind,
        is_priced_by_event,
        price_subscription_id,
        price_valid_from,
        total_included_units as included_units,
        quantity_through - quantity as quantity,
        amount_through - amount_of_events as amount_of_events,
        is_beyond
    from running
    where rating_start is not null
),

{# What is priced at once: an item's own quantity, or that of its pool. #}
totals as (
    select
        rating_key,
        side,
        charge_id,
        currency,
        charge_model,
        price_subscription_id,
        price_valid_from,
        included_units,
        cast(sum(quantity) as decimal(38, 12)) as quantity,
        cast(sum(amount_of_events) as decimal(38, 24)) as amount_of_events,
        bool_or(is_beyond) as is_beyond,
        case
            when charge_model = 'flat' and item_kind != 'usage'
                then cast(1 as decimal(38, 12))
            else cast(
                greatest(sum(quantity) - included_units, 0)
                as decimal(38, 12)
            )
        end as billed_units
    from sides
    group by
        rating_key,
        side,
        charge_id,
        currency,
        charge_model,
        item_kind,
        price_subscription_id,
        price_valid_from,
        included_units
)

select * from totals
