{#- The tags of a click in one text, as `channel_rules` compares them: source, medium, campaign, kind of the click id and
    whether a publisher is named. Equal tags are ruled once, however many leads have them.

    relation: name of a relation with the columns utm_source, utm_medium, utm_campaign, click_id and affiliate_id. -#}
{% macro tag_key(relation) -%}
    {{ tag_text(relation ~ ".utm_source") }} || '|'
    || {{ tag_text(relation ~ ".utm_medium") }} || '|'
    || {{ tag_text(relation ~ ".utm_campaign") }} || '|'
    || coalesce(regexp_extract(lower({{ relation }}.click_id), '^([a-z]+)', 1), '') || '|'
    || case when {{ relation }}.affiliate_id is not null then 'yes' else '' end
{%- endmacro %}
