{# Grain: one row per allowance_id, document_id, tax_category, tax_rate. #}

with recursive

parts as (
    select * from {{ ref('int_invoice_parts_covered') }}
),

placed as (
    select * from {{ ref('int_invoice_allowances_placed') }}
),

allowances as (
    select
        placed.allowance_id,
        placed.document_id,
        placed.place,
        placed.kind,
        {{ unscaled_integer('placed.allowance_value') }} as unscaled_percent,
        {{ whole_minor_units(
            rounded_to_minor_unit(
                'placed.allowance_value', 'parts.minor_units'
            ),
            'parts.minor_units'
        ) }} as amount_units
    from placed
    inner join parts on placed.document_id = parts.document_id
    group by
        placed.allowance_id, placed.document_id, placed.place, placed.kind,
        placed.allowance_value, parts.minor_units
),

{#
    Each takes from what the ones before left, in whole minor units: at most
    the sum of what it covers, spread in proportion over what is positive, by
    the largest remainder; of equal ones the first by category and rate.
    Worked: 10.00 over 100.00 and 50.00 are 6.67 and 3.33.
#}
steps as (
    select
        document_id,
        tax_category,
        tax_rate,
        scope,
        minor_units,
        0 as place,
        units as left_units
    from parts

    union all

    (
        with

        covered as (
            select
                steps.document_id,
                steps.tax_category,
                steps.tax_rate,
                steps.scope,
                steps.minor_units,
                steps.left_units,
                allowances.kind,
                allowances.unscaled_percent,
                allowances.amount_units,
                steps.place + 1 as place,
                case
                    when
                        contains(
                            steps.scope,
                            ' ' || cast(allowances.place as varchar) || ' '
                        )
                        then steps.left_units
                    else 0
                end as covered_units
            from steps
            inner join allowances
                on
                    steps.document_id = allowances.document_id
                    and steps.place + 1 = allowances.place
        ),

        summed as (
            select
                *,
                greatest(covered_units, 0) as weight,
                cast(
                    sum(greatest(covered_units, 0)) over (
                        partition by document_id
                    ) as hugeint
                ) as total_weight,
                cast(
                    greatest(
                        sum(covered_units) over (partition by document_id), 0
                    ) as hugeint
                ) as total_units
            from covered
        ),

        offered as (
            select
                *,
                case
                    when kind = 'percent'
                        then {{ percent_of_units(
                            'total_units', 'unscaled_percent'
                        ) }}
                    else least(total_units, amount_units)
                end as allowance_units
            from summed
        ),

        split as (
            select
                *,
                {{ share_rounded_down(
                    'allowance_units', 'weight', 'total_weight'
                ) }} as whole_part,
                {{ rest_of_share(
                    'allowance_units', 'weight', 'total_weight'
                ) }} as rest
            from offered
        ),

        ranked as (
            select
                *,
                allowance_units - sum(whole_part) over (
                    partition by document_id
                ) as left_over,
                row_number() over (
                    partition by document_id
                    order by
                        rest desc nulls last, tax_category asc, tax_rate asc,
                        scope asc
                ) as rest_rank
            from split
        )

        select
            document_id,
            tax_category,
            tax_rate,
            scope,
            minor_units,
            place,
            cast(
                left_units
                - coalesce(whole_part, 0)
                - case when rest_rank <= left_over then 1 else 0 end
                as hugeint
            ) as left_units
        from ranked
    )
),

differences as (
    select
        document_id,
        tax_category,
        tax_rate,
        minor_units,
        place,
        lag(left_units) over (
            partition by document_id, tax_category, tax_rate, scope
            order by place
        ) - left_units as taken_units
    from steps
),

taken as (
    select
        allowances.allowance_id,
        differences.document_id,
        differences.tax_category,
        differences.tax_rate,
        {{ amount_of_minor_units(
            'sum(differences.taken_units)', 'differences.minor_units'
        ) }} as allowance_amount
    from differences
    inner join allowances
        on
            differences.document_id = allowances.document_id
            and differences.place = allowances.place
    group by
        allowances.allowance_id, differences.document_id,
        differences.tax_category, differences.tax_rate,
        differences.minor_units
    having sum(differences.taken_units) != 0
)

select * from taken
