{# Grain: one row per table_name, row_key. #}

with

waiting as (
    select * from {{ ref('int_rows_waiting') }}
)

select
    table_name,
    row_key,
    waits_for
from waiting
