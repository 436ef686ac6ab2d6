{# Grain: one row per line_id, table_name, row_key. #}
{{ config(
    materialized='incremental', on_schema_change='append_new_columns'
) }}

{# What of a line finds the rows that it came from, by table. #}
{% set found_by = [
    ('billing_entities', 'entity_id'),
    ('accounts', 'account_id'),
    ('accounts', 'payer_account_id'),
    ('subscriptions', 'subscription_id'),
    ('subscription_changes', 'subscription_id'),
    ('plans', 'plan_id'),
    ('charges', 'charge_id'),
    ('prices', 'price_key'),
    ('one_time_charges', 'account_id'),
    ('allowances', 'allowance_id'),
    ('commitments', 'coalesce(subscription_id, account_id)'),
] %}
{% set of_landed -%}
    landed.table_name,
    landed.row_key,
    landed.landing_id,
    landed.source_file,
    landed.source_row
{%- endset %}

with

landed as (
    select * from {{ ref('stg_landed_versions') }}
),

{# What was issued never changes, nor where it came from: the new, once. #}
documents as (
    select documents.*
    from {{ source('ledger', 'documents') }} as documents
    {% if is_incremental() %}
    anti join {{ this }} as found on documents.invoice_id = found.invoice_id
    {% endif %}
),

bill_runs as (
    select * from {{ source('ledger', 'bill_runs') }}
),

issued_lines as (
    select * from {{ source('ledger', 'lines') }}
),

{# What had landed when the line was issued is all that it can come from. #}
lines as (
    select
        issued_lines.*,
        documents.entity_id,
        documents.bill_date,
        documents.account_id as payer_account_id,
        bill_runs.landing_id as run_landing_id,
        {{ json_property('documents.buyer', "'country_code'") }}
            as payer_country,
        {{ stable_key([
            'issued_lines.charge_id', 'issued_lines.currency',
            'issued_lines.price_subscription_id',
            'issued_lines.price_valid_from',
        ]) }} as price_key
    from issued_lines
    inner join documents on issued_lines.invoice_id = documents.invoice_id
    inner join bill_runs on documents.bill_run_id = bill_runs.bill_run_id
),

wanted as (
    {% for table, column in found_by %}
    select
        '{{ table }}' as table_name,
        {{ column }} as found_by,
        lines.*
    from lines
    where {{ column }} is not null

    {{ 'union' if not loop.last }}
    {% endfor %}
),

found as (
    select
        wanted.*,
        landed.row_key,
        landed.named_key,
        landed.tax_code,
        landed.landing_id,
        landed.source_file,
        landed.source_row
    from wanted
    inner join landed
        on
            wanted.table_name = landed.table_name
            and wanted.found_by = landed.found_by
            and {{ held_at('landed', 'wanted.run_landing_id') | indent(8) }}
    where
        case wanted.table_name
            when 'subscription_changes'
                then landed.holds_from <= wanted.service_end
            when 'one_time_charges'
                then wanted.item_id = {{ stable_key([
                    "'one_time'", 'landed.row_key', 'wanted.currency',
                    'wanted.payer_account_id',
                ]) }}
            when 'commitments'
                then wanted.item_id = {{ stable_key([
                    "'true_up'", 'landed.row_key', 'wanted.service_start',
                    'wanted.currency', 'wanted.payer_account_id',
                ]) }}
            else true
        end
),

tax_codes as (
    select
        line_id,
        coalesce(
            max(case table_name when 'one_time_charges' then tax_code end),
            max(case table_name when 'charges' then tax_code end),
            'standard'
        ) as tax_code
    from found
    group by line_id
),

meters as (
    select
        found.line_id,
        found.invoice_id,
        {{ of_landed | indent(4) }}
    from found
    inner join landed
        on
            landed.table_name = 'meters'
            and found.named_key = landed.found_by
            and {{ held_at('landed', 'found.run_landing_id') | indent(8) }}
    where found.table_name = 'charges'
),

{#
    The rate billed in the payer's country, of the line's tax code where one
    of that code was billed; of several, the last to begin.
#}
tax_rates as (
    select
        lines.line_id,
        lines.invoice_id,
        {{ of_landed | indent(4) }},
        row_number() over (
            partition by lines.line_id
            order by
                landed.tax_code = tax_codes.tax_code desc,
                landed.holds_from desc,
                landed.row_key desc
        ) as place
    from lines
    inner join tax_codes on lines.line_id = tax_codes.line_id
    inner join landed
        on
            landed.table_name = 'tax_rates'
            and {{ stable_key([
                "replace(lines.payer_country, 'MC', 'FR')", 'lines.tax_rate',
            ]) }} = landed.found_by
            and lines.bill_date >= landed.holds_from
            and {{ held_at('landed', 'lines.run_landing_id') | indent(8) }}
    where lines.tax_category in ('S', 'Z')
)

select
    line_id,
    invoice_id,
    table_name,
    row_key,
    landing_id,
    source_file,
    source_row
from found

union

select * from meters

union

select
    line_id,
    invoice_id,
    table_name,
    row_key,
    landing_id,
    source_file,
    source_row
from tax_rates
where place = 1
