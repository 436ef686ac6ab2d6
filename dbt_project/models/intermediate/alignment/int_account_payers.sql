{# Grain: one row per account_id. #}

with recursive

accounts as (
    select * from {{ ref('stg_accounts') }}
),

{#
    Chains of payers are followed to the end (an account without a payer).
    A hundred steps are taken for a loop.
#}
chains as (
    select
        account_id,
        account_id as ancestor_id,
        payer_account_id as next_id,
        0 as step
    from accounts

    union all

    select
        chains.account_id,
        accounts.account_id as ancestor_id,
        accounts.payer_account_id as next_id,
        chains.step + 1 as step
    from chains
    inner join accounts on chains.next_id = accounts.account_id
    where chains.step < 100
),

last_known_ancestors as (
    select
        account_id,
        max(step) as step,
        max_by(ancestor_id, step) as ancestor_id,
        max_by(coalesce(next_id, ''), step) as next_id
    from chains
    group by account_id
),

payers as (
    select
        account_id,
        case when step < 100 then ancestor_id else account_id end
            as payer_account_id,
        case
            when step >= 100
                then 'its chain of payers is a loop'
            when next_id != ''
                then
                    'payer ' || next_id || ' of account ' || ancestor_id
                    || ' is unknown'
        end as payer_error
    from last_known_ancestors
)

select * from payers
