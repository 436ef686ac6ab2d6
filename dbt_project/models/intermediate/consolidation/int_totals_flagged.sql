{# Grain: one row per account_id, currency. #}

with

items as (
    select * from {{ ref('int_items_differing') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

issued_lines as (
    select * from {{ source('issued', 'lines') }}
),

issued_documents as (
    select * from {{ source('issued', 'documents') }}
),

cycles as (
    select
        payer_account_id,
        bill_date,
        bill_date - least(
            previous_bill_date, coalesce(last_closed_on, previous_bill_date)
        ) as billed_days
    from payers_in_run
),

{#
    What comes once, or for much longer than the cycle, says nothing of the
    bills before: a set-up fee, a year in advance.
#}
totals as (
    select
        items.account_id,
        items.currency,
        items.entity_id,
        items.payer_account_id,
        cycles.bill_date,
        cycles.billed_days,
        cast(sum(items.difference) as decimal(38, 4)) as total_amount
    from items
    inner join cycles on items.payer_account_id = cycles.payer_account_id
    inner join entities on items.entity_id = entities.entity_id
    where
        entities.anomaly_policy != 'off'
        and items.item_kind != 'one_time'
        and cycles.billed_days > 0
        and 2 * (items.service_end - items.service_start)
        <= 3 * cycles.billed_days
    group by
        items.account_id,
        items.currency,
        items.entity_id,
        items.payer_account_id,
        cycles.bill_date,
        cycles.billed_days
),

{# The same of the bills of thirteen months, a day's worth of each. #}
history as (
    select
        totals.account_id,
        totals.currency,
        issued_documents.bill_date,
        {{ amount_times_ratio(
            'sum(issued_lines.net_amount)', '1',
            'max(issued_documents.period_end - issued_documents.period_start)',
            4
        ) }} as daily_total
    from totals
    inner join issued_lines
        on
            totals.account_id = issued_lines.account_id
            and totals.currency = issued_lines.currency
    inner join issued_documents
        on issued_lines.invoice_id = issued_documents.invoice_id
    where
        issued_documents.bill_date < totals.bill_date
        and issued_documents.bill_date >= totals.bill_date - 400
        and issued_documents.period_end > issued_documents.period_start
        and issued_lines.line_type != 'one_time'
        and 2 * (issued_lines.service_end - issued_lines.service_start)
        <= 3 * (issued_documents.period_end - issued_documents.period_start)
    group by
        totals.account_id, totals.currency, issued_documents.bill_date
),

norms as (
    select
        account_id,
        currency,
        count(*) as history_count,
        median(daily_total) as usual,
        {{ spread('daily_total') }} as spread
    from history
    group by account_id, currency
),

compared as (
    select
        totals.*,
        norms.history_count,
        norms.usual,
        norms.spread,
        {{ amount_times_ratio(
            'totals.total_amount', '1', 'totals.billed_days', 4
        ) }} as observed
    from totals
    inner join norms
        on
            totals.account_id = norms.account_id
            and totals.currency = norms.currency
    where norms.history_count >= 3 and norms.usual > 0
),

{#
    A total falls for many good reasons, so only one that is too high is
    flagged; usage that stops shows by itself.
#}
flagged as (
    select
        account_id,
        currency,
        entity_id,
        payer_account_id,
        bill_date,
        billed_days,
        total_amount,
        history_count,
        cast(observed as decimal(38, 12)) as observed,
        cast(usual as decimal(38, 12)) as usual,
        cast(spread as decimal(38, 12)) as spread
    from compared
    where observed >= 5 * usual and observed - usual >= 5 * spread
)

select * from flagged
