"""Letters to sounds for the other languages in Latin letters: one general table, and what each language does else.

The general table gives letters the values that most spellings, and most romanisations, share: vowels as in Italian,
consonants as in English. It alone serves Swahili, Zulu, Tagalog, Hawaiian, romanised Hindi or Russian well.
"""

from __future__ import annotations

from functools import cache

from sow_analysis.pronounce.latin_languages import RULES, SAME_AS
from sow_analysis.pronounce.rules import RuleTable

_GENERAL = """
V = aeiouyáàâãäåāăąæéèêëēĕėęěíìîïīĭįıóòôõöøōŏőœúùûüūŭůűųýÿ
C = bcdfghjklmnpqrstvwxzçćčďđğłñńňřśšşșťțźžżþðŋ
F = eiyéèêëíìîïěęėē

<ai|ay>(C|_)        aɪ
<ei|ey>(C|_)        eɪ
<oi|oy>(C|_)        oɪ
<au|aw>(C|_)        aʊ
<aa|a|á|à|â|ã|å|ā|ă>    a
<ä|æ>               ɛ
<ą>                 ɔ̃
<ee|e|é|è|ê|ë|ē|ĕ|ė|ě>  e
<ę>                 ɛ̃
<ii|i|í|ì|î|ï|ī|ĭ|į>    i
<ı>                 ɯ
<oo|o|ó|ò|ô|õ|ō|ŏ>  o
<ö|ø|ő|œ>           ø
<uu|u|ú|ù|û|ū|ŭ|ů|ų>    u
<ü|ű|ý|ÿ>           y
<y>V                j
<y>                 i
<bb|b>              b
<cch|ch|č|ć>        tʃ
<ç>                 s
<ck>                k
<c>F                s
<cc|c>              k
<dh>                d
<dz>                dz
<dj>                dʒ
<dd|d|ď|đ>          d
<ð>                 ð
<ff|f>              f
<gh>                ɡ
<gg|g|ğ>            ɡ
<h>                 h
<j>                 dʒ
<kh>                x
<kk|k>              k
<ll|l|ł>            l
<mm|m>              m
<ng>(C|_)           ŋ
<ng>                ŋ ɡ
<nn|n|ň|ń|ŋ>        n
<ny|ñ>              ɲ
<ph>                f
<pp|p>              p
<qu>                k w
<q>                 k
<rr|r|ř>            r
<shch>              ʃ tʃ
<sch>               ʃ
<sh|š|ş|ș|ś>        ʃ
<ss|s>              s
<tch>               tʃ
<ts|ț>              ts
<th>                t
<tt|t|ť>            t
<þ>                 θ
<vv|v>              v
<w>                 w
<x>                 k s
<zh|ž|ż|ź>          ʒ
<zz|z>              z
<'>                 -
"""


_CLASSES = "\n".join(line for line in _GENERAL.splitlines() if " = " in line)


def ipa(word: str, language: str | None = None) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA. A language that is not known is read by the general table."""
    code = SAME_AS.get(language, language) if language else None
    return _table(code if code in RULES else None).ipa(word)


@cache
def _table(code: str | None) -> RuleTable:
    return RuleTable(_CLASSES, RULES[code] if code else "", _GENERAL)
