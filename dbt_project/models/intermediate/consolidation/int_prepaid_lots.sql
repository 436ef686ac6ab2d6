{# Grain: one row per credit_id that its payer's documents may draw on. #}

with

credits as (
    select * from {{ ref('stg_prepaid_credits') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

issued_drawdowns as (
    select * from {{ source('issued', 'drawdowns') }}
),

drawn as (
    select
        credit_id,
        sum(drawn_amount) as drawn_amount
    from issued_drawdowns
    group by credit_id
),

{#
    A lot of any member of the family pays the payer's documents. What was
    withdrawn is not there: it is not drawn any more.
#}
usable as (
    select
        credits.credit_id,
        credits.account_id,
        payers.payer_account_id,
        credits.currency,
        {{ rounded_down_to_minor_unit(
            'credits.amount', 'currencies.minor_units'
        ) }} as granted_amount,
        credits.granted_on,
        credits.expires_on,
        credits.priority,
        credits.description,
        cast(coalesce(drawn.drawn_amount, 0) as decimal(38, 4))
            as drawn_before
    from credits
    inner join payers on credits.account_id = payers.account_id
    inner join payers_in_run
        on payers.payer_account_id = payers_in_run.payer_account_id
    inner join currencies on credits.currency = currencies.currency
    left join drawn on credits.credit_id = drawn.credit_id
    where
        credits.granted_on <= payers_in_run.bill_date
        and (
            credits.expires_on is null
            or credits.expires_on > payers_in_run.bill_date
        )
),

{# Lower priority first, then what expires earlier, then what is older. #}
lots as (
    select
        *,
        row_number() over (
            partition by payer_account_id, currency
            order by
                priority,
                coalesce(expires_on, date '9999-12-31'),
                granted_on,
                credit_id
        ) as draw_order
    from usable
)

select * from lots
