"""Portuguese as in Brazil: letters to sounds."""

from __future__ import annotations

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aeiouáâãàéêíóôõúü
A = aeouáâãàéêóôõú
C = bcçdfghjklmnpqrstvwxyz
N = bcçdfgjklpqrstvwxz
B = _

_<e>_               i
_<o|os>_            u
_<jesus>_           ʒ e z u s
_<muit>             m ũ ɪ t
_<deus>_            d eʊ s

# Nasal vowels and diphthongs.
<ão|am>_            ɐ̃ʊ̃
<ãos>_              ɐ̃ʊ̃ s
<ães>               ɐ̃ ɪ s
<ãe>                ɐ̃ ɪ
<õe>                õ ɪ
<ão>                ɐ̃ʊ̃
<em|ém|êm>_         eɪ ŋ
<ens|éns>_          eɪ ŋ s
<ã|ãn|ãm>           ɐ̃
<am|an|âm|ân>N      ɐ̃
<em|en|êm|ên>N      ẽ
<im|in|ím|ín>(N|B)  ĩ
<om|on|ôm|ôn>(N|B)  õ
<um|un|úm|ún>(N|B)  ũ
<õ>                 õ

# Oral vowels.
<ai|ái>             aɪ
<ei|éi|êi>          eɪ
<oi|ói>             oɪ
<ou|ôu>             o
<au|áu|ao>          aʊ
<eu|éu|êu>          eʊ
<iu>                i ʊ
<ui>                u ɪ
[qg]<u>(a|o|ã|á|â|õ)  w
[qg]<ü>             w
_C*<i>A[ms]?_       i
_C*<u>[aeo]s?_      u
<i>[aoáãâóôõ]       j
<u>[aoeáãâéê]       w
<a|á|à|â>           a
[^_q]<e>(_|s_)      i
<é>                 ɛ
<ê|e>               e
<í|i>               i
<o>(_|s_)           ʊ
<ó>                 ɔ
<ô|o>               o
<ú|u|ü>             u

# Consonants.
<bb|b>              b
<ch>                ʃ
<ç>                 s
<cc|c>[eiéêí]       s
<ck|c>              k
<d>[ií]             dʒ
<d>(e_|es_)         dʒ
<d>                 d
<ff|f|ph>           f
<gu>[eiéêí]         ɡ
<g>[eiéêí]          ʒ
<g>                 ɡ
<h>                 -
<j>                 ʒ
<k>                 k
<lh>                ʎ
<l>(C|_)            ʊ
<l>                 l
<m>                 m
<nh>                ɲ
<n>                 n
<p|pp>              p
<qu>[eiéêí]         k
<q>                 k
_<r>                x
<rr>                x
(n|l|s)<r>          x
<r>                 ɾ
<sc>[eiéêí]         s
<sh>                ʃ
<ss>                s
V<s>V               z
<s>[bdgmnv]         z
<s>                 s
<t>[ií]             tʃ
<t>(e_|es_)         tʃ
<tt|th|t>           t
<v>                 v
<w>                 w
_e<x>V              z
_ine<x>V            z
<x>C                s
<xc>[eiéê]          s
[aeo]<x>_           k s
<x>                 ʃ
<y>                 i
<z>_                s
<z>                 z
"""

_TABLE = RuleTable(_RULES)


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)
