{#
    No document of the last run breaks one of these rules: fails with what the
    document states and what the rule makes of it.
#}
{% test keeps_rules(model, rules) %}

    select *
    from {{ model }}
    where broken_rule in ('{{ rules | join("', '") }}')

{% endtest %}
