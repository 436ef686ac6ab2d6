{# Grain: one row per account_id. #}

with recursive

accounts as (
    select * from {{ ref('stg_accounts') }}
),

{#
    Chains of payers are followed to the end, however long. A pair stands here
    once, so that a loop comes to an end, too.
#}
chains as (
    select
        account_id,
        account_id as ancestor_id,
        payer_account_id as next_id
    from accounts

    union

    select
        chains.account_id,
        accounts.account_id as ancestor_id,
        accounts.payer_account_id as next_id
    from chains
    inner join accounts on chains.next_id = accounts.account_id
),

{# The end of a chain: who has no payer, or names one that is unknown. #}
chain_ends as (
    select
        chains.account_id,
        chains.ancestor_id,
        chains.next_id
    from chains
    left join accounts on chains.next_id = accounts.account_id
    where accounts.account_id is null
),

loops as (
    select
        chains.account_id,
        string_agg(chains.ancestor_id, ', ' order by chains.ancestor_id)
            as account_ids
    from chains
    left join chain_ends on chains.account_id = chain_ends.account_id
    where chain_ends.account_id is null
    group by chains.account_id
),

payers as (
    select
        accounts.account_id,
        coalesce(chain_ends.ancestor_id, accounts.account_id)
            as payer_account_id,
        case
            when loops.account_id is not null
                then 'its chain of payers is a loop: ' || loops.account_ids
            when chain_ends.next_id is not null
                then
                    'payer ' || chain_ends.next_id || ' of account '
                    || chain_ends.ancestor_id || ' is unknown'
        end as payer_error
    from accounts
    left join chain_ends on accounts.account_id = chain_ends.account_id
    left join loops on accounts.account_id = loops.account_id
)

select * from payers
