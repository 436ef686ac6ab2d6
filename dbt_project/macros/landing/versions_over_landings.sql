{#
    Every version of a reference row with the landings over which it held:
    from its own `landing_id` up to, not including, `held_until`, the first
    landing of a better version (null while there is none). A version that was
    never the best is left out. `key` lists expressions, as in latest_version.
#}
{% macro versions_over_landings(relation, key) -%}
    select *
    from (
        select
            *,
            min(landing_id) over (
                partition by {{ key | join(', ') }}
                order by
                    updated_at desc nulls last,
                    landing_id desc,
                    source_file desc,
                    source_row desc
                rows between unbounded preceding and 1 preceding
            ) as held_until
        from {{ relation }}
    )
    where held_until is null or held_until > landing_id
{%- endmacro %}


{#
    The same of an append-only table: a row holds until the landing that takes
    it back.
#}
{% macro events_over_landings(relation, key) -%}
    select
        event.*,
        withdrawals.landing_id as held_until
    from {{ relation }} as event
    left join {{ relation }} as withdrawals
        on
            event.{{ key }} = withdrawals.{{ key }}
            and withdrawals.withdrawn
    where
        not coalesce(event.withdrawn, false)
        and (
            withdrawals.landing_id is null
            or withdrawals.landing_id > event.landing_id
        )
{%- endmacro %}


{# Whether a version was the one that held when so much had landed. #}
{% macro held_at(version, landing_id) -%}
    {{ landing_id }} >= {{ version }}.landing_id
    and {{ landing_id }}
    < coalesce({{ version }}.held_until, {{ landing_id }} + 1)
{%- endmacro %}
