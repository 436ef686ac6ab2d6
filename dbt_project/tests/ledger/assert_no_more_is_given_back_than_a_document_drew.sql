{#
    Guards marts.invoice_drawdowns, one row per document and lot: what credit
    notes give back to a lot is at most what the corrected document drew on it.
#}

with

drawdowns as (
    select * from {{ ref('invoice_drawdowns') }}
),

left_of_draws as (
    select
        credit_id,
        coalesce(drawn_by_invoice_id, invoice_id) as drawn_by_invoice_id,
        sum(drawn_amount) as drawn_amount
    from drawdowns
    group by credit_id, coalesce(drawn_by_invoice_id, invoice_id)
)

select * from left_of_draws
where drawn_amount < 0
