{#
    Guards every credit: an item never falls below nothing by a correction.
    Without it a customer could be given back what was never billed.

    Worth less than nothing may be what carries its own amount: events priced
    one by one, one-time amounts; and a window of a rating period, where the
    running total gets cheaper.
#}

with

lines as (
    select * from {{ source('ledger', 'lines') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

summed as (
    select
        lines.line_id,
        lines.item_id,
        lines.net_amount,
        lines.corrects_invoice_id,
        sum(lines.net_amount) over (
            partition by lines.item_id
            order by lines.ledger_position
        ) - lines.net_amount as billed_before
    from lines
    inner join charges on lines.charge_id = charges.charge_id
    where
        lines.charge_model not in ('dynamic', 'percentage')
        and charges.rating_period is null
)

select * from summed
where
    corrects_invoice_id is not null
    and billed_before >= 0
    and billed_before + net_amount < 0
