{#
    Guards the adjustment lines of marts.invoice_lines: quantity × unit price
    is the net amount, the quantity 1 or -1, and the document they correct is
    the first that billed their item. A line that is no adjustment corrects
    nothing.
#}

with

lines as (
    select * from {{ ref('invoice_lines') }}
),

invoices as (
    select * from {{ ref('invoices') }}
),

first_lines as (
    select
        lines.item_id,
        min_by(
            lines.invoice_id, (invoices.bill_date, invoices.issue_date)
        ) as first_invoice_id
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    group by lines.item_id
)

select
    lines.line_id,
    lines.line_type,
    lines.quantity,
    lines.unit_price,
    lines.net_amount,
    lines.corrects_invoice_id,
    first_lines.first_invoice_id
from lines
inner join first_lines on lines.item_id = first_lines.item_id
where
    (lines.line_type = 'adjustment')
    != (lines.corrects_invoice_id is not null)
    or (
        lines.line_type = 'adjustment'
        and (
            lines.quantity not in (1, -1)
            or lines.unit_price <= 0
            or case
                when lines.quantity < 0 then -lines.unit_price
                else lines.unit_price
            end != lines.net_amount
            or lines.corrects_invoice_id != first_lines.first_invoice_id
            or lines.corrects_invoice_id = lines.invoice_id
        )
    )
