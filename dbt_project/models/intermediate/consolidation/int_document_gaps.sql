{# Grain: one row per payer_account_id, entity_id, table_name, column_name. #}

with

items as (
    select * from {{ ref('int_items_taxed') }}
),

payers_in_run as (
    select * from {{ ref('int_payers_in_run') }}
),

entities as (
    select * from {{ ref('stg_billing_entities') }}
),

accounts as (
    select * from {{ ref('stg_accounts') }}
),

needs as (
    select * from {{ ref('document_needs') }}
),

billed as (
    select
        payer_account_id,
        entity_id,
        bool_or(tax_category != 'O') as is_taxed,
        bool_or(payment_method = 'bank_transfer') as is_by_transfer,
        bool_or(payment_method = 'sepa_debit') as is_by_debit
    from items
    group by payer_account_id, entity_id
),

{# A customer with a number of a register or for VAT is a business. #}
placed as (
    select
        billed.*,
        payers_in_run.bill_date,
        entities.missing_data_policy,
        entities.country_code = 'FR' as is_seller_french,
        accounts.country_code = 'FR' as is_buyer_french,
        accounts.vat_id is not null
        or accounts.registration_id is not null as is_business,
        {{ json_row('entities') }} as seller,
        {{ json_row('accounts') }} as buyer
    from billed
    inner join payers_in_run
        on billed.payer_account_id = payers_in_run.payer_account_id
    inner join entities on billed.entity_id = entities.entity_id
    inner join accounts on billed.payer_account_id = accounts.account_id
),

needed as (
    select
        placed.payer_account_id,
        placed.entity_id,
        placed.bill_date,
        placed.missing_data_policy,
        needs.table_name,
        needs.column_name,
        needs.reason,
        case
            when needs.table_name = 'accounts' then placed.payer_account_id
            else placed.entity_id
        end as row_key,
        case
            when needs.table_name = 'accounts'
                then {{ json_property('placed.buyer', 'needs.column_name') }}
            else {{ json_property('placed.seller', 'needs.column_name') }}
        end as given
    from placed
    inner join needs
        on
            case needs.needed_when
                when 'always' then true
                when 'taxed' then placed.is_taxed
                when 'bank_transfer' then placed.is_by_transfer
                when 'sepa_debit' then placed.is_by_debit
                when 'french_seller' then placed.is_seller_french
                when 'french_to_business'
                    then placed.is_seller_french and placed.is_business
                when 'french_between_businesses'
                    then
                        placed.is_seller_french
                        and placed.is_buyer_french
                        and placed.is_business
            end
),

gaps as (
    select
        payer_account_id,
        entity_id,
        bill_date,
        table_name,
        row_key,
        column_name,
        missing_data_policy,
        missing_data_policy = 'hold' as is_held,
        table_name || ' ' || row_key || ' has no ' || column_name || ': '
        || reason as reason
    from needed
    where given is null
)

select * from gaps
