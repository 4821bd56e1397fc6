-- The genre of each subject: that of which most of its members are, or it itself.

with

memberships as (

    select * from {{ ref('int_memberships_received') }}

),

subjects as (

    select * from {{ ref('dim_subjects') }}

),

genres as (

    select
        subject_id,
        group_id as genre
    from memberships
    where group_type = 'genre'

),

-- what a group's members say counts as much as what is said of itself
said as (

    select
        subject_id as subject,
        genre
    from genres

    union all

    select
        memberships.group_id as subject,
        genres.genre
    from memberships
    inner join genres on memberships.subject_id = genres.subject_id
    where memberships.group_type <> 'genre'

),

counted as (

    select
        subject,
        genre,
        count(*) as said_count
    from said
    group by subject, genre

),

ranked as (

    select
        *,
        row_number() over (partition by subject order by said_count desc, genre asc) as place
    from counted

),

named as (

    select
        ranked.subject,
        ranked.genre,
        subjects.name as main_genre
    from ranked
    inner join subjects on ranked.genre = subjects.subject_id
    where ranked.place = 1

)

select * from named
