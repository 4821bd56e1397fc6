-- The days on which two versions begin or cease to contradict each other while the newer one rules.
-- They begin on the first of two such days, if most days from there on are such, or if it was the
-- newer one that moved. They cease if the newer one moves back. A partial newest day of the older
-- one is a single day, and does neither. While they contradict each other, the newer one may go
-- from one scale to another. Days that one answer gives with two values begin and end with a change
-- of scale, because the other days may be on either.

with

current_versions as (

    select * from {{ ref('int_audience_versions_latest') }}

),

compared as (

    select
        *,
        lag(is_contradicted) over in_time as was_contradicted,
        lag(next_version_number) over in_time as version_before,
        lead(is_contradicted) over in_time as stays_contradicted,
        lead(next_version_number) over in_time as version_after,
        -- on two days, or since the version began to rule
        coalesce(
            lag(is_contradicted, 2) over in_time
            or lag(version_number) over in_time <> lag(version_number_before) over in_time,
            true
        ) as had_stayed_contradicted,
        -- see int_audience_versions_resolved
        version_number % 2 = 0 and next_version_number = version_number - 1 as is_given_twice,
        -- an excursion of the older version differs for some days, another scale for good
        2 * count(*) filter (where is_contradicted) over from_there
        > count(next_version_value) over from_there as is_diverged_for_good,
        -- null if it was to nothing
        moves_more_than_next and coalesce(is_off_scale_before, true) as moves_off,
        -- from one scale to another, and on both for more than a day
        is_off_scale_before
        and not coalesce(lag(is_off_scale_before) over in_time, false)
        and not coalesce(lead(is_off_scale_before) over in_time, false) as changes_scale
    from current_versions
    window
        in_time as (partition by subject_id, metric_id, counted order by observed_date),
        from_there as (
            partition by subject_id, metric_id, counted
            order by observed_date
            rows between current row and 20 following
        )

),

diverged as (

    select
        subject_id,
        metric_id,
        counted,
        observed_date,
        observed_date as compared_date,
        next_version_value as older_value,
        value as newer_value
    from compared
    where
        version_number = version_number_before
        and version_before = next_version_number
        and (
            (is_given_twice and is_contradicted <> was_contradicted)
            -- other values of the same days
            or (is_given_twice and is_contradicted and is_off_scale_before)
            or (
                version_after = next_version_number
                and is_contradicted
                and not was_contradicted
                and stays_contradicted
                and (is_diverged_for_good or moves_off)
            )
            or (
                not is_contradicted and was_contradicted and had_stayed_contradicted and moves_off
            )
            or (is_contradicted and was_contradicted and moves_more_than_next and changes_scale)
        )

)

select * from diverged
