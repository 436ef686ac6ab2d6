{# Grain: one row per invoice_id, tax_category, tax_rate that is converted. #}

with

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

conversions as (
    select * from {{ ref('int_tax_conversions') }}
),

exchange_rates as (
    select * from {{ ref('stg_exchange_rates') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

issued_documents as (
    select * from {{ source('issued', 'documents') }}
),

{#
    EN 16931 BT-6 and BT-111: what is taxed in another currency than the
    seller's says its tax in the seller's.
#}
taxed as (
    select
        lines.invoice_id,
        lines.tax_category,
        lines.tax_rate,
        lines.currency,
        lines.net_amount,
        lines.corrects_invoice_id,
        conversions.accounting_currency,
        conversions.accounting_minor_units,
        conversions.exchange_rate
    from lines
    inner join conversions
        on
            lines.entity_id = conversions.entity_id
            and lines.currency = conversions.currency
    where lines.tax_rate > 0
),

{#
    A document that was converted at several rates does not say which one its
    first lines had: it was the last one by its date of issue.
#}
corrected as (
    select
        issued_documents.invoice_id,
        coalesce(
            issued_documents.exchange_rate,
            max_by(exchange_rates.rate, exchange_rates.valid_from)
        ) as exchange_rate
    from taxed
    inner join issued_documents
        on taxed.corrects_invoice_id = issued_documents.invoice_id
    left join exchange_rates
        on
            taxed.currency = exchange_rates.currency
            and taxed.accounting_currency = exchange_rates.base_currency
            and issued_documents.issue_date >= exchange_rates.valid_from
    group by issued_documents.invoice_id, issued_documents.exchange_rate
),

{# A correction takes back what was stated, at the rate at which it was. #}
bases as (
    select
        taxed.invoice_id,
        taxed.tax_category,
        taxed.tax_rate,
        taxed.currency,
        taxed.accounting_currency,
        taxed.accounting_minor_units,
        cast(sum(taxed.net_amount) as decimal(38, 4)) as taxable_amount,
        coalesce(corrected.exchange_rate, taxed.exchange_rate)
            as exchange_rate
    from taxed
    left join corrected on taxed.corrects_invoice_id = corrected.invoice_id
    group by
        taxed.invoice_id,
        taxed.tax_category,
        taxed.tax_rate,
        taxed.currency,
        taxed.accounting_currency,
        taxed.accounting_minor_units,
        coalesce(corrected.exchange_rate, taxed.exchange_rate)
),

taxes as (
    select
        bases.*,
        {{ amount_times_ratio(
            'bases.taxable_amount',
            unscaled_integer('bases.tax_rate'), '1000000',
            'currencies.minor_units'
        ) }} as tax_amount
    from bases
    inner join currencies on bases.currency = currencies.currency
),

products as (
    select
        *,
        {{ exact_product('tax_amount', 'exchange_rate') }}
            as accounting_tax_amount
    from taxes
),

{# Rounded once per VAT rate, at whatever rates of exchange. #}
converted as (
    select
        invoice_id,
        tax_category,
        tax_rate,
        accounting_currency,
        case
            when min(exchange_rate) = max(exchange_rate)
                then max(exchange_rate)
        end as exchange_rate,
        {{ rounded_to_minor_unit(
            'sum(accounting_tax_amount)', 'accounting_minor_units'
        ) }} as accounting_tax_amount
    from products
    group by
        invoice_id, tax_category, tax_rate, accounting_currency,
        accounting_minor_units
)

select * from converted
