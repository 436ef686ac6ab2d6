{#
    Guards marts.prepaid_balances, one row per event of a lot: the last
    balance of a day is between nothing and what the lot was granted with,
    and after its end nothing is left.
#}

with

balances as (
    select * from {{ ref('prepaid_balances') }}
),

grants as (
    select
        credit_id,
        amount as granted_amount
    from balances
    where event_type = 'grant'
)

select
    balances.credit_id,
    balances.event_number,
    balances.event_on,
    balances.balance_amount,
    grants.granted_amount
from balances
inner join grants on balances.credit_id = grants.credit_id
where
    balances.next_event_on > balances.event_on
    and (
        balances.balance_amount < 0
        or balances.balance_amount > grants.granted_amount
        or (
            balances.expires_on <= balances.event_on
            and balances.balance_amount != 0
        )
    )
