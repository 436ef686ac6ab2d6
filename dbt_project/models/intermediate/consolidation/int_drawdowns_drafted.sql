{# Grain: one row per invoice_id, credit_id, drawn_by_invoice_id. #}

with

documents as (
    select * from {{ ref('int_documents_drafted') }}
),

lots as (
    select * from {{ ref('int_prepaid_lots') }}
),

given_back as (
    select * from {{ ref('int_drawdowns_given_back') }}
),

issued_drawdowns as (
    select * from {{ source('issued', 'drawdowns') }}
),

given_to_lots as (
    select
        credit_id,
        sum(given_back_amount) as given_back_amount
    from given_back
    group by credit_id
),

{#
    All lots of a payer and currency in their order, end to end, and so its
    documents: a document draws on a lot where the two overlap. What credit
    notes of this run give back can be drawn by its invoices.
#}
lots_left as (
    select
        lots.*,
        greatest(
            lots.granted_amount - lots.drawn_before
            + coalesce(given_to_lots.given_back_amount, 0), 0
        ) as left_amount
    from lots
    left join given_to_lots on lots.credit_id = given_to_lots.credit_id
),

lot_ranges as (
    select
        *,
        sum(left_amount) over (
            partition by payer_account_id, currency
            order by draw_order
            rows between unbounded preceding and current row
        ) as left_through
    from lots_left
    where left_amount > 0
),

document_ranges as (
    select
        *,
        sum(total_amount) over (
            partition by payer_account_id, currency
            order by place_in_run
            rows between unbounded preceding and current row
        ) as total_through
    from documents
    where total_amount > 0
),

draws as (
    select
        document_ranges.invoice_id,
        lot_ranges.credit_id,
        cast(null as varchar) as drawn_by_invoice_id,
        lot_ranges.account_id,
        lot_ranges.currency,
        lot_ranges.granted_amount,
        lot_ranges.granted_on,
        lot_ranges.expires_on,
        lot_ranges.description,
        document_ranges.place_in_run as document_place,
        lot_ranges.draw_order as place_in_document,
        {{ overlap_of_ranges(
            'document_ranges.total_through', 'document_ranges.total_amount',
            'lot_ranges.left_through', 'lot_ranges.left_amount'
        ) }} as drawn_amount
    from document_ranges
    inner join lot_ranges
        on
            document_ranges.payer_account_id = lot_ranges.payer_account_id
            and document_ranges.currency = lot_ranges.currency
            and {{ ranges_overlap(
                'document_ranges.total_through', 'document_ranges.total_amount',
                'lot_ranges.left_through', 'lot_ranges.left_amount'
            ) }}
),

{# The lot as it was when it was drawn: it may be withdrawn since. #}
returns as (
    select
        given_back.invoice_id,
        given_back.credit_id,
        given_back.drawn_by_invoice_id,
        issued_drawdowns.account_id,
        issued_drawdowns.currency,
        issued_drawdowns.granted_amount,
        issued_drawdowns.granted_on,
        issued_drawdowns.expires_on,
        issued_drawdowns.description,
        given_back.document_place,
        -given_back.drawn_position as place_in_document,
        cast(-given_back.given_back_amount as decimal(38, 4))
            as drawn_amount
    from given_back
    inner join issued_drawdowns
        on given_back.drawn_position = issued_drawdowns.ledger_position
),

drawdowns as (
    select * from draws
    union all
    select * from returns
),

drawn_before as (
    select
        credit_id,
        sum(drawn_amount) as drawn_before
    from issued_drawdowns
    group by credit_id
),

{# What is given back comes first: a lot is never drawn below nothing. #}
placed as (
    select
        *,
        row_number() over (
            order by
                drawn_by_invoice_id is null,
                document_place,
                place_in_document
        ) as place_in_run
    from drawdowns
),

drafted as (
    select
        placed.invoice_id,
        placed.credit_id,
        placed.drawn_by_invoice_id,
        placed.account_id,
        placed.currency,
        placed.drawn_amount,
        placed.granted_amount,
        placed.granted_on,
        placed.expires_on,
        placed.description,
        placed.place_in_run,
        cast(
            placed.granted_amount
            - coalesce(drawn_before.drawn_before, 0)
            - sum(placed.drawn_amount) over (
                partition by placed.credit_id
                order by placed.place_in_run
                rows between unbounded preceding and current row
            ) as decimal(38, 4)
        ) as balance_amount
    from placed
    left join drawn_before on placed.credit_id = drawn_before.credit_id
)

select * from drafted
