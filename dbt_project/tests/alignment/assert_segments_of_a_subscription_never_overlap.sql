{#
    Guards int_subscription_segments, one row per subscription and start. Two
    segments that overlap, or one that ends before it starts, would charge
    the same day twice or negatively.
#}

with

segments as (
    select * from {{ ref('int_subscription_segments') }}
),

with_next as (
    select
        subscription_id,
        segment_start,
        segment_end,
        lead(segment_start) over (
            partition by subscription_id
            order by segment_start
        ) as next_start
    from segments
)

select * from with_next
where
    segment_end <= segment_start
    or next_start < coalesce(segment_end, date '9999-12-31')
