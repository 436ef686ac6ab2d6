{# Grain: one row per entity_id, country_code of its payers. #}

with

placed_subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

landed_subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

plans as (
    select * from {{ ref('stg_plans') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

{# What is running on the date being closed, and what its lines would say. #}
running as (
    select
        placed_subscriptions.entity_id,
        payer.country_code,
        placed_subscriptions.payer_account_id,
        coalesce(plans.service, plans.name, placed_subscriptions.plan_id)
            as service,
        extract(day from placed_subscriptions.starts_on) as start_day,
        coalesce(consumer.currency, entities.currency) as currency,
        coalesce(landed_subscriptions.payment_method, payer.payment_method)
            as payment_method,
        concat_ws(
            '|',
            coalesce(consumer.currency, entities.currency),
            coalesce(landed_subscriptions.payment_method, payer.payment_method),
            coalesce(
                landed_subscriptions.payment_terms_days,
                payer.payment_terms_days
            ),
            coalesce(
                landed_subscriptions.purchase_order, payer.purchase_order, ''
            ),
            coalesce(landed_subscriptions.invoice_group, ''),
            case
                when not consumer.is_consolidated
                    then placed_subscriptions.subscription_id
            end
        ) as document_terms
    from placed_subscriptions
    inner join landed_subscriptions
        on
            placed_subscriptions.subscription_id
            = landed_subscriptions.subscription_id
    inner join accounts as consumer
        on placed_subscriptions.account_id = consumer.account_id
    inner join accounts as payer
        on placed_subscriptions.payer_account_id = payer.account_id
    inner join entities
        on placed_subscriptions.entity_id = entities.entity_id
    left join plans on placed_subscriptions.plan_id = plans.plan_id
    where
        placed_subscriptions.starts_on <= placed_subscriptions.requested_on
        and (
            placed_subscriptions.ended_on is null
            or placed_subscriptions.ended_on > placed_subscriptions.requested_on
        )
),

payers as (
    select
        entity_id,
        country_code,
        payer_account_id,
        count(*) as subscription_count,
        count(distinct service) as service_count,
        count(distinct start_day) as start_day_count,
        count(distinct currency) as currency_count,
        count(distinct payment_method) as method_count,
        count(distinct document_terms) as document_count
    from running
    group by entity_id, country_code, payer_account_id
),

segments as (
    select
        entity_id,
        country_code,
        count(*) as payer_count,
        sum(subscription_count) as subscription_count,
        count(case when service_count > 1 then 1 end)
            as payers_with_several_services,
        count(case when start_day_count > 1 then 1 end)
            as payers_with_several_start_days,
        count(case when currency_count > 1 then 1 end)
            as payers_with_several_currencies,
        count(case when method_count > 1 then 1 end)
            as payers_with_several_methods,
        sum(document_count) as documents_together,
        sum(subscription_count) - sum(document_count) as documents_avoided
    from payers
    group by entity_id, country_code
),

{# Half of the documents saved is plain; none is as plain. #}
assessed as (
    select
        *,
        documents_avoided
        * cast('{{ var("cost_per_document") }}' as decimal(18, 4))
            as saved_amount,
        case
            when documents_avoided = 0 then 'changes nothing'
            when 2 * documents_avoided >= subscription_count then 'suits'
            else 'suits some'
        end as fit
    from segments
)

select
    entity_id,
    country_code,
    cast(payer_count as bigint) as payer_count,
    cast(subscription_count as bigint) as subscription_count,
    cast(payers_with_several_services as bigint)
        as payers_with_several_services,
    cast(payers_with_several_start_days as bigint)
        as payers_with_several_start_days,
    cast(payers_with_several_currencies as bigint)
        as payers_with_several_currencies,
    cast(payers_with_several_methods as bigint) as payers_with_several_methods,
    cast(documents_together as bigint) as documents_together,
    cast(documents_avoided as bigint) as documents_avoided,
    cast(saved_amount as decimal(38, 4)) as saved_amount,
    '{{ var("cost_currency") }}' as saved_currency,
    fit
from assessed
