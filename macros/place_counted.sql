{#- What a place is called among all that is counted of an artist, as in int_audience_versions_unioned: 'city FR//Lyon'. -#}
{% macro place_counted() -%}
    place_type || ' ' || concat_ws('/', place_country, region_name, place_city)
{%- endmacro %}
