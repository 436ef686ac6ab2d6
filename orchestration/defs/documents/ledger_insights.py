"""What a document tells beside its lines, as queries on the ledger.

What changed since the last one, usage by day, and where a balance comes from.

A document's past is what had been issued when it was: a later row changes none of it.
Not here: the lines and their sums (ledger_reader).
"""

_SHOWN_CHANGES = 5
_SHOWN_CHARTS = 1  # that of the charge with the greatest amount
_LEAST_DAYS = 7  # fewer say nothing that the line does not
_MOST_DAYS = 62  # more would be hair lines

# One row per document that takes up a balance in the payer's favour: the last close before it
# left something open and issued nothing of the same group, and its seller carries forward.
CARRIED = """
    with

    asked as (
        select * from ledger.documents
        where
            invoice_id in (select unnest(?))
            and case when json_valid(seller)
                then json_extract_string(seller, '$.negative_invoice') = 'carry_forward' end
    ),

    last_closes as (
        select
            asked.invoice_id,
            max(cycles.bill_date) as bill_date,
            arg_max(cycles.settled_on, cycles.bill_date) as settled_on
        from asked
        inner join ledger.closed_cycles as cycles
            on
                asked.account_id = cycles.account_id
                and asked.bill_date > cycles.bill_date
        group by asked.invoice_id
    )

    select
        asked.invoice_id,
        last_closes.bill_date as carried_from
    from asked
    inner join last_closes on asked.invoice_id = last_closes.invoice_id
    left join ledger.documents as others
        on
            asked.account_id = others.account_id
            and asked.entity_id = others.entity_id
            and asked.currency = others.currency
            and asked.invoice_group is not distinct from others.invoice_group
            and last_closes.bill_date = others.bill_date
    inner join ledger.lines as given_back
        on
            asked.invoice_id = given_back.invoice_id
            and given_back.line_type = 'adjustment'
            and given_back.net_amount < 0
    where last_closes.settled_on < last_closes.bill_date and others.invoice_id is null
    group by all
"""

# One row per document and service that differs from the document before it, the greatest
# difference first; one row with a difference of 0 where none does.
CHANGES = f"""
    with

    asked as (
        select * from ledger.documents
        where invoice_id in (select unnest(?)) and document_type = 'invoice'
    ),

    paired as (
        select
            asked.invoice_id,
            asked.total_amount,
            arg_max(earlier.invoice_id, earlier.ledger_position) as previous_id
        from asked
        inner join ledger.documents as earlier
            on
                asked.entity_id = earlier.entity_id
                and asked.account_id = earlier.account_id
                and asked.currency = earlier.currency
                and asked.payment_method = earlier.payment_method
                and asked.invoice_group is not distinct from earlier.invoice_group
                and asked.own_subscription_id is not distinct from earlier.own_subscription_id
                and asked.bill_date > earlier.bill_date
        where earlier.document_type = 'invoice'
        group by asked.invoice_id, asked.total_amount
    ),

    amounts as (
        select paired.invoice_id, lines.service, 'present' as side, lines.net_amount
        from paired
        inner join ledger.lines on paired.invoice_id = lines.invoice_id
        where lines.allowance_level is distinct from 'invoice'

        union all

        select paired.invoice_id, lines.service, 'previous' as side, lines.net_amount
        from paired
        inner join ledger.lines on paired.previous_id = lines.invoice_id
        where lines.allowance_level is distinct from 'invoice'
    ),

    compared as (
        select
            invoice_id,
            coalesce(service, '') as service,
            sum(net_amount) filter (side = 'previous') as previous_amount,
            sum(net_amount) filter (side = 'present') as present_amount,
            sum(case side when 'present' then net_amount else -net_amount end)
                as difference_amount
        from amounts
        group by all
    ),

    ranked as (
        select
            *,
            row_number() over (
                partition by invoice_id order by abs(difference_amount) desc, service
            ) as place
        from compared
    )

    select
        paired.invoice_id,
        previous.invoice_number as previous_number,
        previous.issue_date as previous_issue_date,
        previous.total_amount as previous_total_amount,
        paired.total_amount - previous.total_amount as total_difference_amount,
        ranked.service,
        ranked.previous_amount,
        ranked.present_amount,
        ranked.difference_amount
    from paired
    inner join ledger.documents as previous on paired.previous_id = previous.invoice_id
    inner join ranked on paired.invoice_id = ranked.invoice_id
    where ranked.place <= {_SHOWN_CHANGES} and (ranked.difference_amount != 0 or ranked.place = 1)
    order by paired.invoice_id, ranked.place
"""

