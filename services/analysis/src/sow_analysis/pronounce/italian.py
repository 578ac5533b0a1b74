"""Italian: letters to sounds."""

from __future__ import annotations

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aeiouàèéìíòóùú
A = aeouàèéòóùú
C = bcdfghjklmnpqrstvwxyz

_<gesù>_            dʒ e z u
_<alleluia>_        a l l e l u j a
_<è>_               ɛ

<ai>(C|_)           aɪ
<ei>(C|_)           eɪ
<oi>(C|_)           oɪ
<au>C               aʊ
<gli>A              ʎ
<gli>(_|C)          ʎ i
<gn>                ɲ
<sci>A              ʃ
<sc>[eièéì]         ʃ
<cci|ci>A           tʃ
<cc|c>[eièéì]       tʃ
<cch|ch>            k
<ggi|gi>A           dʒ
<gg|g>[eièéì]       dʒ
<ggh|gh>            ɡ
<cq>                k
[qg]<u>V            w
_C*<i>A_            i
_C*<u>[aoei]i?_     u
_<i>A               j
V<i>V               j
<i>A                j
<u>o                w
<a|à>               a
<è>                 ɛ
<e|é>               e
<i|ì|í>             i
<ò>                 ɔ
<o|ó>               o
<u|ù|ú>             u
<bb|b>              b
<cc|ck|c>           k
<dd|d>              d
<ff|f|ph>           f
<gg|g>              ɡ
<h>                 -
<j|y>V              j
<j>                 dʒ
<y>                 i
<k>                 k
<ll|l>              l
<mm|m>              m
<n>(c|g|q|k)        ŋ
<nn|n>              n
<pp|p>              p
<q>                 k
<rr|r>              r
<sh>                ʃ
<ss>                s
V<s>V               z
<s>[bdglmnrv]       z
<s>                 s
<tt|th|t>           t
<vv|v>              v
<w>                 w
<x>                 k s
_<z>                dz
<zz|z>              ts
"""

_TABLE = RuleTable(_RULES)


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)
