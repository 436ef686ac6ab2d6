{#
    Guards law 1, conservation, on the lines of each item in order of issue:
    a line bills its present worth less its previous worth, begins where the
    line before it ended, and the first begins at nothing. So the sum of an
    item's lines is what it was worth at its last close.
#}

with

lines as (
    select * from {{ ref('invoice_lines') }}
),

invoices as (
    select * from {{ ref('invoices') }}
),

{# A payer closes each bill date once, so an item has one line on each. #}
ordered as (
    select
        lines.line_id,
        lines.item_id,
        lines.net_amount,
        lines.previous_worth,
        lines.present_worth,
        lag(lines.present_worth) over item_lines as worth_before,
        sum(lines.net_amount) over item_lines as billed_so_far
    from lines
    inner join invoices on lines.invoice_id = invoices.invoice_id
    window
        item_lines as (
            partition by lines.item_id
            order by invoices.bill_date, invoices.issue_date, lines.line_id
        )
)

select * from ordered
where
    previous_worth + net_amount != present_worth
    or previous_worth != coalesce(worth_before, 0)
    or billed_so_far != present_worth
