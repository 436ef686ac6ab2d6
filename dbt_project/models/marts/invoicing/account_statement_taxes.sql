{# Grain: one row per invoice_id, account_id, tax_category, tax_rate. #}
{{ config(materialized='view') }}

with

documents as (
    select * from {{ source('ledger', 'documents') }}
),

lines as (
    select * from {{ source('ledger', 'lines') }}
),

taxes as (
    select * from {{ source('ledger', 'taxes') }}
),

{# Another one than the payer consumed: else the document says it all. #}
family_documents as (
    select documents.invoice_id
    from documents
    inner join lines on documents.invoice_id = lines.invoice_id
    where documents.account_id != lines.account_id
    group by documents.invoice_id
),

bases as (
    select
        lines.invoice_id,
        lines.account_id,
        lines.tax_category,
        lines.tax_rate,
        cast(sum(lines.net_amount) as decimal(38, 4)) as taxable_amount
    from lines
    inner join family_documents
        on lines.invoice_id = family_documents.invoice_id
    group by
        lines.invoice_id, lines.account_id, lines.tax_category, lines.tax_rate
),

{# Whole numbers: the tax in minor units, the base times the rate in 10^-10. #}
weighed as (
    select
        bases.invoice_id,
        bases.account_id,
        bases.tax_category,
        bases.tax_rate,
        bases.taxable_amount,
        documents.minor_units,
        {{ unscaled_integer('taxes.tax_amount') }}
        // {{ power_of_ten('4 - documents.minor_units') }} as tax_units,
        {{ unscaled_integer('bases.taxable_amount') }}
        * {{ unscaled_integer('bases.tax_rate') }} as weight,
        {{ power_of_ten('10 - documents.minor_units') }} as divisor
    from bases
    inner join documents on bases.invoice_id = documents.invoice_id
    inner join taxes
        on
            bases.invoice_id = taxes.invoice_id
            and bases.tax_category = taxes.tax_category
            and bases.tax_rate = taxes.tax_rate
),

rounded_down as (
    select
        *,
        {{ floor_of_ratio('weight', 'divisor') }} as units,
        {{ rest_of_ratio('weight', 'divisor') }} as rest
    from weighed
),

{# Largest remainder: the units that are left go where the most was cut off. #}
ranked as (
    select
        *,
        tax_units - sum(units) over (
            partition by invoice_id, tax_category, tax_rate
        ) as units_left,
        row_number() over (
            partition by invoice_id, tax_category, tax_rate
            order by rest desc, account_id asc
        ) as place
    from rounded_down
),

shared as (
    select
        invoice_id,
        account_id,
        tax_category,
        tax_rate,
        taxable_amount,
        cast(
            cast(
                (units + cast(place <= units_left as integer))
                * {{ power_of_ten('4 - minor_units') }} as decimal(34, 0)
            ) * cast('0.0001' as decimal(4, 4)) as decimal(38, 4)
        ) as tax_amount
    from ranked
)

select
    invoice_id,
    account_id,
    tax_category,
    tax_rate,
    taxable_amount,
    tax_amount
from shared
