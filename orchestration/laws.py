"""The laws that the ledger and the landing must keep, each as SQL that finds what breaks it.

Each statement gives one text per violation. Not here: the hash chain (ledger.py), the files
on disk and the published marts (verification.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Law:
    """A sentence that holds, and SQL for the cases in which it does not."""

    sentence: str
    violations: str


LAWS = (
    Law(
        "Every item's lines add up to what it was worth at its last bill",
        """
        select item_id || ': ' || sum(net_amount) || ' billed, worth '
            || arg_max(present_worth, ledger_position)
        from ledger.lines
        group by item_id
        having sum(net_amount) <> arg_max(present_worth, ledger_position)
        """,
    ),
    Law(
        "Every line is the difference between an item's worth and what was billed before",
        """
        select line_id from ledger.lines
        where previous_worth + net_amount <> present_worth
        """,
    ),
    Law(
        "Every landed row was accepted, a duplicate or rejected",
        """
        select path || ': ' || row_count || ' rows' from raw.landed_files
        where
            status = 'landed'
            and row_count <> accepted_count + duplicate_count + rejected_count
        """,
    ),
    Law(
        "Every rejected row is kept with its reason",
        """
        select files.path || ': ' || files.rejected_count || ' rejected, '
            || count(rejected.landing_id) || ' kept'
        from raw.landed_files as files
        left join raw.rejected_rows as rejected
            on files.landing_id = rejected.landing_id and rejected.reason is not null
        where files.status = 'landed'
        group by files.landing_id, files.path, files.rejected_count
        having files.rejected_count <> count(rejected.landing_id)
        """,
    ),
    Law(
        "One document for each group of lines and bill date",
        """
        select string_agg(invoice_number, ', ')
        from ledger.documents as documents
        group by
            entity_id, account_id, currency, payment_method, payment_terms_days, purchase_order,
            invoice_group, own_subscription_id, bill_date,
            exists (
                from ledger.taxes
                where taxes.invoice_id = documents.invoice_id and tax_category = 'O'
            )
        having count(*) > 1
        """,
    ),
    Law(
        "A document's lines are as many, and add up to as much, as it says",
        """
        select documents.invoice_number
        from ledger.documents as documents
        left join ledger.lines as lines on documents.invoice_id = lines.invoice_id
        group by documents.invoice_id, documents.invoice_number, documents.net_amount,
            documents.line_count
        having
            documents.net_amount <> coalesce(sum(lines.net_amount), 0)
            or documents.line_count <> count(lines.line_id)
        """,
    ),
    Law(
        "Its taxes add up to its tax, and its amounts to what is due (BR-CO-14 to 16)",
        """
        select documents.invoice_number
        from ledger.documents as documents
        left join (
            select
                invoice_id,
                sum(taxable_amount) as taxable_amount,
                sum(tax_amount) as tax_amount
            from ledger.taxes
            group by invoice_id
        ) as taxes on documents.invoice_id = taxes.invoice_id
        where
            documents.tax_amount is distinct from taxes.tax_amount
            or documents.net_amount is distinct from taxes.taxable_amount
            or documents.total_amount <> documents.net_amount + documents.tax_amount
            or documents.due_amount <> documents.total_amount - documents.prepaid_amount
        """,
    ),
    Law(
        "What prepaid credit paid of a document is the sum of its drawdowns (BT-113)",
        """
        select coalesce(documents.invoice_number, 'no document ' || drawn.invoice_id)
        from ledger.documents as documents
        full join (
            select invoice_id, sum(drawn_amount) as drawn_amount
            from ledger.drawdowns
            group by invoice_id
        ) as drawn on documents.invoice_id = drawn.invoice_id
        where
            documents.prepaid_amount is distinct from coalesce(drawn.drawn_amount, 0)
            or abs(documents.prepaid_amount) > abs(documents.total_amount)
            or sign(documents.prepaid_amount) * sign(documents.total_amount) < 0
        """,
    ),
    Law(
        "A lot of credit pays between nothing and its amount, and gets back what it paid",
        """
        select 'lot ' || credit_id from (
            select
                *,
                sum(drawn_amount) over (
                    partition by credit_id order by ledger_position
                ) as drawn_through,
                sum(drawn_amount) over (
                    partition by credit_id, coalesce(drawn_by_invoice_id, invoice_id)
                    order by ledger_position
                ) as drawn_of_document
            from ledger.drawdowns
        )
        where
            drawn_through > granted_amount
            or drawn_of_document < 0
            or balance_amount <> granted_amount - drawn_through
        """,
    ),
    Law(
        "Each tax is its rate on the sum of its lines, rounded once (BR-CO-17)",
        """
        select invoice_number || ': ' || tax_rate || ' %' from (
            select
                documents.invoice_number,
                documents.minor_units,
                taxes.tax_rate,
                taxes.tax_amount,
                cast(taxes.taxable_amount as decimal(30, 4)) * cast(taxes.tax_rate as decimal(6, 4))
                    * cast(0.01 as decimal(3, 2)) as exact
            from ledger.taxes as taxes
            inner join ledger.documents as documents on taxes.invoice_id = documents.invoice_id
        )
        where
            tax_amount <> case minor_units
                when 0 then cast(round(exact, 0) as decimal(38, 4))
                when 2 then cast(round(exact, 2) as decimal(38, 4))
                when 3 then cast(round(exact, 3) as decimal(38, 4))
                else cast(round(exact, 4) as decimal(38, 4))
            end
        """,
    ),
    Law(
        "Numbers run 1, 2, 3 in every series, in order of date",
        """
        select invoice_number from (
            select
                invoice_number,
                series_number,
                issue_date,
                row_number() over series as place,
                lag(issue_date) over series as issued_before
            from ledger.documents
            window series as (
                partition by entity_id, document_type, series_year order by ledger_position
            )
        )
        where series_number <> place or issue_date < issued_before
        """,
    ),
    Law(
        "Every line, tax and document belongs to a whole bill run",
        """
        select 'line ' || line_id from ledger.lines
        where invoice_id not in (select invoice_id from ledger.documents)
        union all
        select 'tax of ' || invoice_id from ledger.taxes
        where invoice_id not in (select invoice_id from ledger.documents)
        union all
        select 'bill run ' || runs.bill_run_id
        from ledger.bill_runs as runs
        full join ledger.documents as documents on runs.bill_run_id = documents.bill_run_id
        group by runs.bill_run_id, runs.document_count
        having runs.document_count is distinct from count(documents.invoice_id)
        union all
        select 'document ' || documents.invoice_number
        from ledger.documents as documents
        anti join ledger.closed_cycles as cycles
            on
                documents.account_id = cycles.account_id
                and documents.bill_date = cycles.bill_date
        """,
    ),
)
