{#
    Guards marts.invoice_taxes, one row per document, category and rate (EN
    16931 BR-E-10, BR-AE-10, BR-O-10): a category other than the standard
    rate says why, and the standard rate has a rate and no reason. Without it
    the document is not a valid invoice.
#}

with

taxes as (
    select * from {{ ref('invoice_taxes') }}
)

select
    invoice_id,
    tax_category,
    tax_rate,
    tax_amount,
    exemption_reason
from taxes
where
    (tax_category = 'S' and (tax_rate <= 0 or exemption_reason is not null))
    or (
        tax_category != 'S'
        and (tax_rate != 0 or tax_amount != 0 or exemption_reason is null)
    )
