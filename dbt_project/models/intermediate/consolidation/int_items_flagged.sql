{# Grain: one row per item_id, kind. #}

with

items as (
    select * from {{ ref('int_items_checked') }}
),

issued_lines as (
    select * from {{ source('issued', 'lines') }}
),

{#
    What the last thirteen months' windows were first billed for: a line that
    corrects says a difference. A day's worth, so that months compare.
#}
history as (
    select
        items.item_id,
        case
            when items.grows_with_days
                then
                    cast(issued_lines.quantity as double)
                    / (issued_lines.service_end - issued_lines.service_start)
            else cast(issued_lines.quantity as double)
        end as quantity
    from items
    inner join issued_lines
        on
            items.subscription_id = issued_lines.subscription_id
            and items.charge_id = issued_lines.charge_id
            and items.group_value = issued_lines.group_value
            and items.service_start > issued_lines.service_start
            and items.service_start - 400 <= issued_lines.service_start
    where issued_lines.line_type = 'usage'
),

norms as (
    select
        item_id,
        count(*) as history_count,
        median(quantity) as usual,
        {{ spread('quantity') }} as spread
    from history
    group by item_id
),

compared as (
    select
        items.*,
        norms.history_count,
        norms.usual,
        norms.spread,
        case
            when items.grows_with_days
                then cast(items.quantity as double) / items.active_days
            else cast(items.quantity as double)
        end as observed
    from items
    inner join norms on items.item_id = norms.item_id
    where norms.history_count >= 3 and norms.usual > 0
),

judged as (
    select
        *,
        case
            when observed >= 5 * usual and observed - usual >= 5 * spread
                then 'usage_high'
            when 10 * observed <= usual and usual - observed >= 2 * spread
                then 'usage_low'
        end as kind
    from compared
),

flagged as (
    select
        item_id,
        account_id,
        entity_id,
        payer_account_id,
        bill_date,
        subscription_id,
        meter_id,
        charge_id,
        group_value,
        service_start,
        service_end,
        kind,
        quantity,
        grows_with_days,
        history_count,
        cast(observed as decimal(38, 12)) as observed,
        cast(usual as decimal(38, 12)) as usual,
        cast(spread as decimal(38, 12)) as spread
    from judged
    where kind is not null
)

select * from flagged
