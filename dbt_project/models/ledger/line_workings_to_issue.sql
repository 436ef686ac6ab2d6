{# Grain: one row per line_id. #}

with

lines as (
    select * from {{ ref('lines_to_issue') }}
),

differing as (
    select * from {{ ref('int_items_differing') }}
),

items as (
    select * from {{ ref('int_items_priced') }}
),

rated as (
    select * from {{ ref('int_items_rated') }}
),

totals as (
    select * from {{ ref('int_totals_rated') }}
),

metered as (
    select * from {{ ref('int_usage_metered') }}
),

usage_parts as (
    select * from {{ ref('int_usage_parts') }}
),

line_allowances as (
    select * from {{ ref('int_line_allowances_placed') }}
),

line_allowances_taken as (
    select * from {{ ref('int_line_allowances_taken') }}
),

invoice_allowances as (
    select * from {{ ref('int_invoice_allowances_spread') }}
),

invoice_items_covered as (
    select * from {{ ref('int_invoice_allowances_placed') }}
),

invoice_items as (
    select * from {{ ref('int_invoice_items_taxed') }}
),

issued_workings as (
    select * from {{ source('issued', 'line_workings') }}
),

last_position as (
    select coalesce(max(ledger_position), 0) as ledger_position
    from issued_workings
),

{# Each takes from what is left by those before it. #}
bases_of_line_allowances as (
    select
        line_allowances.item_id,
        line_allowances.allowance_id,
        cast(
            line_allowances.own_amount - coalesce(
                sum(line_allowances_taken.allowance_amount) over (
                    partition by line_allowances.item_id
                    order by line_allowances.place
                    rows between unbounded preceding and 1 preceding
                ),
                0
            )
            as decimal(38, 4)
        ) as base_amount
    from line_allowances
    left join line_allowances_taken
        on
            line_allowances.item_id = line_allowances_taken.item_id
            and line_allowances.allowance_id
            = line_allowances_taken.allowance_id
),

bases_of_invoice_allowances as (
    select
        invoice_items_covered.allowance_id,
        invoice_items_covered.document_id,
        cast(sum(invoice_items.net_amount) as decimal(38, 4)) as base_amount
    from invoice_items_covered
    inner join invoice_items
        on invoice_items_covered.item_id = invoice_items.item_id
    group by
        invoice_items_covered.allowance_id, invoice_items_covered.document_id
),

{# What the worth of the line's item was made of when it was issued. #}
to_issue as (
    select
        lines.line_id,
        lines.invoice_id,
        differing.item_kind,
        items.quantity,
        items.unit,
        metered.quantity_numerator as metered_numerator,
        metered.quantity_denominator as metered_denominator,
        totals.included_units,
        totals.quantity as total_quantity,
        totals_before.quantity as total_before,
        totals.price_breakdown,
        totals.exact_amount,
        rated.priced_amount,
        rated.amount_before,
        rated.least_amount,
        rated.greatest_amount,
        differing.discounted_item_id,
        invoice_allowances.document_id as discounted_document_id,
        items.item_id is not null and items.is_pooled as is_pooled,
        coalesce(usage_parts.minimum_numerator, items.proration_numerator)
            as minimum_numerator,
        coalesce(usage_parts.minimum_denominator, items.proration_denominator)
            as minimum_denominator,
        coalesce(
            bases_of_line_allowances.base_amount,
            bases_of_invoice_allowances.base_amount
        ) as base_amount,
        last_position.ledger_position + row_number() over (
            order by lines.ledger_position
        ) as ledger_position
    from lines
    cross join last_position
    inner join differing on lines.item_id = differing.item_id
    left join items on lines.item_id = items.item_id
    left join rated on lines.item_id = rated.item_id
    left join totals
        on items.rating_key = totals.rating_key and totals.side = 'through'
    left join totals as totals_before
        on
            items.rating_key = totals_before.rating_key
            and totals_before.side = 'before'
    left join metered
        on
            items.subscription_id = metered.subscription_id
            and items.charge_id = metered.charge_id
            and items.service_start = metered.service_start
            and items.group_value = metered.group_value
    left join usage_parts
        on
            items.subscription_id = usage_parts.subscription_id
            and items.charge_id = usage_parts.charge_id
            and items.service_start = usage_parts.service_start
    left join bases_of_line_allowances
        on
            differing.discounted_item_id = bases_of_line_allowances.item_id
            and differing.allowance_id = bases_of_line_allowances.allowance_id
    left join invoice_allowances
        on lines.item_id = invoice_allowances.item_id
    left join bases_of_invoice_allowances
        on
            invoice_allowances.document_id
            = bases_of_invoice_allowances.document_id
            and invoice_allowances.allowance_id
            = bases_of_invoice_allowances.allowance_id
)

select * from to_issue
