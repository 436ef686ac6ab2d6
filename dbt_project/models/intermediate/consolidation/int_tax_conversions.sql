{# Grain: one row per entity_id, currency that is not the seller's own. #}

with

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

issue_dates as (
    select * from {{ ref('int_issue_dates') }}
),

exchange_rates as (
    select * from {{ ref('stg_exchange_rates') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

base_currencies as (
    select base_currency
    from exchange_rates
    group by base_currency
),

{# Of sellers that have exchange rates. #}
pairs as (
    select
        entities.entity_id,
        foreign_currencies.currency,
        own_currencies.currency as accounting_currency,
        own_currencies.minor_units as accounting_minor_units,
        issue_dates.issue_date
    from entities
    inner join base_currencies
        on entities.currency = base_currencies.base_currency
    inner join currencies as own_currencies
        on entities.currency = own_currencies.currency
    inner join issue_dates on entities.entity_id = issue_dates.entity_id
    inner join currencies as foreign_currencies
        on entities.currency != foreign_currencies.currency
),

{# Directive 2006/112/EC, articles 91 and 230: the last rate published. #}
rates as (
    select
        pairs.entity_id,
        pairs.currency,
        max_by(exchange_rates.rate, exchange_rates.valid_from) as rate
    from pairs
    inner join exchange_rates
        on
            pairs.currency = exchange_rates.currency
            and pairs.accounting_currency = exchange_rates.base_currency
            and pairs.issue_date >= exchange_rates.valid_from
    group by pairs.entity_id, pairs.currency
),

conversions as (
    select
        pairs.entity_id,
        pairs.currency,
        pairs.accounting_currency,
        pairs.accounting_minor_units,
        rates.rate as exchange_rate,
        case
            when rates.rate is null
                then
                    'no exchange rate ' || pairs.currency || ' to '
                    || pairs.accounting_currency || ' on '
                    || cast(pairs.issue_date as varchar)
        end as exchange_error
    from pairs
    left join rates
        on
            pairs.entity_id = rates.entity_id
            and pairs.currency = rates.currency
)

select * from conversions
