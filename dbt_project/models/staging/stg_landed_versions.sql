{# Grain: one row per table_name, source_file, landing_id, source_row. #}
{{ config(materialized='view') }}

{% set always = "date '0001-01-01'" %}
{#
    Of each table: its key, what a line finds the row by, what the row names in
    its turn, its tax code, and the day from which it holds.
#}
{% set reference_tables = [
    ('billing_entities', ['entity_id'], 'entity_id', 'null', 'null', always),
    ('accounts', ['account_id'], 'account_id', 'null', 'null', always),
    ('plans', ['plan_id'], 'plan_id', 'null', 'null', always),
    ('charges', ['charge_id'], 'charge_id', 'meter_id', 'tax_code', always),
    ('meters', ['meter_id'], 'meter_id', 'null', 'null', always),
    ('prices', [
        'charge_id', 'currency',
        'coalesce(valid_from, ' ~ always ~ ')',
        "coalesce(subscription_id, '')", 'coalesce(from_units, 0)',
    ], stable_key([
        'charge_id', 'currency', 'subscription_id',
        'coalesce(valid_from, ' ~ always ~ ')',
    ]), 'null', 'null', 'coalesce(valid_from, ' ~ always ~ ')'),
    ('subscriptions', ['subscription_id'], 'subscription_id', 'null', 'null',
     always),
    ('allowances', ['allowance_id'], 'allowance_id', 'null', 'null', always),
    ('commitments', ['commitment_id'],
     "coalesce(subscription_id, account_id)", 'null', 'null', always),
    ('tax_rates', [
        'tax_code', 'country_code', 'coalesce(valid_from, ' ~ always ~ ')',
    ], stable_key([
        'country_code', 'cast(rate as decimal(9, 4))',
    ]), 'null', 'tax_code', 'coalesce(valid_from, ' ~ always ~ ')'),
] %}
{% set event_tables = [
    ('subscription_changes', 'change_id', 'subscription_id', 'null',
     'effective_on'),
    ('one_time_charges', 'item_id', 'account_id', 'tax_code', 'occurred_on'),
] %}

with

{% for table, key, finds, names, code, since in reference_tables %}
{{ table }} as (
    {{ versions_over_landings(source('raw', table), key) }}
),

{% endfor %}
{% for table, key, finds, code, since in event_tables %}
{{ table }} as (
    {{ events_over_landings(source('raw', table), key) }}
),

{% endfor %}
landed as (
    {% for table, key, finds, names, code, since in reference_tables %}
    select
        '{{ table }}' as table_name,
        concat_ws(', ', {{ key | join(', ') }}) as row_key,
        {{ finds }} as found_by,
        cast({{ names }} as varchar) as named_key,
        cast({{ code }} as varchar) as tax_code,
        {{ since }} as holds_from,
        landing_id,
        held_until,
        source_file,
        source_row
    from {{ table }}

    union all

    {% endfor %}
    {% for table, key, finds, code, since in event_tables %}
    select
        '{{ table }}' as table_name,
        {{ key }} as row_key,
        {{ finds }} as found_by,
        cast(null as varchar) as named_key,
        cast({{ code }} as varchar) as tax_code,
        {{ since }} as holds_from,
        landing_id,
        held_until,
        source_file,
        source_row
    from {{ table }}
    {% if not loop.last %}

    union all

    {% endif %}
    {% endfor %}
)

select * from landed
