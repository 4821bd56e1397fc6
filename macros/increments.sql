{#- How the long tables of leads and films, and what is read off the facts, take up what a plan lists: leads by what
    `int_leads_touched` says, films by the days of `int_films_days_touched`, and the last by `int_series_touched`.
    docs/decisions/0020 says why. -#}

{#- The tables of leads that are not made anew by each build. -#}
{% macro taken_leads() -%}
    {{ return([
        'int_leads_latest', 'int_leads_calls_latest', 'int_leads_persons_matched', 'int_leads_validations_resolved',
        'int_leads_calls_aggregated', 'int_leads_touches_aggregated',
        'fct_leads', 'fct_lead_statuses', 'fct_call_attempts'
    ]) }}
{%- endmacro %}

{#- A hash of these tables' rules as they are written, and of those of what they read, as a SQL literal. -#}
{% macro leads_code() -%}
    {%- set names = taken_leads() + [
        'stg_leads__leads', 'stg_leads__call_attempts', 'stg_leads__touches', 'stg_leads__deals',
        'int_leads_versions_dated', 'int_leads_rows_hashed', 'int_leads_loads_changed', 'int_leads_rows_moved',
        'int_leads_rows_changed',
        'int_leads_planned', 'int_leads_links_unioned',
        'int_leads_touched', 'int_leads_calls_touched', 'int_leads_tags_matched', 'int_leads_labels_matched',
        'int_leads_touches_found', 'int_leads_deals_aggregated'
    ] -%}
    {%- set texts = [
        utc_moment('a'), local_date('a'), days_between('a', 'b'), day_problem('a', 'b'), masked('a'),
        person_link('a'), row_hash(['a']), tag_key('a'), trimmed('a'), full_match('a', 'b'),
        without_accents(normalised_text('a'))
    ] -%}
    {{ return(code_of(names, texts)) }}
{%- endmacro %}

{#- The same of films. -#}
{% macro taken_films() -%}
    {{ return(['int_films_days_resolved', 'int_films_movies_settled', 'fct_movies_daily']) }}
{%- endmacro %}

{% macro films_code() -%}
    {%- set names = taken_films() + [
        'stg_tmdb__movies', 'stg_tmdb__list_rows', 'stg_tmdb__daily_list_rows', 'stg_tmdb__exported_movies',
        'int_films_answers_unioned', 'int_films_answers_dated', 'int_films_loads_counted', 'int_films_days_changed',
        'int_films_planned', 'int_films_days_planned', 'int_films_days_touched', 'int_films_days_counted',
        'int_films_movies_carried'
    ] -%}
    {%- set texts = [calendar_day('a'), days_between('a', 'b'), day_problem('a', 'b'), summed_films('a', 'b')] -%}
    {{ return(code_of(names, texts)) }}
{%- endmacro %}

{#- The same of what is read off the facts: these change as `fct_observations` does, whatever changes that. -#}
{% macro taken_series() -%}
    {{ return(['fct_silences', 'int_ends_observed']) }}
{%- endmacro %}

{% macro series_code() -%}
    {{ return(code_of(taken_series() + ['int_observations_renewed'], [days_between('a', 'b')])) }}
{%- endmacro %}

{#- The model that plans what the model at hand takes up. -#}
{% macro plan_of_model() -%}
    {%- if model.name in taken_series() -%}
        {{ return('int_series_planned') }}
    {%- endif -%}
    {{ return('int_films_planned' if model.name in taken_films() + ['int_films_days_touched'] else 'int_leads_planned') }}
{%- endmacro %}

{#- The code that it is made by. -#}
{% macro code_of_model() -%}
    {%- if model.name in taken_series() -%}
        {{ return(series_code()) }}
    {%- endif -%}
    {{ return(films_code() if plan_of_model() == 'int_films_planned' else leads_code()) }}
{%- endmacro %}

{#- Whether the table of the model at hand holds all up to the last plan, or to the one before it, and was made by this
    code: then it takes up what the plan lists, or has done so. A table that missed a plan, because a run was killed, failed
    or left it out, is made anew; so is one that somebody changed the number of rows of. -#}
{% macro goes_on() -%}
    {%- set held = load_cached_relation(this) -%}
    {%- set plan = graph.nodes['model.crescendo.' ~ plan_of_model()] -%}
    {%- set planned = adapter.get_relation(this.database, plan.schema, plan.alias) -%}
    {%- if held is none or planned is none -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query("
        select count(*)
        from load_audit.taken_plans as taken
        cross join " ~ judged_part(plan_of_model()) ~ " as planned
        where taken.model_name = '" ~ model.name ~ "' and taken.code = " ~ code_of_model() ~ "
            and taken.settings_fingerprint = planned.settings_fingerprint
            and (taken.plan_id = planned.plan_id or (taken.plan_id = planned.previous_plan_id and not planned.is_whole))
            and taken.held_count = (select count(*) from " ~ this.include(database=false) ~ ")
    ") -%}
    {{ return(found.rows[0][0] > 0) }}
{%- endmacro %}

{#- A condition on the rows that a long table is made from: all, or if it goes on, those that the plan lists.

    expression: a SQL expression. listed: the model that lists them, by a column of the name that the expression ends in.
    condition: which rows of that model count. -#}
{% macro is_touched(expression, listed='int_leads_touched', condition='true') -%}
    {#- dbt learns from these what the model rests on -#}
    {%- if not execute -%}{%- do ref(listed) -%}{%- do ref(plan_of_model()) -%}{%- endif -%}
    {#- a unit test has no table that could go on -#}
    {%- if execute and model.resource_type == 'model' and is_incremental() -%}
        {{ expression }} in (select {{ expression.split('.')[-1] }} from {{ ref(listed) }} where {{ condition }})
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{#- The observations that a table is read off: all, or if it goes on, those that the last judgement made. -#}
{% macro renewed_observations() -%}
    {#- dbt learns from these what the model rests on -#}
    {%- if not execute -%}{%- do ref('int_observations_renewed') -%}{%- do ref(plan_of_model()) -%}{%- endif -%}
    {%- set every = ref('fct_observations') -%}
    {#- a unit test has no table that could go on -#}
    {{ return(ref('int_observations_renewed') if execute and model.resource_type == 'model' and is_incremental() else every) }}
{%- endmacro %}

{#- dbt's name for a strategy of ours: what the plan lists goes, and comes as it is now, in dbt's transaction.

    arguments: of dbt, as for each strategy. -#}
{% macro get_incremental_touched_sql(arguments) -%}
    {%- set key = arguments.unique_key -%}
    {%- set lists = {
        'lead_id': 'int_leads_touched', 'call_id': 'int_leads_calls_touched', 'snapshot_date': 'int_films_days_touched',
        'series_id': 'int_series_touched'
    } -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {#- of a series that goes on, what is before the day that it is carried on from stays -#}
    {%- if key == 'silent_from_date' %} as target
    using {{ judged_part('int_series_touched') }} as touched
    where target.series_id = touched.series_id
        and (touched.carried_date is null or target.silent_from_date > touched.carried_date)
    {%- elif key in lists %} where {{ key }} in (select {{ key }} from {{ judged_part(lists[key]) }})
    {#- of what is known of films by a day, all rows are of one day -#}
    {%- else %} where {{ key }} < (select {{ key }} from {{ judged_part('int_films_planned') }})
    {%- endif %};
    insert into {{ arguments.target_relation }} ({{ columns }}) select {{ columns }} from {{ arguments.temp_relation }};
{%- endmacro %}

{#- Notes in the transaction of a table what it holds: the plan that it has taken up. -#}
{% macro note_taken() -%}
    {%- if execute -%}
        delete from load_audit.taken_plans where model_name = '{{ model.name }}';
        insert into load_audit.taken_plans
        select
            '{{ model.name }}', plan_id, {{ code_of_model() }}, settings_fingerprint,
            (select count(*) from {{ this.include(database=false) }}), settled_date
        from {{ judged_part(plan_of_model()) }};
    {%- endif -%}
{%- endmacro %}

{#- Notes in the transaction of `int_leads_touched` of which raw rows it speaks: the next plan is about what changes from
    here on. -#}
{% macro note_planned_leads() -%}
    {%- if execute -%}
        {%- set columns = 'raw_fingerprint, place_fingerprint, row_kind, lead_id, call_id, email_link, phone_link, _load_id' -%}
        delete from load_audit.taken_lead_rows
        where (row_kind, _load_id) in (select (row_kind, _load_id) from {{ judged_part('int_leads_loads_changed') }});
        insert into load_audit.taken_lead_rows ({{ columns }})
        select {{ columns }} from {{ judged_part('int_leads_rows_changed') }} where row_change <> 'removed';
        {{ note_taken() }}
    {%- endif -%}
{%- endmacro %}

{#- Notes in the transaction of `int_films_days_touched` how many answers of which loads and days it knows. -#}
{% macro note_planned_films() -%}
    {%- if execute -%}
        {%- set changed = judged_part('int_films_days_changed') -%}
        delete from load_audit.taken_film_days
        where (answer_kind, _load_id) in (select (answer_kind, _load_id) from {{ changed }});
        insert into load_audit.taken_film_days (answer_kind, _load_id, snapshot_date, spoken_count)
        select answer_kind, _load_id, snapshot_date, spoken_count from {{ changed }} where spoken_count > 0;
        {{ note_taken() }}
    {%- endif -%}
{%- endmacro %}
