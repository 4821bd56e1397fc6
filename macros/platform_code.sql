{#- A platform's code as the catalogue has it, from its code or name however it is written: 'Apple Music' and
    'APPLE_MUSIC' are `apple-music`, 'Last.fm' is `lastfm`, full-width letters are plain ones, and `twitter` became
    `x`; null where blank.

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
