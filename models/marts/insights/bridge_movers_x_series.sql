with

parts as (

    select * from {{ ref('int_mover_parts') }}

),

movers as (

    select * from {{ ref('dim_movers') }}

),

joined as (

    select
        movers.mover_id,
        parts.series_id,
        max(parts.weight) as weight
    from parts
    inner join movers
        on
            parts.subject = movers.subject
            and parts.member_type = movers.member_type
            and parts.platform = movers.platform
            and parts.metric = movers.metric
            and parts.unit = movers.unit
            and parts.kind = movers.kind
    group by all

)

select * from joined
