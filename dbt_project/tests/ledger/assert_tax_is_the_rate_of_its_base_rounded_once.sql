{#
    Guards marts.invoice_taxes, one row per document, category and rate: tax =
    base × rate / 100, rounded once to the currency's minor unit (EN 16931
    BR-CO-17). Checked without dividing: one hundred times the tax is at most
    half a minor unit, times one hundred, away from base × rate.
#}

with

taxes as (
    select * from {{ ref('invoice_taxes') }}
),

invoices as (
    select * from {{ ref('invoices') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

compared as (
    select
        invoices.invoice_number,
        currencies.minor_units,
        taxes.tax_category,
        taxes.tax_rate,
        taxes.taxable_amount,
        taxes.tax_amount,
        cast(taxes.taxable_amount as decimal(30, 4))
        * cast(taxes.tax_rate as decimal(8, 4)) as exact_hundredfold,
        100 * cast(taxes.tax_amount as decimal(34, 4)) as tax_hundredfold,
        case currencies.minor_units
            when 0 then cast(1 as decimal(9, 4))
            when 2 then cast('0.01' as decimal(9, 4))
            when 3 then cast('0.001' as decimal(9, 4))
            when 4 then cast('0.0001' as decimal(9, 4))
        end as minor_unit
    from taxes
    inner join invoices on taxes.invoice_id = invoices.invoice_id
    inner join currencies on invoices.currency = currencies.currency
)

{# A tie goes away from zero, so the tax is never the smaller of the two. #}
select * from compared
where
    minor_unit is null
    or tax_amount % minor_unit != 0
    or abs(tax_hundredfold - exact_hundredfold) > 50 * minor_unit
    or (
        abs(tax_hundredfold - exact_hundredfold) = 50 * minor_unit
        and abs(tax_hundredfold) < abs(exact_hundredfold)
    )
