{# Grain: one row per item_id whose worth is not what was billed for it. #}

with

due_items as (
    select * from {{ ref('int_items_due') }}
),

billed_items as (
    select * from {{ ref('int_items_billed') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

out_of_reach as (
    select * from {{ ref('int_items_out_of_reach') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

plans as (
    select * from {{ ref('stg_plans') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

{#
    What was credited whole has no tax left to correct. A line allowance has
    the tax of what it discounts.
#}
to_correct as (
    select * from billed_items
    where billed_amount != 0
),

existing as (
    select
        due_items.item_id,
        due_items.item_kind,
        due_items.payer_account_id,
        due_items.entity_id,
        due_items.account_id,
        due_items.subscription_id,
        due_items.plan_id,
        plans.name as plan_name,
        due_items.charge_id,
        due_items.group_value,
        coalesce(charges.service, plans.service, plans.name) as service,
        coalesce(due_items.given_description, charges.name) as description,
        due_items.charge_model,
        due_items.service_start,
        due_items.service_end,
        due_items.quantity,
        due_items.included_units,
        due_items.unit,
        due_items.unit_price,
        due_items.proration_numerator,
        due_items.proration_denominator,
        due_items.price_breakdown,
        due_items.pricing_basis,
        due_items.price_subscription_id,
        due_items.price_valid_from,
        due_items.currency,
        coalesce(due_items.given_tax_code, charges.tax_code, 'standard')
            as tax_code,
        due_items.bill_date as tax_date,
        coalesce(due_items.billed_amount, 0) as previous_worth,
        due_items.net_amount as present_worth,
        due_items.first_invoice_id as corrects_invoice_id,
        coalesce(to_correct.tax_category, due_items.spread_tax_category)
            as billed_tax_category,
        coalesce(to_correct.tax_rate, due_items.spread_tax_rate)
            as billed_tax_rate,
        coalesce(
            to_correct.exemption_reason, due_items.spread_exemption_reason
        ) as billed_exemption_reason,
        due_items.allowance_id,
        due_items.allowance_level,
        due_items.discounted_item_id,
        coalesce(due_items.terms_account_id, due_items.account_id)
            as terms_account_id,
        case
            when due_items.terms_account_id is null
                then due_items.subscription_id
            else due_items.terms_subscription_id
        end as terms_subscription_id
    from due_items
    left join to_correct
        on
            coalesce(due_items.discounted_item_id, due_items.item_id)
            = to_correct.item_id
    left join subscriptions
        on due_items.subscription_id = subscriptions.subscription_id
    left join charges on due_items.charge_id = charges.charge_id
    left join plans
        on coalesce(due_items.plan_id, subscriptions.plan_id) = plans.plan_id
    where due_items.rating_error is null
),

{# Billed, and no more or not due yet; a settled item is not rated again. #}
vanished as (
    select
        billed_items.item_id,
        'vanished' as item_kind,
        billed_items.payer_account_id,
        billed_items.entity_id,
        billed_items.account_id,
        billed_items.subscription_id,
        billed_items.plan_id,
        billed_items.plan_name,
        billed_items.charge_id,
        billed_items.group_value,
        billed_items.service,
        billed_items.description,
        billed_items.charge_model,
        billed_items.service_start,
        billed_items.service_end,
        cast(0 as decimal(38, 12)) as quantity,
        cast(0 as decimal(38, 12)) as included_units,
        billed_items.unit,
        cast(null as decimal(38, 12)) as unit_price,
        cast(1 as bigint) as proration_numerator,
        cast(1 as bigint) as proration_denominator,
        cast(null as varchar) as price_breakdown,
        cast(null as varchar) as pricing_basis,
        cast(null as varchar) as price_subscription_id,
        cast(null as date) as price_valid_from,
        billed_items.currency,
        cast(null as varchar) as tax_code,
        cast(null as date) as tax_date,
        billed_items.billed_amount as previous_worth,
        cast(0 as decimal(38, 4)) as present_worth,
        billed_items.first_invoice_id as corrects_invoice_id,
        billed_items.tax_category as billed_tax_category,
        billed_items.tax_rate as billed_tax_rate,
        billed_items.exemption_reason as billed_exemption_reason,
        billed_items.allowance_id,
        billed_items.allowance_level,
        cast(null as varchar) as discounted_item_id,
        billed_items.account_id as terms_account_id,
        billed_items.subscription_id as terms_subscription_id
    from billed_items
    inner join payers_in_run
        on billed_items.payer_account_id = payers_in_run.payer_account_id
    left join due_items on billed_items.item_id = due_items.item_id
    left join out_of_reach on billed_items.item_id = out_of_reach.item_id
    where
        due_items.item_id is null
        and out_of_reach.item_id is null
        and not billed_items.is_settled
),

worths as (
    select * from existing
    union all
    select * from vanished
),

{#
    The bill: what should have been billed, minus what was billed, on the terms
    of the subscription, else the payer's, as they are now. An account that
    opted out gets a document for each subscription.
#}
differing as (
    select
        worths.*,
        cast(worths.present_worth - worths.previous_worth as decimal(38, 4))
            as difference,
        coalesce(subscriptions.payment_method, payer.payment_method)
            as payment_method,
        coalesce(subscriptions.payment_terms_days, payer.payment_terms_days)
            as payment_terms_days,
        coalesce(subscriptions.purchase_order, payer.purchase_order, '')
            as purchase_order,
        coalesce(subscriptions.invoice_group, '') as invoice_group,
        case
            when consumer.is_consolidated then ''
            else coalesce(worths.terms_subscription_id, '')
        end as own_subscription_id
    from worths
    inner join accounts as consumer
        on worths.terms_account_id = consumer.account_id
    inner join accounts as payer
        on worths.payer_account_id = payer.account_id
    left join subscriptions
        on worths.terms_subscription_id = subscriptions.subscription_id
    where worths.present_worth != worths.previous_worth
)

select * from differing
