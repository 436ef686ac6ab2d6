{# Grain: one row per invoice_id, tax_category, tax_rate. #}

with

lines as (
    select * from {{ ref('int_lines_drafted') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

converted as (
    select * from {{ ref('int_taxes_converted') }}
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
        currency,
        tax_category,
        tax_rate,
        cast(sum(net_amount) as decimal(38, 4)) as taxable_amount
    from lines
    group by invoice_id, currency, tax_category, tax_rate
),

{# EN 16931 BR-S-08, BR-CO-17: on the sum per rate, rounded once. #}
taxes as (
    select
        bases.invoice_id,
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

drafted as (
    select
        taxes.invoice_id,
        taxes.tax_category,
        taxes.tax_rate,
        taxes.taxable_amount,
        taxes.tax_amount,
        taxes.exemption_reason,
        converted.accounting_currency,
        converted.exchange_rate,
        converted.accounting_tax_amount
    from taxes
    left join converted
        on
            taxes.invoice_id = converted.invoice_id
            and taxes.tax_category = converted.tax_category
            and taxes.tax_rate = converted.tax_rate
)

select * from drafted
