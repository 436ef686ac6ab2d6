{# Grain: one row per month_end, payer_account_id, account_id,
    subscription_id, charge_id, currency. #}

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

recurring_lines as (
    select lines.*
    from lines
    inner join charges on lines.charge_id = charges.charge_id
    where
        charges.kind = 'recurring'
        and lines.allowance_level is distinct from 'invoice'
),

{# What was billed of an item is what it was worth at its last close. #}
billed as (
    select
        item_id,
        count(*) as line_count,
        sum(net_amount) as net_amount,
        max(ledger_position) as ledger_position
    from recurring_lines
    group by item_id
),

{# A part of a period that was billed once, at one price, names the whole's. #}
items as (
    select
        documents.entity_id,
        documents.account_id as payer_account_id,
        documents.minor_units,
        last_lines.account_id,
        last_lines.subscription_id,
        last_lines.charge_id,
        last_lines.currency,
        last_lines.service,
        last_lines.service_start,
        last_lines.service_end,
        last_lines.allowance_id,
        billed.net_amount,
        last_lines.quantity,
        last_lines.unit_price,
        last_lines.proration_numerator,
        last_lines.proration_denominator,
        charges.period_months,
        charges.period_days,
        last_lines.proration_numerator != last_lines.proration_denominator
        and billed.line_count = 1
        and last_lines.line_type = 'recurring'
        and last_lines.price_breakdown is null
        and last_lines.pricing_basis is null as is_priced_whole
    from billed
    inner join recurring_lines as last_lines
        on billed.ledger_position = last_lines.ledger_position
    inner join documents on last_lines.invoice_id = documents.invoice_id
    inner join charges on last_lines.charge_id = charges.charge_id
    where billed.net_amount != 0
),

{# A month is a twelfth of 365 days, for charges that count days or weeks. #}
weighed as (
    select
        *,
        case
            when is_priced_whole
                then {{ exact_product('quantity', 'unit_price') }}
            else cast(net_amount as decimal(38, 24))
        end as amount,
        case when period_months > 0 then 1 else 365 end
        * case when is_priced_whole then 1 else proration_denominator end
            as numerator,
        case
            when period_months > 0 then period_months else 12 * period_days
        end
        * case when is_priced_whole then 1 else proration_numerator end
            as denominator
    from items
),

priced as (
    select
        *,
        {{ amount_times_ratio(
            'amount', 'numerator', 'denominator', 'minor_units'
        ) }} as monthly_amount
    from weighed
),

months as (
    select
        *,
        {{ ordinals_between(
            0,
            '12 * (year(service_end) - year(service_start))'
            ~ ' + month(service_end) - month(service_start)'
        ) }} as month_number
    from priced
),

ended as (
    select
        *,
        last_day(
            cast(
                date_trunc('month', service_start)
                + to_months(cast(month_number as integer))
                as date
            )
        ) as month_end
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
            sum(
                case
                    when ended.allowance_id is null then ended.monthly_amount
                    else 0
                end
            )
            as decimal(38, 4)
        ) as monthly_amount,
        cast(
            sum(
                case
                    when ended.allowance_id is null then 0
                    else ended.monthly_amount
                end
            )
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
