{#
    Guards int_items_worth: what invoice allowances take off a document in one
    tax category and rate is no more than what its items there are worth.
    Without it an invoice of 30.00 with 50.00 off would pay 20.00 out.
#}

with

items as (
    select * from {{ ref('int_invoice_items_taxed') }}
),

taken as (
    select * from {{ ref('int_invoice_allowances_taken') }}
),

positive_parts as (
    select
        document_id,
        tax_category,
        tax_rate,
        sum(greatest(net_amount, 0)) as positive_amount
    from items
    group by document_id, tax_category, tax_rate
),

taken_in_rates as (
    select
        document_id,
        tax_category,
        tax_rate,
        sum(allowance_amount) as allowance_amount,
        min(allowance_amount) as smallest_amount
    from taken
    group by document_id, tax_category, tax_rate
)

select
    taken_in_rates.document_id,
    taken_in_rates.tax_category,
    taken_in_rates.tax_rate,
    taken_in_rates.allowance_amount,
    positive_parts.positive_amount
from taken_in_rates
left join positive_parts
    on
        taken_in_rates.document_id = positive_parts.document_id
        and taken_in_rates.tax_category = positive_parts.tax_category
        and taken_in_rates.tax_rate = positive_parts.tax_rate
where
    positive_parts.document_id is null
    or taken_in_rates.smallest_amount <= 0
    or taken_in_rates.allowance_amount > positive_parts.positive_amount
