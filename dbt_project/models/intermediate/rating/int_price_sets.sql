{# Grain: one row per charge_id, currency, subscription_id, valid_from. #}

with

tiers as (
    select * from {{ ref('int_price_tiers') }}
),

charges as (
    select * from {{ ref('stg_charges') }}
),

priced as (
    select
        tiers.*,
        charges.model
    from tiers
    left join charges on tiers.charge_id = charges.charge_id
),

sets as (
    select
        charge_id,
        currency,
        subscription_id,
        valid_from,
        bool_or({{ is_priced_by_event() }}) as is_priced_by_event,
        min(case
            when tier_number = 1 and tier_start != 0
                then
                    'its first tier starts at '
                    || cast(tier_start as varchar) || ', not at 0'
            when to_units is not null and tier_end != to_units
                then
                    'its tiers do not meet: one ends at '
                    || cast(to_units as varchar) || ', the next starts at '
                    || cast(tier_end as varchar)
            when
                model = 'percentage'
                and rate is null
                and not {{ is_priced_by_event() }}
                then 'it has no rate'
            when
                model = 'graduated_percentage'
                and rate is null
                and flat_price is null
                then 'a tier has neither rate nor flat_price'
            when rate != {{ rate_of_ten_decimals('rate') }}
                then
                    'its rate of ' || cast(rate as varchar)
                    || ' % has more than 10 decimals'
            when
                model not in ('percentage', 'graduated_percentage', 'dynamic')
                and unit_price is null
                and flat_price is null
                then 'a tier has neither unit_price nor flat_price'
        end) as price_error
    from priced
    group by charge_id, currency, subscription_id, valid_from
),

{# A price holds until the next one of the same charge and customer. #}
valid_sets as (
    select
        *,
        coalesce(
            lead(valid_from) over (
                partition by charge_id, currency, subscription_id
                order by valid_from
            ),
            date '9999-12-31'
        ) as valid_until
    from sets
)

select * from valid_sets
