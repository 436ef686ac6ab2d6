{#
    Guards documents_to_issue, one row per document, before it is issued: its
    lines are as many and add up to as much as it says, its taxes add up to
    its tax and their bases to its net amount (EN 16931 BR-CO-10, BR-CO-14),
    total = net + tax, due = total - prepaid, prepaid is what was drawn, and
    only a credit note is negative. Without it, a wrong document is found when
    it is in the ledger, where nothing changes any more.
#}

with

documents as (
    select * from {{ ref('documents_to_issue') }}
),

lines as (
    select * from {{ ref('lines_to_issue') }}
),

taxes as (
    select * from {{ ref('taxes_to_issue') }}
),

drawdowns as (
    select * from {{ ref('drawdowns_to_issue') }}
),

line_totals as (
    select
        invoice_id,
        count(*) as line_count,
        sum(net_amount) as net_amount
    from lines
    group by invoice_id
),

tax_totals as (
    select
        invoice_id,
        sum(taxable_amount) as taxable_amount,
        sum(tax_amount) as tax_amount
    from taxes
    group by invoice_id
),

drawn_totals as (
    select
        invoice_id,
        sum(drawn_amount) as drawn_amount
    from drawdowns
    group by invoice_id
)

select
    documents.invoice_number,
    documents.net_amount,
    line_totals.net_amount as sum_of_lines,
    tax_totals.taxable_amount as sum_of_bases,
    documents.tax_amount,
    tax_totals.tax_amount as sum_of_taxes,
    documents.total_amount,
    documents.prepaid_amount,
    drawn_totals.drawn_amount as sum_of_drawdowns,
    documents.due_amount
from documents
left join line_totals on documents.invoice_id = line_totals.invoice_id
left join tax_totals on documents.invoice_id = tax_totals.invoice_id
left join drawn_totals on documents.invoice_id = drawn_totals.invoice_id
where
    documents.line_count is distinct from line_totals.line_count
    or documents.net_amount is distinct from line_totals.net_amount
    or documents.net_amount is distinct from tax_totals.taxable_amount
    or documents.tax_amount is distinct from tax_totals.tax_amount
    or documents.total_amount != documents.net_amount + documents.tax_amount
    or documents.due_amount
    != documents.total_amount - documents.prepaid_amount
    or (drawn_totals.invoice_id is null and documents.prepaid_amount != 0)
    or documents.prepaid_amount != drawn_totals.drawn_amount
    or (documents.document_type = 'credit_note') != (documents.total_amount < 0)
