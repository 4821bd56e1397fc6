-- How far each series moved in the window, as number 0, and in up to twelve earlier ones of as many
-- days. What is usual for a series or a group of them is read off these. If the anchors of an
-- earlier window lie further apart or nearer than those of this one, its move is that of as many
-- days as this one has between them.

with

growth as (

    select
        *,
        reset_count + restatement_count + relink_count > 0
        or status = 'unconfirmed_end' as is_broken,
        case when kind <> 'flow' then end_observed_date - start_observed_date end as move_days
    from {{ ref('series_growth') }}(from_date, to_date)

),

series as (

    select * from {{ ref('int_series_described') }}

),

earlier as (

    {{ earlier_windows() }}

),

-- one row per series: what was counted before its latest break is on another scale
scales as (

    select
        series_id,
        floor(max(running_breaks) / 131072) as scale
    from earlier
    group by series_id

),

described as (

    select
        earlier.*,
        series.kind,
        greatest(1, (earlier.closed_date - earlier.opened_date) // series.cadence_days)
            as expected_days,
        earlier.opened_date - earlier.start_observed_date <= series.max_age_days as has_start,
        earlier.start_observed_date is null
        and series.kind = 'counter'
        and coalesce(
            series.began_on > earlier.opened_date and series.began_on <= earlier.closed_date, false
        ) as is_new,
        earlier.running_breaks >= 131072 * scales.scale
        and earlier.closed_date - earlier.end_observed_date <= series.max_age_days as is_on_scale
    from earlier
    inner join series on earlier.series_id = series.series_id
    inner join scales on earlier.series_id = scales.series_id

),

-- one row per series and earlier window; a move that cannot be compared is not known
sound as (

    select
        series_id,
        window_number,
        end_observed_date - start_observed_date as move_days,
        case
            -- corrections alone leave it comparable
            when not is_on_scale or breaks >= 131072 then null
            when kind = 'flow'
                then case
                    when observed_days >= {{ var('coverage_floor') }} * expected_days then gained
                end
            when is_new then end_value - linked_change
            when has_start then end_value - start_value - linked_change
        end as move
    from described

),

-- no reading between the anchors is no move of zero
paced as (

    select
        sound.series_id,
        sound.window_number,
        case
            when coalesce(growth.move_days = sound.move_days, true) then sound.move
            when sound.move_days > 0
                then sound.move * growth.move_days / sound.move_days
        end as move
    from sound
    left join growth on sound.series_id = growth.series_id

),

moves as (

    select
        series_id,
        0 as window_number,
        case when not is_broken then growth end as move,
        start_value,
        end_value,
        case
            when is_broken or growth is null
                then coalesce(end_value, 0) - coalesce(start_value, 0)
        end as left_out_change,
        move_days,
        status
    from growth

    union all

    select
        series_id,
        window_number,
        move,
        cast(null as double) as start_value,
        cast(null as double) as end_value,
        cast(null as double) as left_out_change,
        cast(null as bigint) as move_days,
        cast(null as string) as status
    from paced

)

select * from moves
