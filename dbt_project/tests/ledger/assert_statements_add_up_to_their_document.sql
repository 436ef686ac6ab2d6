{#
    Guards marts.account_statements and marts.account_statement_taxes, one row
    per document of a family and account: the shares of a document's lines,
    net and tax, by category and rate, are the whole of it. Otherwise a family
    that settles by its statements pays another amount than it was asked for.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

taxes as (
    select * from {{ ref('invoice_taxes') }}
),

statements as (
    select * from {{ ref('account_statements') }}
),

tax_shares as (
    select * from {{ ref('account_statement_taxes') }}
),

of_documents as (
    select
        invoice_id,
        sum(line_count) as line_count,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount,
        sum(total_amount) as total_amount
    from statements
    group by invoice_id
),

of_rates as (
    select
        invoice_id,
        tax_category,
        tax_rate,
        sum(taxable_amount) as taxable_amount,
        sum(tax_amount) as tax_amount
    from tax_shares
    group by invoice_id, tax_category, tax_rate
)

select
    invoices.invoice_id,
    invoices.total_amount as document_amount,
    of_documents.total_amount as shared_amount
from invoices
inner join of_documents on invoices.invoice_id = of_documents.invoice_id
where
    invoices.line_count is distinct from of_documents.line_count
    or invoices.net_amount is distinct from of_documents.net_amount
    or invoices.tax_amount is distinct from of_documents.tax_amount
    or invoices.total_amount is distinct from of_documents.total_amount

union all

select
    taxes.invoice_id,
    taxes.tax_amount as document_amount,
    of_rates.tax_amount as shared_amount
from taxes
inner join of_rates
    on
        taxes.invoice_id = of_rates.invoice_id
        and taxes.tax_category = of_rates.tax_category
        and taxes.tax_rate = of_rates.tax_rate
where
    taxes.taxable_amount is distinct from of_rates.taxable_amount
    or taxes.tax_amount is distinct from of_rates.tax_amount
