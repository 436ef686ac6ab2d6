{# Grain: one row per credit_id, event_number. #}

with

credits as (
    select * from {{ ref('stg_prepaid_credits') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

drawdowns as (
    select * from {{ source('ledger', 'drawdowns') }}
),

documents as (
    select * from {{ source('ledger', 'documents') }}
),

drawn as (
    select
        drawdowns.*,
        documents.invoice_number,
        documents.bill_date
    from drawdowns
    inner join documents on drawdowns.invoice_id = documents.invoice_id
),

{# A lot that was withdrawn after it was drawn, as the ledger knows it. #}
withdrawn_lots as (
    select
        drawn.credit_id,
        drawn.account_id,
        drawn.currency,
        drawn.granted_amount,
        drawn.granted_on,
        drawn.expires_on,
        drawn.description,
        max(drawn.bill_date) as last_drawn_on
    from drawn
    left join credits on drawn.credit_id = credits.credit_id
    where credits.credit_id is null and drawn.drawn_by_invoice_id is null
    group by
        drawn.credit_id,
        drawn.account_id,
        drawn.currency,
        drawn.granted_amount,
        drawn.granted_on,
        drawn.expires_on,
        drawn.description
),

lots as (
    select
        credits.credit_id,
        credits.account_id,
        credits.currency,
        {{ rounded_down_to_minor_unit(
            'credits.amount', 'currencies.minor_units'
        ) }} as granted_amount,
        credits.granted_on,
        credits.expires_on,
        credits.description,
        credits.expires_on as closed_on,
        'expiry' as closing
    from credits
    inner join currencies on credits.currency = currencies.currency

    union all

    select
        credit_id,
        account_id,
        currency,
        granted_amount,
        granted_on,
        expires_on,
        description,
        last_drawn_on as closed_on,
        'withdrawal' as closing
    from withdrawn_lots
),

movements as (
    select
        credit_id,
        'grant' as event_type,
        granted_on as event_on,
        granted_amount as amount,
        cast(null as varchar) as invoice_id,
        cast(null as varchar) as invoice_number,
        cast(0 as bigint) as place_in_day
    from lots

    union all

    select
        credit_id,
        case
            when drawn_by_invoice_id is null then 'drawdown'
            else 'give_back'
        end as event_type,
        bill_date as event_on,
        cast(-drawn_amount as decimal(38, 4)) as amount,
        invoice_id,
        invoice_number,
        ledger_position as place_in_day
    from drawn
),

{#
    What is left when a lot expires, or is withdrawn, goes; so does what is
    given back to it later.
#}
closings as (
    select
        lots.credit_id,
        lots.closing as event_type,
        greatest(movements.event_on, lots.closed_on) as event_on,
        cast(-sum(movements.amount) as decimal(38, 4)) as amount,
        cast(null as varchar) as invoice_id,
        cast(null as varchar) as invoice_number,
        cast(9223372036854775807 as bigint) as place_in_day
    from lots
    inner join movements on lots.credit_id = movements.credit_id
    where lots.closed_on is not null
    group by
        lots.credit_id,
        lots.closing,
        greatest(movements.event_on, lots.closed_on)
    having sum(movements.amount) != 0
),

events as (
    select * from movements
    union all
    select * from closings
),

balances as (
    select
        events.credit_id,
        lots.account_id,
        lots.currency,
        events.event_type,
        events.event_on,
        events.amount,
        events.invoice_id,
        events.invoice_number,
        lots.granted_on,
        lots.expires_on,
        lots.description,
        cast(row_number() over lot_events as integer) as event_number,
        coalesce(lead(events.event_on) over lot_events, date '9999-12-31')
            as next_event_on,
        cast(sum(events.amount) over lot_events as decimal(38, 4))
            as balance_amount
    from events
    inner join lots on events.credit_id = lots.credit_id
    window
        lot_events as (
            partition by events.credit_id
            order by events.event_on, events.place_in_day
        )
)

select
    credit_id,
    event_number,
    account_id,
    currency,
    event_type,
    event_on,
    next_event_on,
    amount,
    balance_amount,
    invoice_id,
    invoice_number,
    granted_on,
    expires_on,
    description
from balances
