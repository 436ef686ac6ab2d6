{# Grain: one row per invoice_id, tax_category, tax_rate. #}

with

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

conversions as (
    select * from {{ ref('int_tax_conversions') }}
),

reasons as (
    select
        invoice_id,
        tax_category,
        tax_rate,
        exemption_reason
    from lines
    where exemption_reason is not null
    group by invoice_id, tax_category, tax_rate, exemption_reason
),

reasons_joined as (
    select
        invoice_id,
        tax_category,
        tax_rate,
        string_agg(exemption_reason, '; ' order by exemption_reason)
            as exemption_reason
    from reasons
    group by invoice_id, tax_category, tax_rate
),

bases as (
    select
        invoice_id,
        entity_id,
        currency,
        tax_category,
        tax_rate,
        cast(sum(net_amount) as decimal(38, 4)) as taxable_amount
    from lines
    group by invoice_id, entity_id, currency, tax_category, tax_rate
),

{# EN 16931 BR-S-08, BR-CO-17: on the sum per rate, rounded once. #}
taxes as (
    select
        bases.invoice_id,
        bases.entity_id,
        bases.currency,
        bases.tax_category,
        bases.tax_rate,
        bases.taxable_amount,
        {{ amount_times_ratio(
            'bases.taxable_amount',
            unscaled_integer('bases.tax_rate'), '1000000',
            'currencies.minor_units'
        ) }} as tax_amount,
        reasons_joined.exemption_reason
    from bases
    inner join currencies on bases.currency = currencies.currency
    left join reasons_joined
        on
            bases.invoice_id = reasons_joined.invoice_id
            and bases.tax_category = reasons_joined.tax_category
            and bases.tax_rate = reasons_joined.tax_rate
),

{#
    EN 16931 BT-6 and BT-111: what is taxed in another currency than the
    seller's says its tax in the seller's, each rate rounded once.
#}
converted as (
    select
        taxes.invoice_id,
        taxes.tax_category,
        taxes.tax_rate,
        taxes.taxable_amount,
        taxes.tax_amount,
        taxes.exemption_reason,
        conversions.accounting_currency,
        conversions.exchange_rate,
        {{ rounded_to_minor_unit(
            exact_product('taxes.tax_amount', 'conversions.exchange_rate'),
            'conversions.accounting_minor_units'
        ) }} as accounting_tax_amount
    from taxes
    left join conversions
        on
            taxes.entity_id = conversions.entity_id
            and taxes.currency = conversions.currency
            and taxes.tax_rate > 0
)

select * from converted
