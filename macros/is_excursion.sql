{#- Whether the observations of a run are an excursion: the ones on both sides of it fit each other and contradict all of
    it. An aggregate over the run; ratios are taken on the scale of the observation before. docs/method.md has the
    definition.

    pairs: a relation with `before_value`, `before_course`, `after_course` and the two ratios of the metric. run: one with
    `observed_date` and `course`. linked: SQL for what identifiers had brought before; 0 if there are none. -#}
{% macro is_excursion(pairs='pairs', run='run', linked='pairs.before_linked_value') -%}
    {{ days_between('min(' ~ run ~ '.observed_date)', 'max(' ~ run ~ '.observed_date)') }} <= 14
    and bool_and(
        abs({{ pairs }}.before_course - {{ pairs }}.after_course)
        < least(
            abs({{ run }}.course - {{ pairs }}.before_course),
            abs({{ run }}.course - {{ pairs }}.after_course)
        )
    )
    and coalesce(
        bool_and(
            {{ pairs }}.before_course - {{ pairs }}.after_course
            <= {{ pairs }}.correction_ratio * {{ pairs }}.before_value
        )
        and (
            bool_and(
                {{ pairs }}.before_course - {{ run }}.course
                > {{ pairs }}.correction_ratio * {{ pairs }}.before_value
            )
            or bool_and(
                {{ run }}.course - {{ pairs }}.after_course
                > {{ pairs }}.correction_ratio * ({{ run }}.course + {{ linked }})
            )
        ),
        bool_and(
            abs({{ run }}.course + {{ linked }})
            <= {{ pairs }}.outlier_drop_ratio * least(
                {{ pairs }}.before_value, {{ pairs }}.after_course + {{ linked }}
            )
        )
    )
{%- endmacro %}
