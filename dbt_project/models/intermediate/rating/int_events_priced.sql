{# Grain: one row per event_id, item_id that prices it by itself. #}

with

items as (
    select * from {{ ref('int_items_priced') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

meters as (
    select * from {{ ref('stg_meters') }}
),

readings as (
    select * from {{ ref('int_usage_readings') }}
),

charge_dimensions as (
    select * from {{ ref('int_charge_dimensions') }}
),

spans as (
    select * from {{ ref('int_usage_spans') }}
),

tiers as (
    select * from {{ ref('int_price_tiers') }}
),

items_by_event as (
    select
        items.item_id,
        items.subscription_id,
        items.charge_id,
        items.group_value,
        items.service_start,
        items.rating_start,
        items.included_units,
        items.currency,
        items.price_subscription_id,
        items.price_valid_from,
        charges.meter_id
    from items
    inner join charges on items.charge_id = charges.charge_id
    where
        items.is_priced_by_event
        and items.item_kind = 'usage'
        and items.charge_model = 'percentage'
        and not items.is_pooled
),

readings_billed as (
    select
        readings.*,
        {{ unscaled_integer('abs(readings.quantity)') }} as numerator,
        meters.divisor,
        meters.rounding,
        meters.rounding_unit
    from readings
    inner join meters on readings.meter_id = meters.meter_id
),

{# Each event in billed units, like a quantity of its own. #}
readings_divided as (
    select
        *,
        {{ twice_divided('numerator', '1', 'divisor') }} as twice_quantity,
        {{ has_rest_divided('numerator', '1', 'divisor') }} as has_rest
    from readings_billed
),

{# Free events first, in time order, over the rating period if there is one. #}
numbered as (
    select
        readings_divided.event_id,
        items_by_event.item_id,
        items_by_event.subscription_id,
        items_by_event.charge_id,
        items_by_event.group_value,
        items_by_event.included_units,
        coalesce(items_by_event.rating_start, items_by_event.service_start)
            as counted_from,
        coalesce(tiers.rate, 0) as rate,
        coalesce(tiers.fixed_per_event, 0) as fixed_per_event,
        tiers.minimum_per_event,
        tiers.maximum_per_event,
        coalesce(tiers.free_events, 0) as free_events,
        sign(readings_divided.quantity) * {{ billed_quantity(
            'readings_divided.twice_quantity', 'readings_divided.has_rest',
            'readings_divided.rounding', 'readings_divided.rounding_unit'
        ) }} as quantity,
        row_number() over (
            partition by
                items_by_event.subscription_id,
                items_by_event.charge_id,
                items_by_event.group_value,
                coalesce(
                    items_by_event.rating_start, items_by_event.service_start
                )
            order by readings_divided.occurred_at, readings_divided.event_id
        ) as event_number
    from items_by_event
    inner join charge_dimensions
        on
            items_by_event.charge_id = charge_dimensions.charge_id
            and items_by_event.group_value = charge_dimensions.group_value
    inner join readings_divided
        on
            items_by_event.subscription_id = readings_divided.subscription_id
            and items_by_event.meter_id = readings_divided.meter_id
            and charge_dimensions.dimensions = readings_divided.dimensions
    inner join spans
        on
            items_by_event.subscription_id = spans.subscription_id
            and items_by_event.charge_id = spans.charge_id
            and items_by_event.service_start = spans.service_start
            and readings_divided.usage_date >= spans.span_start
            and readings_divided.usage_date < spans.span_end
    inner join tiers
        on
            items_by_event.charge_id = tiers.charge_id
            and items_by_event.currency = tiers.currency
            and items_by_event.price_subscription_id = tiers.subscription_id
            and items_by_event.price_valid_from = tiers.valid_from
            and tiers.tier_number = 1
),

counted as (
    select
        *,
        cast(sum(quantity) over (
            partition by
                subscription_id, charge_id, group_value, counted_from
            order by event_number
            rows between unbounded preceding and current row
        ) as decimal(38, 12)) as units_after
    from numbered
    where event_number > free_events
),

{#
    An event wholly inside the included units costs nothing; one of no units
    is inside while any are left. Where none are included, each event pays for
    its own units, whatever came before.
#}
charged as (
    select
        *,
        case
            when included_units = 0 then quantity
            else
                greatest(units_after - included_units, 0)
                - greatest(units_after - quantity - included_units, 0)
        end as charged_units
    from counted
    where
        included_units = 0
        or not (
            greatest(units_after, units_after - quantity) <= included_units
            and least(units_after, units_after - quantity) < included_units
        )
),

priced as (
    select
        event_id,
        item_id,
        subscription_id,
        charge_id,
        quantity,
        charged_units,
        {{ event_amount(
            'charged_units', 'rate', 'fixed_per_event',
            'minimum_per_event', 'maximum_per_event'
        ) }} as event_amount
    from charged
),

{# Events that reach 10^14 together have no amount: their item is held. #}
within_range as (
    select
        * exclude (event_amount),
        case
            when
                sum(cast(abs(event_amount) as decimal(38, 12))) over (
                    partition by subscription_id, charge_id
                ) < 100000000000000
                then event_amount
        end as event_amount
    from priced
)

select * from within_range