# One row per document, chart and day. A chart is the usage of one charge in one cycle, of all
# its lines, that ended in the document's period; drawn where the days add up to what the lines
# bill, so not of levels, and not where quantities are rounded or converted. Asked with the
# documents' keys and, twice, the first day of their periods: neither a cycle that is drawn nor
# the one before it began earlier than that by more than two cycles, and usage is stored by date.
USAGE_DAYS = f"""
    with

    usage_lines as (
        select
            lines.*,
            documents.ledger_position as document_position
        from ledger.lines
        inner join ledger.documents on lines.invoice_id = documents.invoice_id
        where
            lines.invoice_id in (select unnest(?))
            and lines.line_type = 'usage'
            and lines.service_end > documents.period_start
            and documents.document_type = 'invoice'
    ),

    charged as (
        select
            invoice_id,
            charge_id,
            service_end as period_end,
            document_position,
            any_value(service) as service,
            any_value(description) as description,
            any_value(unit) as unit,
            min(service_start) as period_start,
            sum(quantity) as total_quantity,
            sum(net_amount) as net_amount
        from usage_lines
        group by invoice_id, charge_id, service_end, document_position
        having count(distinct unit) <= 1 and count(distinct description) = 1
    ),

    used as (
        select
            usage_lines.invoice_id,
            usage_lines.charge_id,
            usage_lines.service_end as period_end,
            usage.usage_date,
            sum(usage.quantity) as quantity
        from usage_lines
        inner join ledger.usage on usage_lines.line_id = usage.line_id
        where usage.usage_date >= cast(? as date) - {2 * _MOST_DAYS}
        group by all
    ),

    measured as (
        select
            invoice_id,
            charge_id,
            period_end,
            sum(quantity) as quantity,
            count(*) as day_count
        from used
        group by all
    ),

    chosen as (
        select
            charged.*,
            row_number() over (
                partition by charged.invoice_id
                order by charged.net_amount desc, charged.service, charged.charge_id,
                    charged.period_end
            ) as place
        from charged
        inner join measured
            on
                charged.invoice_id = measured.invoice_id
                and charged.charge_id = measured.charge_id
                and charged.period_end = measured.period_end
                and charged.total_quantity = measured.quantity
        where
            measured.day_count >= {_LEAST_DAYS}
            and date_diff('day', charged.period_start, charged.period_end) <= {_MOST_DAYS}
            and measured.quantity > 0
        qualify place <= {_SHOWN_CHARTS}
    ),

    -- The same subscriptions in the cycle that ended where this one begins.
    earlier_lines as (
        select
            chosen.invoice_id,
            chosen.place,
            earlier.line_id,
            earlier.service_start
        from chosen
        inner join usage_lines
            on
                chosen.invoice_id = usage_lines.invoice_id
                and chosen.charge_id = usage_lines.charge_id
                and chosen.period_end = usage_lines.service_end
        inner join ledger.lines as earlier
            on
                usage_lines.subscription_id = earlier.subscription_id
                and usage_lines.charge_id = earlier.charge_id
                and usage_lines.group_value is not distinct from earlier.group_value
                and chosen.period_start = earlier.service_end
        inner join ledger.documents as earlier_documents
            on earlier.invoice_id = earlier_documents.invoice_id
        where earlier_documents.ledger_position <= chosen.document_position
    ),

    earlier_cycles as (
        select invoice_id, place, min(service_start) as previous_start
        from earlier_lines
        group by all
    ),

    earlier_used as (
        select
            earlier_lines.invoice_id,
            earlier_lines.place,
            usage.usage_date,
            sum(usage.quantity) as quantity
        from earlier_lines
        inner join ledger.usage on earlier_lines.line_id = usage.line_id
        where usage.usage_date >= cast(? as date) - {2 * _MOST_DAYS}
        group by all
    ),

    earlier_measured as (
        select invoice_id, place, sum(quantity) as quantity
        from earlier_used
        group by all
    ),

    cycles as (
        select
            chosen.*,
            case
                when
                    date_diff('day', earlier_cycles.previous_start, chosen.period_start)
                    <= {_MOST_DAYS}
                    and earlier_measured.quantity > 0
                    then earlier_cycles.previous_start
            end as previous_start,
            earlier_measured.quantity as previous_quantity
        from chosen
        left join earlier_cycles
            on
                chosen.invoice_id = earlier_cycles.invoice_id
                and chosen.place = earlier_cycles.place
        left join earlier_measured
            on
                chosen.invoice_id = earlier_measured.invoice_id
                and chosen.place = earlier_measured.place
    ),

    days as (
        select
            cycles.*,
            unnest(range(greatest(
                date_diff('day', period_start, period_end),
                coalesce(date_diff('day', previous_start, period_start), 0)
            ))) as day_number
        from cycles
    ),

    dated as (
        select
            *,
            case
                when period_start + cast(day_number as integer) < period_end
                    then period_start + cast(day_number as integer)
            end as day,
            case
                when previous_start + cast(day_number as integer) < period_start
                    then previous_start + cast(day_number as integer)
            end as previous_day
        from days
    )

    select
        dated.invoice_id,
        dated.place as chart_id,
        dated.service,
        dated.description,
        dated.unit,
        dated.period_start,
        dated.period_end,
        dated.total_quantity,
        dated.previous_start,
        case when dated.previous_start is not null then dated.period_start end as previous_end,
        case when dated.previous_start is not null then dated.previous_quantity end
            as previous_total_quantity,
        dated.day,
        used.quantity,
        dated.previous_day,
        earlier_used.quantity as previous_quantity
    from dated
    left join used
        on
            dated.invoice_id = used.invoice_id
            and dated.charge_id = used.charge_id
            and dated.period_end = used.period_end
            and dated.day = used.usage_date
    left join earlier_used
        on
            dated.invoice_id = earlier_used.invoice_id
            and dated.place = earlier_used.place
            and dated.previous_day = earlier_used.usage_date
    order by dated.invoice_id, dated.place, dated.day_number
"""
