{#
    Guards law 5 on marts.invoices, one row per document: each series (seller,
    kind, year of issue) runs 1, 2, 3 and so on, and a later number is never
    of an earlier date. The tax office asks for exactly this.
#}

with

invoices as (
    select * from {{ ref('invoices') }}
),

numbered as (
    select
        entity_id,
        document_type,
        invoice_number,
        issue_date,
        cast(
            regexp_extract(invoice_number, '([0-9]+)$', 1) as bigint
        ) as series_number,
        extract(year from issue_date) as issue_year
    from invoices
),

ordered as (
    select
        *,
        row_number() over (
            partition by entity_id, document_type, issue_year
            order by series_number
        ) as place,
        lag(issue_date) over (
            partition by entity_id, document_type, issue_year
            order by series_number
        ) as date_before
    from numbered
)

select * from ordered
where series_number != place or date_before > issue_date
