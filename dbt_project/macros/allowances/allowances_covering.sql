{#
    One row per allowance and item that it covers on the item's date: all of a
    subscription, or all of an account and all that it pays for; of a charge
    alone where the allowance names one, in its currency where it has one.
#}
{% macro allowances_covering(items, allowances, dated_by) -%}
    {%- set owners = [
        ('subscription_id', 'subscription_id'),
        ('account_id', 'account_id'),
        ('account_id', 'payer_account_id'),
    ] -%}
    {%- for owner, of_item in owners %}
    select
        {{ allowances }}.allowance_id,
        {{ allowances }}.kind,
        {{ allowances }}.allowance_value,
        {{ allowances }}.max_uses,
        {{ items }}.item_id
    from {{ items }}
    inner join {{ allowances }}
        on
            {{ items }}.{{ of_item }} = {{ allowances }}.{{ owner }}
            and {{ items }}.{{ dated_by }} >= {{ allowances }}.valid_from
            and {{ items }}.{{ dated_by }} < {{ allowances }}.valid_until
    where
        (
            {{ allowances }}.charge_id is null
            or {{ allowances }}.charge_id = {{ items }}.charge_id
        )
        and (
            {{ allowances }}.currency is null
            or {{ allowances }}.currency = {{ items }}.currency
        )
        {%- if owner == 'account_id' %}
        and {{ allowances }}.subscription_id is null
        {%- else %}
        and (
            {{ allowances }}.account_id is null
            or {{ allowances }}.account_id in (
                {{ items }}.account_id, {{ items }}.payer_account_id
            )
        )
        {%- endif %}
        {%- if of_item == 'payer_account_id' %}
        and {{ items }}.account_id != {{ items }}.payer_account_id
        {%- endif %}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor %}
{%- endmacro %}
