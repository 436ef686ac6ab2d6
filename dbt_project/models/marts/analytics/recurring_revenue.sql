{#
    Grain: one row per month_end, payer_account_id, account_id,
    subscription_id, charge_id, currency.
#}

with

lines as (
    select * from {{ source('ledger', 'lines') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
),

bill_runs as (
    select * from {{ source('ledger', 'bill_runs') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

last_run as (
    select max(bill_date) as closed_on
    from bill_runs
),

{#
    What was billed of an item is what it was worth at its last close. A part
    of a period that was billed once at one price says what the whole costs.
#}
items as (
    select
        lines.item_id,
        documents.entity_id,
        documents.account_id as payer_account_id,
        lines.account_id,
        lines.subscription_id,
        lines.charge_id,
        lines.currency,
        max(documents.minor_units) as minor_units,
        max_by(lines.service, lines.ledger_position) as service,
        max_by(lines.service_start, lines.ledger_position) as service_start,
        max_by(lines.service_end, lines.ledger_position) as service_end,
        max_by(lines.proration_numerator, lines.ledger_position)
            as paid_days,
        max_by(lines.proration_denominator, lines.ledger_position)
            as whole_days,
        max(lines.allowance_id) is not null as is_allowance,
        sum(lines.net_amount) as net_amount,
        case
            when
                count(*) = 1
                and max(lines.line_type) = 'recurring'
                and max(lines.price_breakdown) is null
                and max(lines.pricing_basis) is null
                then max(
                    {{ exact_product('lines.quantity', 'lines.unit_price') }}
                )
        end as whole_price
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    where lines.allowance_level is distinct from 'invoice'
    group by
        lines.item_id,
        documents.entity_id,
        documents.account_id,
        lines.account_id,
        lines.subscription_id,
        lines.charge_id,
        lines.currency
),

{# A month is a twelfth of 365 days, for charges that count days or weeks. #}
recurring as (
    select
        items.*,
        cast(
            coalesce(items.whole_price, items.net_amount) as decimal(38, 24)
        ) as amount,
        case when charges.period_months > 0 then 1 else 365 end
        * case when items.whole_price is null then items.whole_days else 1 end
            as numerator,
        case
            when charges.period_months > 0 then charges.period_months
            else 12 * charges.period_days
        end
        * case when items.whole_price is null then items.paid_days else 1 end
            as denominator
    from items
    inner join charges on items.charge_id = charges.charge_id
    where charges.kind = 'recurring' and items.net_amount != 0
),

months as (
    select
        *,
        {{ ordinals_between(
            0,
            '12 * (year(service_end) - year(service_start))'
            ~ ' + month(service_end) - month(service_start)'
        ) }} as month_number
    from recurring
),

ended as (
    select
        months.* exclude (amount),
        last_day(
            cast(
                date_trunc('month', months.service_start)
                + to_months(cast(months.month_number as integer))
                as date
            )
        ) as month_end,
        {{ amount_times_ratio(
            'months.amount', 'months.numerator', 'months.denominator',
            'months.minor_units'
        ) }} as amount
    from months
),

running as (
    select
        ended.month_end,
        ended.entity_id,
        ended.payer_account_id,
        ended.account_id,
        ended.subscription_id,
        ended.charge_id,
        ended.currency,
        cast(
            sum(case when ended.is_allowance then 0 else ended.amount end)
            as decimal(38, 4)
        ) as monthly_amount,
        cast(
            sum(case when ended.is_allowance then ended.amount else 0 end)
            as decimal(38, 4)
        ) as allowance_amount,
        max(ended.service) as service
    from ended
    cross join last_run
    where
        ended.service_start <= ended.month_end
        and ended.service_end > ended.month_end
        and ended.month_end < last_run.closed_on
    group by
        ended.month_end,
        ended.entity_id,
        ended.payer_account_id,
        ended.account_id,
        ended.subscription_id,
        ended.charge_id,
        ended.currency
)

select
    month_end,
    entity_id,
    payer_account_id,
    account_id,
    subscription_id,
    charge_id,
    currency,
    service,
    monthly_amount,
    allowance_amount
from running
