{# Grain: one row per commitment_id, service_start. #}

with

windows as (
    select * from {{ ref('int_commitment_windows') }}
),

items as (
    select * from {{ ref('int_items_discounted') }}
),

standing as (
    select * from {{ ref('int_items_standing') }}
),

lines as (
    select * from {{ source('issued', 'lines') }}
),

documents as (
    select * from {{ source('issued', 'documents') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

settled as (
    select * from {{ ref('int_payers_settled') }}
),

usage_settled as (
    select * from {{ ref('int_usage_settled') }}
),

first_days as (
    select min(service_start) as service_start
    from windows
),

{#
    Lines of the open periods. A true-up fills a commitment, it reaches none;
    what is taken off an invoice comes after.
#}
lines_issued as (
    select
        lines.item_id,
        lines.charge_id,
        lines.account_id,
        lines.currency,
        lines.service_start,
        documents.account_id as payer_account_id,
        coalesce(lines.subscription_id, '') as subscription_id,
        sum(lines.net_amount) as net_amount,
        max_by(lines.service_end, lines.ledger_position) as service_end
    from lines
    inner join documents on lines.invoice_id = documents.invoice_id
    inner join first_days on lines.service_start >= first_days.service_start
    group by
        lines.item_id,
        lines.charge_id,
        lines.account_id,
        documents.account_id,
        lines.subscription_id,
        lines.currency,
        lines.service_start
    having
        bool_and(
            lines.line_type != 'true_up'
            and coalesce(lines.allowance_level, 'line') = 'line'
        )
),

{#
    Items of settled dates are not rated again: they are worth what was billed
    for them.
#}
settled_items as (
    select
        lines_issued.account_id,
        lines_issued.payer_account_id,
        lines_issued.subscription_id,
        lines_issued.currency,
        lines_issued.service_start,
        lines_issued.net_amount
    from lines_issued
    inner join payers on lines_issued.account_id = payers.account_id
    inner join settled on payers.payer_account_id = settled.payer_account_id
    inner join usage_settled
        on payers.payer_account_id = usage_settled.payer_account_id
    left join charges on lines_issued.charge_id = charges.charge_id
    left join items on lines_issued.item_id = items.item_id
    where
        items.item_id is null
        and lines_issued.service_end <= case
            when charges.kind = 'usage' then usage_settled.settled_on
            else settled.settled_on
        end
),

worths as (
    select
        items.account_id,
        items.payer_account_id,
        coalesce(items.subscription_id, '') as subscription_id,
        items.currency,
        items.service_start,
        case
            when standing.item_id is null then items.net_amount
            else standing.standing_amount
        end as net_amount
    from items
    left join standing on items.item_id = standing.item_id
    where items.net_amount is not null

    union all

    select * from settled_items
),

{# What counts for whom: a subscription's, an account's, what it pays for. #}
holdings as (
    select
        subscription_id as holder_id,
        'subscription' as holder_kind,
        currency,
        service_start,
        net_amount
    from worths
    where subscription_id != ''

    union all

    select
        account_id as holder_id,
        'account' as holder_kind,
        currency,
        service_start,
        net_amount
    from worths

    union all

    select
        payer_account_id as holder_id,
        'account' as holder_kind,
        currency,
        service_start,
        net_amount
    from worths
    where payer_account_id != account_id
),

window_holders as (
    select
        *,
        case when subscription_id = '' then 'account' else 'subscription' end
            as holder_kind,
        case when subscription_id = '' then account_id else subscription_id end
            as holder_id
    from windows
),

reached as (
    select
        window_holders.commitment_id,
        window_holders.service_start,
        cast(sum(holdings.net_amount) as decimal(38, 4)) as reached_amount
    from window_holders
    inner join holdings
        on
            window_holders.holder_kind = holdings.holder_kind
            and window_holders.holder_id = holdings.holder_id
            and window_holders.currency = holdings.currency
            and window_holders.service_start <= holdings.service_start
            and window_holders.service_end > holdings.service_start
    group by window_holders.commitment_id, window_holders.service_start
)

select * from reached
