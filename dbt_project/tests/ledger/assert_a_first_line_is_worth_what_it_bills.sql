{#
    Guards the lines of marts.invoice_lines that bill their item for the first
    time: a whole period at one price, without a breakdown or another basis, is
    quantity × unit price, within half a minor unit. Otherwise the document shows two
    numbers whose product is not the third.
#}

with

lines as (
    select * from {{ ref('invoice_lines') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

priced as (
    select
        lines.line_id,
        lines.quantity,
        lines.unit_price,
        lines.net_amount,
        {{ exact_product('lines.quantity', 'lines.unit_price') }} as product,
        case currencies.minor_units
            when 0 then cast('0.5' as decimal(9, 5))
            when 2 then cast('0.005' as decimal(9, 5))
            when 3 then cast('0.0005' as decimal(9, 5))
            when 4 then cast('0.00005' as decimal(9, 5))
        end as half_unit
    from lines
    inner join currencies on lines.currency = currencies.currency
    where
        lines.line_type != 'adjustment'
        and lines.price_breakdown is null
        and lines.pricing_basis is null
        and lines.proration_numerator = lines.proration_denominator
)

select * from priced
where
    unit_price is null
    or abs(product - net_amount) > half_unit
