{# Grain: one row per payer_account_id, entity_id that bills its family. #}

with

accounts as (
    select * from {{ ref('stg_accounts') }}
),

account_eras as (
    select * from {{ ref('int_account_eras') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

territories as (
    select * from {{ ref('vat_territories') }}
),

{#
    The seller is the consuming account's; the buyer its payer, or whoever
    paid for it before.
#}
pairs as (
    select
        payer_account_id,
        entity_id
    from account_eras
    group by payer_account_id, entity_id
),

placed as (
    select
        pairs.payer_account_id,
        pairs.entity_id,
        payer.is_tax_exempt,
        payer.tax_exemption_reason,
        payer.vat_id is not null as has_vat_id,
        buyer_territory.country_code is not null as is_buyer_in_eu,
        seller_territory.country_code is not null as is_seller_in_eu,
        coalesce(buyer_territory.vat_country_code, payer.country_code)
            as buyer_country_code,
        coalesce(seller_territory.vat_country_code, entities.country_code)
            as seller_country_code,
        case
            when lower(coalesce(payer.locale, entities.locale)) like 'fr%'
                then 'fr'
            when lower(coalesce(payer.locale, entities.locale)) like 'de%'
                then 'de'
            else 'en'
        end as reason_language
    from pairs
    inner join accounts as payer
        on pairs.payer_account_id = payer.account_id
    inner join entities on pairs.entity_id = entities.entity_id
    left join territories as buyer_territory
        on payer.country_code = buyer_territory.country_code
    left join territories as seller_territory
        on entities.country_code = seller_territory.country_code
),

{#
    Directive 2006/112/EC: at home the code's rate; to a business of another
    member state the buyer owes the tax (articles 44 and 196); to a consumer
    there, that state's rate; outside the Union no tax.
#}
positioned as (
    select
        payer_account_id,
        entity_id,
        reason_language,
        tax_exemption_reason,
        buyer_country_code,
        case
            when is_tax_exempt then 'E'
            when buyer_country_code = seller_country_code then 'rate'
            when not (is_buyer_in_eu and is_seller_in_eu) then 'O'
            when has_vat_id then 'AE'
            else 'rate'
        end as tax_position
    from placed
)

select * from positioned
