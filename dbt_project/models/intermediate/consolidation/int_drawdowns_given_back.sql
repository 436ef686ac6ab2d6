{# Grain: one row per invoice_id, drawn_by_invoice_id, credit_id. #}

with recursive

corrected as (
    select * from {{ ref('int_drawn_documents_corrected') }}
),

issued_drawdowns as (
    select * from {{ source('issued', 'drawdowns') }}
),

{# Lines that no earlier document billed are first to take back. #}
correcting_lines as (
    select
        payer_account_id,
        invoice_id,
        place_in_run,
        line_id,
        line_number,
        taken_back_amount,
        max(document_rank) as last_rank
    from corrected
    group by
        payer_account_id,
        invoice_id,
        place_in_run,
        line_id,
        line_number,
        taken_back_amount
),

{#
    Document after document, the latest first: its lines take back what it
    drew, as far as they have anything left to take back.
#}
steps as (
    select
        *,
        cast(0 as bigint) as step,
        taken_back_amount as left_amount,
        cast(0 as decimal(38, 4)) as given_amount,
        cast(null as varchar) as drawn_by_invoice_id
    from correcting_lines

    union all

    (
        with

        touched as (
            select
                steps.*,
                corrected.drawn_by_invoice_id as touched_invoice_id,
                corrected.drawn_amount,
                sum(
                    case
                        when corrected.line_id is not null
                            then steps.left_amount
                        else 0
                    end
                ) over (
                    partition by steps.payer_account_id
                    order by
                        steps.place_in_run,
                        steps.last_rank,
                        steps.line_number
                    rows between unbounded preceding and current row
                ) as left_through
            from steps
            left join corrected
                on
                    steps.line_id = corrected.line_id
                    and steps.step + 1 = corrected.document_rank
            where steps.step < steps.last_rank
        ),

        given as (
            select
                *,
                cast(
                    case
                        when touched_invoice_id is null then 0
                        else greatest(
                            least(
                                left_amount,
                                drawn_amount - left_through + left_amount
                            ), 0
                        )
                    end as decimal(38, 4)
                ) as given_now
            from touched
        )

        select
            payer_account_id,
            invoice_id,
            place_in_run,
            line_id,
            line_number,
            taken_back_amount,
            last_rank,
            step + 1 as step,
            cast(left_amount - given_now as decimal(38, 4)) as left_amount,
            given_now as given_amount,
            touched_invoice_id as drawn_by_invoice_id
        from given
    )
),

given_back as (
    select
        invoice_id,
        place_in_run,
        drawn_by_invoice_id,
        sum(given_amount) as given_amount
    from steps
    where given_amount > 0
    group by invoice_id, place_in_run, drawn_by_invoice_id
),

given_ranges as (
    select
        *,
        sum(given_amount) over (
            partition by drawn_by_invoice_id
            order by place_in_run
            rows between unbounded preceding and current row
        ) as given_through
    from given_back
),

{# What each lot still has paid of a document; the last one drawn first. #}
drawn_lots as (
    select
        credit_id,
        coalesce(drawn_by_invoice_id, invoice_id) as drawn_by_invoice_id,
        sum(drawn_amount) as drawn_amount,
        min(ledger_position) as ledger_position
    from issued_drawdowns
    group by coalesce(drawn_by_invoice_id, invoice_id), credit_id
    having sum(drawn_amount) > 0
),

lot_ranges as (
    select
        *,
        sum(drawn_amount) over (
            partition by drawn_by_invoice_id
            order by ledger_position desc
            rows between unbounded preceding and current row
        ) as drawn_through
    from drawn_lots
),

to_lots as (
    select
        given_ranges.invoice_id,
        given_ranges.drawn_by_invoice_id,
        lot_ranges.credit_id,
        given_ranges.place_in_run as document_place,
        lot_ranges.ledger_position as drawn_position,
        {{ overlap_of_ranges(
            'given_ranges.given_through', 'given_ranges.given_amount',
            'lot_ranges.drawn_through', 'lot_ranges.drawn_amount'
        ) }} as given_back_amount
    from given_ranges
    inner join lot_ranges
        on
            given_ranges.drawn_by_invoice_id = lot_ranges.drawn_by_invoice_id
            and {{ ranges_overlap(
                'given_ranges.given_through', 'given_ranges.given_amount',
                'lot_ranges.drawn_through', 'lot_ranges.drawn_amount'
            ) }}
)

select * from to_lots
