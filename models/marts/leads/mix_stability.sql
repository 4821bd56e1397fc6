-- Whether the structure is stable, in numbers: how much a channel's weekly share varies, and how
-- often its rank changes. Partial weeks say nothing of shares.

with

weeks as (

    select * from {{ ref('leads_weekly') }}
    where not is_partial_week

),

channels as (

    select * from {{ ref('dim_channels') }}

),

ranked as (

    select
        weeks.channel_id,
        weeks.week_date,
        weeks.share_ratio,
        row_number() over (
            partition by weeks.week_date
            order by weeks.validated_count desc, channels.display_order asc
        ) as channel_rank
    from weeks
    inner join channels on weeks.channel_id = channels.channel_id
    where weeks.share_ratio is not null

),

moved as (

    select
        *,
        channel_rank <> lag(channel_rank) over (partition by channel_id order by week_date)
            as is_moved
    from ranked

),

-- one row per channel
described as (

    select
        channel_id,
        count(*) as week_count,
        avg(share_ratio) as average_share_ratio,
        min(share_ratio) as smallest_share_ratio,
        max(share_ratio) as largest_share_ratio,
        stddev_samp(share_ratio) / nullif(avg(share_ratio), 0) as variation,
        min(channel_rank) as best_rank,
        max(channel_rank) as worst_rank,
        count(*) filter (where is_moved) as rank_change_count
    from moved
    group by channel_id

)

select * from described
