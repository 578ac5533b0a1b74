"""Spanish as in Latin America, where z and soft c are s: letters to sounds."""

from __future__ import annotations

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aeiouáéíóúü
A = aeoáéóíú
C = bcdfghjklmnñpqrstvwxyz
B = _

_<y>_               i
_<jesús>_           x e s u s
_<aleluya>_         a l e l u ʝ a
_<méxico>           m e x i k o
_<muy>_             m u j
_<jehová>_          x e o β a
_<yahweh|yahvé>_    ʝ a w e

# Vowels: i and u beside another vowel are glides.
<ai|ay|ái|aí_>(C|_)   aɪ
<ei|ey|éi>(C|_)     eɪ
<oi|oy|ói>(C|_)     oɪ
<au|áu>C            aʊ
<eu|éu>C            eʊ
<i>A                j
(g|q)<ü>            w
g<u>(a|o|á|ó)       w
<u>(A|i)            w
<a|á>               a
<e>n[tdg][aeo]s?_   ɛ
<e|é>               e
<i|í>               i
<o|ó>               o
<u|ú|ü>             u

# Consonants. b, d, g are stops only at the beginning and after a nasal (d also after l).
(_|m|n)<b|v>        b
<bb|b|v>            β
<ch>                tʃ
<cc>[eiéí]          k s
<c>[eiéí]           s
<ck|c>              k
(_|n|l)<d>          d
<d>_                d
<d>                 ð
<f|ff>              f
<gu>[eiéí]          ɡ
(_|n)<g>[aouáóúüCrl]    ɡ
<g>[eiéí]           x
<g>                 ɣ
_<hu>[eai]          w
<h>                 -
<j>                 x
<k>                 k
<ll>                ʝ
<l>                 l
<mm|m>              m
<ñ>                 ɲ
<n>(c[aouáóú]|g|k|qu|j)   ŋ
<nn|n>              n
<ph>                f
<pp|p>              p
<qu>[eiéí]          k
<q>                 k
_<r>                r
(n|l|s)<r>          r
<rr>                r
<r>                 ɾ
<sh>                ʃ
<sc>[eiéí]          s
<ss|s>              s
<tt|t>              t
<w>                 w
_<x>                s
<x>                 k s
<y>V                ʝ
<y>                 i
<zz|z>              s
"""

_TABLE = RuleTable(_RULES)


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)
