{# Grain: one row per subscription, meter, usage_date of a custom meter. #}

with

meters as (
    select * from {{ ref('stg_meters') }}
),

subscriptions as (
    select * from {{ ref('int_subscriptions_placed') }}
),

{#
    The models that dbt_project.yml names in custom_meters; a meter says in
    its property which of them is its own.
#}
modelled as (
    {%- for model in var('custom_meters') %}
    select
        '{{ model }}' as model_name,
        subscription_id,
        meter_id,
        usage_date,
        quantity,
        event_count
    from {{ ref(model) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

custom as (
    select
        modelled.subscription_id,
        modelled.meter_id,
        modelled.usage_date,
        '{}' as dimensions,
        cast(sum(modelled.quantity) as decimal(38, 12)) as quantity,
        cast(sum(modelled.event_count) as bigint) as event_count
    from modelled
    inner join meters on modelled.meter_id = meters.meter_id
    inner join subscriptions
        on modelled.subscription_id = subscriptions.subscription_id
    where
        meters.aggregation = 'custom'
        and meters.property = modelled.model_name
    group by
        modelled.subscription_id,
        modelled.meter_id,
        modelled.usage_date
)

select * from custom
