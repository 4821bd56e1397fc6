{#- The definitions of docs/method.md in one place, for a table function's window and for the windows of a build: the
    steps that turn anchors into growth. The last step is `grown`; the steps before them are `anchors`, of
    `window_anchors`, and `statuses`. -#}
{% macro judged_growth() -%}
-- what is known of the window and of the one before it; a flow is what was observed in each
known as (

    select
        *,
        cast(breaks % 131072 as integer) as correction_count,
        cast(breaks // 131072 % 4096 as integer) as restatement_count,
        cast(breaks // 536870912 % 4096 as integer) as reset_count,
        cast(breaks // 2199023255552 as integer) as relink_count,
        case when kind = 'flow' then observed_days > 0 else end_value is not null end as has_end,
        case
            when kind = 'flow' then previous_observed_days > 0 else start_value is not null
        end as has_base,
        least(1, observed_days / expected_days) as coverage_ratio,
        case
            when kind = 'flow'
                then least(observed_days, previous_observed_days) < 0.8 * expected_days
            else observed_days < 0.8 * expected_days
        end as is_thin,
        case when kind = 'flow' then previous_gained else start_value end as base,
        kind = 'flow' or coalesce(is_earlier_comparable, false) as is_pace_comparable,
        case
            when start_value is null or end_value is null then null
            when breaks // 536870912 % 4096 > 0 then 'reset_in_window'
            when breaks // 131072 % 4096 > 0 then 'restated_in_window'
            when breaks >= 2199023255552 then 'relinked_in_window'
            when is_unconfirmed then 'unconfirmed_end'
        end as break_status
    from anchors

),

-- the first that holds, in the order of growth_statuses
judged as (

    select
        *,
        case
            when end_observed_date is null or (kind = 'flow' and not has_end) then 'no_end'
            when start_observed_date is null or (kind = 'flow' and not has_base) then 'no_base'
            when not has_end then 'stale_end'
            when not has_base then 'stale_base'
            when base <= 0 then 'zero_base'
            when break_status is not null then break_status
            when is_thin then 'low_coverage'
            when base < min_base then 'low_base'
            when is_partial then 'partial_window'
            else 'ok'
        end as status,
        case
            when kind = 'flow' then case when has_end then gained end
            -- from zero, if it is known that it began in the window
            when is_new and kind = 'counter' then end_value - linked_change
            else end_value - start_value - linked_change
        end as growth,
        case when has_end and (has_base or kind = 'flow') then gained end as gained_here,
        case
            when has_base and (has_earlier_value or kind = 'flow') then previous_gained
        end as gained_before
    from known

),

rated as (

    select
        judged.*,
        statuses.has_percent and (judged.kind <> 'flow' or not judged.is_thin) as has_percent
    from judged
    inner join statuses on judged.status = statuses.status

),

compared as (

    select
        *,
        case
            when
                has_percent
                and gained_before > 0
                and is_pace_comparable
                then 100 * (gained_here - gained_before) / gained_before
        end as period_change_pct,
        case
            when
                has_percent
                and kind <> 'flow'
                and start_value + growth >= 0
                then 100 * (pow((start_value + growth) / start_value, 1 / window_days) - 1)
        end as daily_rate_pct
    from rated

),

grown as (

    select
        *,
        case
            when kind = 'flow' then period_change_pct
            when has_percent then 100 * growth / start_value
        end as growth_pct
    from compared

)
{%- endmacro %}
