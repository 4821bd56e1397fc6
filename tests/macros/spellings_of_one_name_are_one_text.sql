-- Ids of artists, labels and songs of charts rest on this rule: what looks the same is the same
-- name, and what readers tell apart stays apart.

with

spellings as (

    select spelled.*
    from (
        values
        ('composed', 'Béa Lamé', 'béa lamé'),
        ('decomposed', 'Be' || chr(769) || 'a Lame' || chr(769), 'béa lamé'),
        ('joiner before the mark', 'Be' || chr(847) || chr(769) || 'a Lamé', 'béa lamé'),
        ('marks in another order', 'a' || chr(775) || chr(803), chr(7841) || chr(775)),
        ('Hangul in parts', chr(4370) || chr(4449) || chr(4523), '한'),
        ('Angstrom sign', chr(8491), 'å'),
        ('dotted capital', 'I' || chr(775), 'i'),
        ('no-break space', 'Béa' || chr(160) || 'Lamé', 'béa lamé'),
        ('narrow no-break space', 'Béa' || chr(8239) || 'Lamé', 'béa lamé'),
        ('thin space', 'Béa' || chr(8201) || 'Lamé', 'béa lamé'),
        ('em space', 'Béa' || chr(8195) || 'Lamé', 'béa lamé'),
        ('ideographic space', 'Béa' || chr(12288) || 'Lamé', 'béa lamé'),
        ('spaces of several kinds', chr(160) || ' Béa' || chr(8201) || ' Lamé ', 'béa lamé'),
        ('tab and line ends', chr(9) || 'Béa' || chr(13) || chr(10) || 'Lamé', 'béa lamé'),
        ('line separator', 'Béa' || chr(8232) || 'Lamé', 'béa lamé'),
        ('zero-width space', 'Béa La' || chr(8203) || 'mé', 'béa lamé'),
        ('byte order mark', chr(65279) || 'Béa Lamé', 'béa lamé'),
        ('word joiner', 'Béa' || chr(8288) || ' Lamé', 'béa lamé'),
        ('soft hyphen', 'Béa La' || chr(173) || 'mé', 'béa lamé'),
        ('direction marks', chr(8206) || 'Béa Lamé' || chr(8207), 'béa lamé'),
        ('picture, plain or coloured', chr(10084) || chr(65039), chr(10084)),
        ('capitals', 'BÉA LAMÉ', 'béa lamé'),
        ('typographic apostrophe', 'Béa L’Amé', 'béa l''amé'),
        ('no accent is another name', 'Bea Lame', 'bea lame'),
        ('a hyphen is no space', 'Béa-Lamé', 'béa-lamé'),
        ('wide letters are others', 'Ｂ', 'ｂ'),
        ('nothing but spaces', chr(160) || chr(8203), '')
    ) as spelled (what, spelling, expected)

)

select
    what,
    expected,
    {{ normalised_text('spelling') }} as got
from spellings
where {{ normalised_text('spelling') }} <> expected
