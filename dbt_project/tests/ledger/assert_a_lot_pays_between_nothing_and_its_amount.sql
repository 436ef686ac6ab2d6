{#
    Guards marts.invoice_drawdowns, one row per document and lot: after each
    of them the lot has paid between nothing and what it was granted with, and
    its balance is the rest. Otherwise credit is spent twice, or made of
    nothing.
#}

with

drawdowns as (
    select * from {{ ref('invoice_drawdowns') }}
),

drawn as (
    select
        *,
        sum(drawn_amount) over (
            partition by credit_id
            order by drawdown_position
            rows between unbounded preceding and current row
        ) as drawn_through
    from drawdowns
)

select * from drawn
where
    drawn_through < 0
    or drawn_through > granted_amount
    or balance_amount != granted_amount - drawn_through
    or (drawn_amount > 0) != (drawn_by_invoice_id is null)
