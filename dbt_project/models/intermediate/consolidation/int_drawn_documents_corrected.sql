{# Grain: one row per line_id, drawn_by_invoice_id of a credit note's line. #}

with

documents as (
    select * from {{ ref('int_documents_drafted') }}
),

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

issued_documents as (
    select * from {{ source('issued', 'documents') }}
),

issued_lines as (
    select * from {{ source('issued', 'lines') }}
),

issued_drawdowns as (
    select * from {{ source('issued', 'drawdowns') }}
),

{# What a document drew, less what was given back of it since. #}
drawn as (
    select
        cast(sum(drawn_amount) as decimal(38, 4)) as drawn_amount,
        coalesce(drawn_by_invoice_id, invoice_id) as invoice_id
    from issued_drawdowns
    group by coalesce(drawn_by_invoice_id, invoice_id)
    having sum(drawn_amount) > 0
),

drawn_documents as (
    select
        drawn.invoice_id,
        drawn.drawn_amount,
        issued_documents.ledger_position,
        issued_documents.account_id as payer_account_id
    from drawn
    inner join issued_documents
        on drawn.invoice_id = issued_documents.invoice_id
),

{# The corrected documents are all that billed the corrected items. #}
corrected as (
    select
        lines.line_id,
        drawn_documents.invoice_id as drawn_by_invoice_id,
        drawn_documents.drawn_amount,
        drawn_documents.ledger_position
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    inner join issued_lines on lines.item_id = issued_lines.item_id
    inner join drawn_documents
        on
            issued_lines.invoice_id = drawn_documents.invoice_id
            and documents.payer_account_id = drawn_documents.payer_account_id
    where documents.total_amount < 0 and lines.net_amount < 0
    group by
        lines.line_id,
        drawn_documents.invoice_id,
        drawn_documents.drawn_amount,
        drawn_documents.ledger_position
),

correcting_lines as (
    select line_id
    from corrected
    group by line_id
),

{#
    Tax is on the running sum per rate, so that all lines of a rate take back
    the document's own tax, to the cent.
#}
bases as (
    select
        documents.payer_account_id,
        documents.invoice_id,
        documents.place_in_run,
        documents.minor_units,
        documents.total_amount,
        lines.line_id,
        lines.line_number,
        lines.tax_category,
        lines.tax_rate,
        cast(
            -sum(lines.net_amount) over (
                partition by
                    lines.invoice_id, lines.tax_category, lines.tax_rate
                order by lines.line_number
                rows between unbounded preceding and current row
            ) as decimal(38, 4)
        ) as base_through
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    inner join correcting_lines on lines.line_id = correcting_lines.line_id
),

worths_through as (
    select
        *,
        cast(
            base_through + {{ amount_times_ratio(
                'base_through', unscaled_integer('tax_rate'), '1000000',
                'minor_units'
            ) }} as decimal(38, 4)
        ) as worth_through
    from bases
),

worths as (
    select
        *,
        cast(
            worth_through - coalesce(
                lag(worth_through) over (
                    partition by invoice_id, tax_category, tax_rate
                    order by line_number
                ), 0
            ) as decimal(38, 4)
        ) as worth
    from worths_through
),

{# Together no more than the credit note gives back at all. #}
limited as (
    select
        *,
        cast(
            greatest(
                least(
                    worth,
                    worth - total_amount - sum(worth) over (
                        partition by invoice_id
                        order by line_number
                        rows between unbounded preceding and current row
                    )
                ), 0
            ) as decimal(38, 4)
        ) as taken_back_amount
    from worths
),

{# Documents are numbered from the latest on, for each payer. #}
ranked as (
    select
        limited.payer_account_id,
        limited.invoice_id,
        limited.place_in_run,
        limited.line_id,
        limited.line_number,
        limited.taken_back_amount,
        corrected.drawn_by_invoice_id,
        corrected.drawn_amount,
        dense_rank() over (
            partition by limited.payer_account_id
            order by corrected.ledger_position desc
        ) as document_rank
    from limited
    inner join corrected on limited.line_id = corrected.line_id
)

select * from ranked
