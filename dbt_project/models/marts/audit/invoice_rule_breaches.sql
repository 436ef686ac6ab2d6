{# Grain: one row per invoice_id, broken_rule, tax_category, tax_rate. #}

{% set of_documents = [
    ('BR-CO-10', 'net_amount + allowance_amount',
     'sum_of_lines + sum_of_allowances'),
    ('BR-CO-11', 'allowance_amount', 'sum_of_allowances'),
    ('BR-CO-13', 'net_amount', 'sum_of_lines'),
    ('BR-CO-14', 'tax_amount', 'sum_of_taxes'),
    ('BR-CO-15', 'total_amount', 'net_amount + tax_amount'),
    ('BR-CO-16', 'due_amount', 'total_amount - prepaid_amount'),
    ('BR-CO-18', 'coalesce(group_count, 0)', 'greatest(group_count, 1)'),
    ('BR-O-11', 'coalesce(groups_beside_out_of_scope, 0)', '0'),
    ('BR-O-12', 'coalesce(lines_beside_out_of_scope, 0)', '0'),
    ('BR-53', 'accounting_tax_amount', 'sum_of_accounting_taxes'),
    ('BR-DEC-10', 'allowance_amount', none),
    ('BR-DEC-12', 'net_amount', none),
    ('BR-DEC-13', 'tax_amount', none),
    ('BR-DEC-14', 'total_amount', none),
    ('BR-DEC-16', 'prepaid_amount', none),
    ('BR-DEC-18', 'due_amount', none),
] %}
{% set of_taxes = [
    ("'BR-CO-17'", 'tax_amount', 'rate_of_base'),
    ("'BR-' || code || '-05'", 'tax_rate', 'possible_rate'),
    ("'BR-' || code || '-08'", 'taxable_amount', 'sum_of_lines'),
    ("'BR-' || code || '-09'", 'tax_amount',
     "case when code = 'S' then rate_of_base else 0 end"),
    ("'BR-' || code || '-10'", 'reasons_given', 'reasons_wanted'),
    ("'BR-DEC-19'", 'taxable_amount', 'rounded_taxable_amount'),
    ("'BR-DEC-20'", 'tax_amount', 'rounded_tax_amount'),
    ("'BR-DEC-23'", 'lines_too_fine', '0'),
] %}

with

bill_runs as (
    select * from {{ source('ledger', 'bill_runs') }}
),

issued_documents as (
    select * from {{ source('ledger', 'documents') }}
),

issued_lines as (
    select * from {{ source('ledger', 'lines') }}
),

issued_taxes as (
    select * from {{ source('ledger', 'taxes') }}
),

last_run as (
    select max_by(bill_run_id, ledger_position) as bill_run_id from bill_runs
),

{# Those before passed when issued; the chain says they are as then. #}
documents as (
    select issued_documents.*
    from issued_documents
    inner join last_run on issued_documents.bill_run_id = last_run.bill_run_id
),

{# EN 16931 writes a document's amounts without the lines' allowances. #}
line_groups as (
    select
        issued_lines.invoice_id,
        issued_lines.tax_category,
        issued_lines.tax_rate,
        sum(issued_lines.net_amount) as net_amount,
        sum(case
            when issued_lines.allowance_level = 'invoice'
                then -issued_lines.net_amount
            else 0
        end) as allowance_amount,
        sum(cast(
            issued_lines.net_amount != {{ rounded_to_minor_unit(
                'issued_lines.net_amount', 'documents.minor_units'
            ) }} as integer
        )) as lines_too_fine
    from issued_lines
    inner join documents on issued_lines.invoice_id = documents.invoice_id
    group by
        issued_lines.invoice_id,
        issued_lines.tax_category,
        issued_lines.tax_rate
),

{# What each category and rate says, and what its lines say it should. #}
tax_groups as (
    select
        documents.invoice_id,
        documents.invoice_number,
        documents.minor_units,
        taxes.taxable_amount,
        taxes.tax_amount,
        line_groups.net_amount as sum_of_lines,
        line_groups.allowance_amount,
        taxes.accounting_tax_amount,
        coalesce(line_groups.lines_too_fine, 0) as lines_too_fine,
        coalesce(line_groups.tax_category, taxes.tax_category) as tax_category,
        coalesce(line_groups.tax_rate, taxes.tax_rate) as tax_rate,
        case when taxes.exemption_reason is null then 0 else 1 end
            as reasons_given,
        cast(taxes.taxable_amount as decimal(26, 4))
        * cast(taxes.tax_rate as decimal(8, 4))
        * cast('0.01' as decimal(2, 2)) as exact_tax
    from line_groups
    full outer join issued_taxes as taxes
        on
            line_groups.invoice_id = taxes.invoice_id
            and line_groups.tax_category = taxes.tax_category
            and line_groups.tax_rate = taxes.tax_rate
    inner join documents
        on
            coalesce(line_groups.invoice_id, taxes.invoice_id)
            = documents.invoice_id
),

{# Category K's rules are named IC. Z gives its reason on paper alone. #}
tax_groups_checked as (
    select
        *,
        case tax_category when 'K' then 'IC' else tax_category end as code,
        {{ rounded_to_minor_unit('exact_tax', 'minor_units') }}
            as rate_of_base,
        {{ rounded_to_minor_unit('taxable_amount', 'minor_units') }}
            as rounded_taxable_amount,
        {{ rounded_to_minor_unit('tax_amount', 'minor_units') }}
            as rounded_tax_amount,
        case when tax_category != 'S' then 0 else nullif(tax_rate, 0) end
            as possible_rate,
        case when tax_category = 'S' then 0 else 1 end as reasons_wanted
    from tax_groups
),

totals as (
    select
        invoice_id as totalled_invoice_id,
        sum(sum_of_lines) as sum_of_lines,
        sum(allowance_amount) as sum_of_allowances,
        sum(tax_amount) as sum_of_taxes,
        sum(accounting_tax_amount) as sum_of_accounting_taxes,
        count(tax_amount) as group_count,
        count(case when tax_category != 'O' then tax_amount end)
        * max(case tax_category when 'O' then 1 else 0 end)
            as groups_beside_out_of_scope,
        count(case when tax_category != 'O' then sum_of_lines end)
        * max(case tax_category when 'O' then 1 else 0 end)
            as lines_beside_out_of_scope
    from tax_groups
    group by invoice_id
),

documents_checked as (
    select
        documents.*,
        totals.*
    from documents
    left join totals on documents.invoice_id = totals.totalled_invoice_id
),

breaches as (
    {% for rule, stated, expected in of_documents %}
    select
        invoice_id,
        invoice_number,
        '{{ rule }}' as broken_rule,
        cast(null as varchar) as tax_category,
        cast(null as decimal(9, 4)) as tax_rate,
        cast({{ stated }} as decimal(38, 4)) as stated_amount,
        cast({{ expected if expected is not none else rounded_to_minor_unit(
            stated, 'minor_units'
        ) }} as decimal(38, 4)) as expected_amount
    from documents_checked
    union all
    {% endfor %}
    {% for rule, stated, expected in of_taxes %}
    select
        invoice_id,
        invoice_number,
        {{ rule }} as broken_rule,
        tax_category,
        tax_rate,
        cast({{ stated }} as decimal(38, 4)) as stated_amount,
        cast({{ expected }} as decimal(38, 4)) as expected_amount
    from tax_groups_checked
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    invoice_id,
    invoice_number,
    broken_rule,
    tax_category,
    tax_rate,
    stated_amount,
    expected_amount
from breaches
where stated_amount is distinct from expected_amount
