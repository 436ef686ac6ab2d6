{# Grain: one row per allowance_id, valid_from. #}

with

allowances as (
    select * from {{ ref('stg_allowances') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

payers as (
    select * from {{ ref('int_account_payers') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

{# An amount without a currency is in the account's. #}
owned as (
    select
        allowances.allowance_id,
        allowances.account_id,
        allowances.subscription_id,
        allowances.charge_id,
        allowances.kind,
        allowances.level,
        allowances.max_uses,
        allowances.required_plans,
        accounts.account_id as owner_account_id,
        case
            when allowances.kind = 'percent'
                then least(
                    allowances.value, cast('100' as decimal(38, 12))
                )
            else least(
                allowances.value, cast('99999999999999' as decimal(38, 12))
            )
        end as allowance_value,
        case
            when allowances.kind = 'percent' then allowances.currency
            else coalesce(
                allowances.currency, accounts.currency, entities.currency
            )
        end as currency,
        coalesce(allowances.starts_on, date '0001-01-01') as starts_on,
        coalesce(allowances.ends_on, date '9999-12-31') as ends_on
    from allowances
    left join subscriptions
        on allowances.subscription_id = subscriptions.subscription_id
    inner join accounts
        on
            coalesce(allowances.account_id, subscriptions.account_id)
            = accounts.account_id
    inner join entities on accounts.entity_id = entities.entity_id
),

required as (
    select
        allowance_id,
        owner_account_id,
        {{ names_listed('required_plans') }} as plan_id
    from owned
    where required_plans is not null
),

{# A bundle's plans may be held by the account, or by any that it pays for. #}
holders as (
    select
        payer_account_id as owner_account_id,
        account_id
    from payers

    union

    select
        account_id as owner_account_id,
        account_id
    from payers
),

held as (
    select
        required.allowance_id,
        required.plan_id,
        segments.segment_start,
        coalesce(segments.segment_end, date '9999-12-31') as segment_end
    from required
    inner join holders
        on required.owner_account_id = holders.owner_account_id
    inner join subscriptions on holders.account_id = subscriptions.account_id
    inner join segments
        on
            subscriptions.subscription_id = segments.subscription_id
            and required.plan_id = segments.plan_id
    where segments.state = 'active'
),

changing_days as (
    select
        allowance_id,
        segment_start as stretch_start
    from held

    union

    select
        allowance_id,
        segment_end as stretch_start
    from held
),

stretches as (
    select
        allowance_id,
        stretch_start,
        lead(stretch_start) over (
            partition by allowance_id
            order by stretch_start
        ) as stretch_end
    from changing_days
),

plans_active as (
    select
        stretches.allowance_id,
        stretches.stretch_start,
        stretches.stretch_end,
        count(distinct held.plan_id) as plan_count
    from stretches
    inner join held
        on
            stretches.allowance_id = held.allowance_id
            and stretches.stretch_start >= held.segment_start
            and stretches.stretch_start < held.segment_end
    group by
        stretches.allowance_id, stretches.stretch_start, stretches.stretch_end
),

plans_required as (
    select
        allowance_id,
        count(distinct plan_id) as plan_count
    from required
    group by allowance_id
),

{# A bundle holds while all of its plans are active. #}
complete as (
    select
        plans_active.allowance_id,
        plans_active.stretch_start,
        plans_active.stretch_end
    from plans_active
    inner join plans_required
        on
            plans_active.allowance_id = plans_required.allowance_id
            and plans_active.plan_count = plans_required.plan_count

    union all

    select
        allowance_id,
        starts_on as stretch_start,
        ends_on as stretch_end
    from owned
    where required_plans is null
),

in_force as (
    select
        owned.allowance_id,
        owned.account_id,
        owned.subscription_id,
        owned.charge_id,
        owned.kind,
        owned.level,
        owned.max_uses,
        owned.allowance_value,
        owned.currency,
        greatest(owned.starts_on, complete.stretch_start) as valid_from,
        least(owned.ends_on, complete.stretch_end) as valid_until
    from owned
    inner join complete on owned.allowance_id = complete.allowance_id
    where
        owned.starts_on < complete.stretch_end
        and complete.stretch_start < owned.ends_on
)

select * from in_force
