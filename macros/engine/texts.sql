{#- A text in Unicode's composed form (NFC), in which equal texts are equal bytes. Spark has no word for it: register
    one as nfc_normalize (java.text.Normalizer).

    expression: a SQL expression of type text. -#}
{% macro composed(expression) -%}
    {{ return(adapter.dispatch('composed', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__composed(expression) -%}
    nfc_normalize({{ expression }})
{%- endmacro %}

{#- Every match of a pattern in a text replaced.

    expression: a SQL expression of type text. pattern: a regular expression that RE2 and Java read alike, no
    backslashes (SQL dialects disagree on them). replacement: a literal. -#}
{% macro replace_all(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all', 'crescendo')(expression, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{#- The parts of a text, a row each: the one expression of a select list that multiplies its rows.

    expression: a SQL expression of type text. delimiter: one character that means nothing in a regular expression. -#}
{% macro split_rows(expression, delimiter) -%}
    {{ return(adapter.dispatch('split_rows', 'crescendo')(expression, delimiter)) }}
{%- endmacro %}

{% macro default__split_rows(expression, delimiter) -%}
    unnest(string_split({{ expression }}, '{{ delimiter }}'))
{%- endmacro %}

{% macro spark__split_rows(expression, delimiter) -%}
    explode(split({{ expression }}, '{{ delimiter }}'))
{%- endmacro %}

{#- Whether a regular expression matches a whole text.

    expression, pattern: SQL expressions of type text. -#}
{% macro full_match(expression, pattern) -%}
    {{ return(adapter.dispatch('full_match', 'crescendo')(expression, pattern)) }}
{%- endmacro %}

{% macro default__full_match(expression, pattern) -%}
    regexp_full_match({{ expression }}, cast({{ pattern }} as string))
{%- endmacro %}

{% macro spark__full_match(expression, pattern) -%}
    ({{ expression }} rlike concat('^(?:', {{ pattern }}, ')$'))
{%- endmacro %}

{#- A text whose letters have no accents: 'Générique' becomes 'Generique'.

    expression: a SQL expression of type text. -#}
{% macro without_accents(expression) -%}
    {{ return(adapter.dispatch('without_accents', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__without_accents(expression) -%}
    strip_accents({{ expression }})
{%- endmacro %}

{% macro spark__without_accents(expression) -%}
    translate({{ expression }}, 'àâäçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ', 'aaaceeeeiioouuuAAACEEEEIIOOUUU')
{%- endmacro %}

{#- A text without outer spaces of any kind, as trim gives it. DuckDB's own walks through every letter, 0.3 microseconds for
    64 of them; plain texts that begin and end in no space need not be walked through.

    expression: a SQL expression of type text. -#}
{% macro trimmed(expression) -%}
    {{ return(adapter.dispatch('trimmed', 'crescendo')(expression)) }}
{%- endmacro %}

{% macro default__trimmed(expression) -%}
    case
        when
            length({{ expression }}) = strlen({{ expression }})
            and not starts_with({{ expression }}, ' ') and not suffix({{ expression }}, ' ')
            then {{ expression }}
        else trim({{ expression }})
    end
{%- endmacro %}

{% macro spark__trimmed(expression) -%}
    trim({{ expression }})
{%- endmacro %}
