{# Grain: one row per payer_account_id. #}

with

inputs as (
    select * from {{ ref('int_payer_inputs') }}
),

closed_cycles as (
    select * from {{ source('issued', 'closed_cycles') }}
),

bill_runs as (
    select * from {{ source('issued', 'bill_runs') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

subscription_eras as (
    select * from {{ ref('int_subscription_eras') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

allowances as (
    select * from {{ ref('stg_allowances') }}
),

payers_of_accounts as (
    select
        account_id as holder,
        payer_account_id
    from account_eras

    union

    select
        subscription_id as holder,
        payer_account_id
    from subscription_eras
),

{#
    What moved from one payer to another hangs on both of their closes, so
    such families are looked at as a whole.
#}
counted_payers as (
    select
        payer_account_id,
        count(*) over (partition by holder) as payer_count
    from payers_of_accounts
),

{#
    The uses of an allowance are counted from the first, and what it takes off
    an invoice hangs on all that the invoice had.
#}
tied_payers as (
    select payer_account_id
    from counted_payers
    where payer_count > 1

    union

    select payers.payer_account_id
    from allowances
    left join subscriptions
        on allowances.subscription_id = subscriptions.subscription_id
    inner join payers
        on
            coalesce(allowances.account_id, subscriptions.account_id)
            = payers.account_id
    where allowances.max_uses is not null or allowances.level = 'invoice'
),

last_closed as (
    select
        closed_cycles.account_id,
        max(closed_cycles.bill_date) as bill_date,
        arg_max(closed_cycles.settled_on, closed_cycles.bill_date)
            as settled_on,
        arg_max(closed_cycles.inputs_hash, closed_cycles.bill_date)
            as inputs_hash,
        arg_max(bill_runs.landing_id, closed_cycles.bill_date) as landing_id
    from closed_cycles
    inner join bill_runs
        on closed_cycles.bill_run_id = bill_runs.bill_run_id
    group by closed_cycles.account_id
),

{#
    What ended by the last close was worth what was billed for it, and nothing
    that decided it has changed: it need not be looked at again. Of a family
    that is new, or whose inputs changed, nothing is settled.
#}
settled as (
    select
        inputs.payer_account_id,
        inputs.inputs_hash,
        case
            when
                inputs.inputs_hash = last_closed.inputs_hash
                and tied_payers.payer_account_id is null
                then last_closed.settled_on
            else date '0001-01-01'
        end as settled_on,
        coalesce(last_closed.landing_id, 0) as landing_id
    from inputs
    left join last_closed on inputs.payer_account_id = last_closed.account_id
    left join tied_payers
        on inputs.payer_account_id = tied_payers.payer_account_id
)

select * from settled
