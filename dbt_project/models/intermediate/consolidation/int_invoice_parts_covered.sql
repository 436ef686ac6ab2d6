{# Grain: one row per document_id, tax_category, tax_rate, scope. #}

with

items as (
    select * from {{ ref('int_invoice_items_taxed') }}
),

placed as (
    select * from {{ ref('int_invoice_allowances_placed') }}
),

{# Items that the same allowances cover are one sum. #}
scopes as (
    select
        item_id,
        ' ' || string_agg(cast(place as varchar), ' ' order by place) || ' '
            as scope
    from placed
    group by item_id
),

parts as (
    select
        items.document_id,
        items.tax_category,
        items.tax_rate,
        scopes.scope,
        items.minor_units,
        cast(
            sum({{ whole_minor_units(
                'items.net_amount', 'items.minor_units'
            ) }})
            as hugeint
        ) as units
    from items
    inner join scopes on items.item_id = scopes.item_id
    group by
        items.document_id, items.tax_category, items.tax_rate, scopes.scope,
        items.minor_units
)

select * from parts
