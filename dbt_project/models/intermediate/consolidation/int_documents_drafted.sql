{# Grain: one row per invoice_id. #}

with

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

taxes as (
    select * from {{ ref('int_taxes_drafted') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

issue_dates as (
    select * from {{ ref('int_issue_dates') }}
),

line_totals as (
    select
        invoice_id,
        entity_id,
        payer_account_id,
        currency,
        payment_method,
        payment_terms_days,
        purchase_order,
        invoice_group,
        own_subscription_id,
        is_out_of_scope,
        bill_date,
        cast(sum(net_amount) as decimal(38, 4)) as net_amount,
        cast(
            sum(case
                when allowance_level = 'invoice' then -net_amount
                else 0
            end)
            as decimal(38, 4)
        ) as allowance_amount,
        count(*) as line_count,
        min(service_start) as first_service_start
    from lines
    group by
        invoice_id, entity_id, payer_account_id, currency, payment_method,
        payment_terms_days, purchase_order, invoice_group,
        own_subscription_id, is_out_of_scope, bill_date
),

tax_totals as (
    select
        invoice_id,
        cast(sum(tax_amount) as decimal(38, 4)) as tax_amount,
        cast(sum(accounting_tax_amount) as decimal(38, 4))
            as accounting_tax_amount,
        max(accounting_currency) as accounting_currency,
        case
            when
                min(exchange_rate) = max(exchange_rate)
                and count(exchange_rate) = count(accounting_currency)
                then max(exchange_rate)
        end as exchange_rate
    from taxes
    group by invoice_id
),

{# Families that still have a subscription after the bill date. #}
living_families as (
    select payer_account_id
    from subscriptions
    where ended_on is null or ended_on > bill_date
    group by payer_account_id
),

{#
    The period is the cycle that ended on the bill date; after missed runs it
    begins on the last closed bill date, and on a first document with its
    first service, if that is earlier.
#}
totalled as (
    select
        line_totals.*,
        entities.negative_invoice,
        currencies.minor_units,
        line_totals.bill_date as period_end,
        tax_totals.tax_amount,
        tax_totals.accounting_currency,
        tax_totals.exchange_rate,
        tax_totals.accounting_tax_amount,
        issue_dates.issue_date,
        cast(line_totals.net_amount + tax_totals.tax_amount as decimal(38, 4))
            as total_amount,
        living_families.payer_account_id is not null as is_living,
        least(
            payers_in_run.previous_bill_date,
            coalesce(
                payers_in_run.last_closed_on, line_totals.first_service_start
            )
        ) as period_start
    from line_totals
    inner join tax_totals on line_totals.invoice_id = tax_totals.invoice_id
    inner join entities on line_totals.entity_id = entities.entity_id
    inner join currencies on line_totals.currency = currencies.currency
    inner join payers_in_run
        on line_totals.payer_account_id = payers_in_run.payer_account_id
    inner join issue_dates on line_totals.entity_id = issue_dates.entity_id
    left join living_families
        on line_totals.payer_account_id = living_families.payer_account_id
),

{#
    A negative total is a credit note, or is carried forward: its lines stay
    unbilled and join the next run, until the whole family has left.
#}
drafted as (
    select
        * exclude (negative_invoice, is_living, first_service_start),
        issue_date + payment_terms_days as due_date,
        case when total_amount < 0 then 'credit_note' else 'invoice' end
            as document_type
    from totalled
    where
        total_amount >= 0
        or negative_invoice != 'carry_forward'
        or not is_living
),

{#
    Within a run by payer, currency, method, terms, purchase order and group;
    what is outside the scope of VAT comes last.
#}
placed as (
    select
        *,
        row_number() over (
            order by
                entity_id, document_type, payer_account_id, currency,
                payment_method, payment_terms_days, purchase_order,
                invoice_group, own_subscription_id, is_out_of_scope
        ) as place_in_run
    from drafted
)

select * from placed
