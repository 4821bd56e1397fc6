{#- Spellings of one title or credit become one text: the Unicode form (composed or not), invisible characters, case, all
    kinds of spaces (outer, doubled, no-break, thin, ideographic) and the typographic apostrophe are ignored; accents and
    all other marks are kept, because they tell names apart. One rule for titles and credits, on which ids rest.

    expression: a SQL expression of type text. -#}
{% macro normalised_text(expression) -%}
    {#- soft hyphen, joiners, direction marks, variation selectors, byte order mark -#}
    {%- set invisible = "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]+" -%}
    {%- set spaces = "[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+" -%}
    {%- set visible = composed(replace_all("translate(" ~ expression ~ ", '’', chr(39))", invisible, "")) -%}
    lower(trim({{ replace_all(visible, spaces, " ") }}))
{%- endmacro %}
