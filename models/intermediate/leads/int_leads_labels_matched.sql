-- Labels of the tools differ in case, accents and spaces: 'SEA Generique ' is SEA Générique.

with

leads as (

    select * from {{ ref('int_leads_latest') }}

),

channels as (

    select * from {{ ref('channels') }}

),

labels as (

    select
        declared_channel,
        {{ without_accents(normalised_text('declared_channel')) }} as label_key
    from leads
    where declared_channel is not null
    group by declared_channel

),

named as (

    select
        channel_id,
        {{ without_accents(normalised_text('channel')) }} as label_key
    from channels

),

-- one row per label; null if no channel is called so
matched as (

    select
        labels.declared_channel,
        named.channel_id
    from labels
    left join named on labels.label_key = named.label_key

)

select * from matched
