-- Names, addresses and genders of people are for staging only: beyond it every such value is the
-- hash of 64 hex digits.

with

people as (

    select * from {{ ref('dim_users') }}

),

masked_values as (

    select first_name_hash as masked_value
    from people

    union all

    select last_name_hash as masked_value
    from people

    union all

    select email_hash as masked_value
    from people

    union all

    select gender_hash as masked_value
    from people

)

select masked_value
from masked_values
where length(masked_value) <> 64 or masked_value <> lower(masked_value)
