{#- Spellings of one name become one text: the Unicode form (composed or not), invisible characters, all kinds of spaces
    (outer, doubled, no-break, thin, ideographic) and the typographic apostrophe are ignored; accents and all other marks
    are kept, because they tell names apart.

    expression: a SQL expression of type text. -#}
{% macro folded_text(expression) -%}
    {#- soft hyphen, joiners, direction marks, variation selectors, byte order mark -#}
    {%- set invisible = "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]+" -%}
    {%- set spaces = "[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+" -%}
    {%- set visible = composed(replace_all("translate(" ~ expression ~ ", '’', chr(39))", invisible, "")) -%}
    trim({{ replace_all(visible, spaces, " ") }})
{%- endmacro %}

{#- The same, and case is ignored: the one rule for titles and credits, on which ids rest.

    expression: a SQL expression of type text. -#}
{% macro normalised_text(expression) -%}
    lower({{ folded_text(expression) }})
{%- endmacro %}

{#- A platform's code as the catalogue has it, from its code or name however it is written: 'Apple Music' and
    'APPLE_MUSIC' are `apple-music`, 'Last.fm' is `lastfm`, full-width letters are plain ones, and `twitter` became
    `x`; null if blank.

    expression: a SQL expression of type text. -#}
{% macro platform_code(expression) -%}
    {%- set wide = 'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ　．－' -%}
    {%- set plain = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz .-' -%}
    {%- set letters = "replace(trim(lower(translate(" ~ expression ~ ", '" ~ wide ~ "', '" ~ plain ~ "'))), '.', '')" -%}
    case {{ replace_all(letters, '[ _]+', '-') }}
        when 'twitter' then 'x'
        when 'amazon-music' then 'amazon'
        when 'yandex-music' then 'yandex'
        when '' then null
        else {{ replace_all(letters, '[ _]+', '-') }}
    end
{%- endmacro %}

{#- An ISRC in capitals without hyphens and spaces; null if the text is none, or a placeholder that ends in zeros.

    expression: a SQL expression of type text. -#}
{% macro isrc(expression) -%}
    case
        when
            regexp_matches(upper(replace(replace({{ expression }}, '-', ''), ' ', '')), '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$')
            and not upper({{ expression }}) like '%0000000'
            then upper(replace(replace({{ expression }}, '-', ''), ' ', ''))
    end
{%- endmacro %}

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

{#- A tag of a click as it is compared: lower case, without outer spaces, and '' if it says nothing. A text of its own for
    nothing ('(not set)', '(none)') is nothing too: so no rule takes it for a source.

    expression: a SQL expression of type text. -#}
{% macro tag_text(expression) -%}
    coalesce(
        nullif(nullif(nullif(nullif(nullif(
            replace(lower({{ trimmed(expression) }}), '|', ' '),
            '(not set)'), '(none)'), 'null'), 'undefined'), '-'),
        ''
    )
{%- endmacro %}
