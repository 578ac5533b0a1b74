"""French: letters to sounds, and the mute e that speech drops and singing keeps."""

from __future__ import annotations

import re

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aàâeéèêëiîïoôuùûüyœæ
A = aàâeéèêëoôuùûüœæ
C = bcçdfghjklmnpqrstvwxz
D = bcçdfghjklpqrstvwxz
B = _'
S = dtsxzp
I = iîïyeéèêë

# Words that follow no rule.
B<est>_             ɛ
B<es>_              ɛ
_<et>_              e
_(l|d|m|t|s|c)<es>_ e
B<eu>(e?s?|t|mes)_  y
B<eût>_             y
B<ai>_              e
_<femme>            f a m
_<monsieur>_        m ə s j ø
_<messieurs>_       m e s j ø
<fils>_             f i s
_<christ>_          k ʁ i s t
_<tous>_            t u s
_<dix>_             d i s
_<six>_             s i s
_<huit>_            ɥ i t
_<sept>             s ɛ t
_<cinq>_            s ɛ̃ k
B<août>_            u t
_<second>_          s ə ɡ ɔ̃
_<secon>d           s ə ɡ ɔ̃
B<oignon>           ɔ ɲ ɔ̃
B<automne>          o t ɔ n
lon<gtemps>_        t ɑ̃
<temps>_            t ɑ̃
_<corps>_           k ɔ ʁ
_<pays>             p e i
B<yeux>_            j ø
_<jésus>_           ʒ e z y
B<ours>_            u ʁ s
_<clef>_            k l e
B<ouest>_           w ɛ s t
_<sud>_             s y d
_<sens>_            s ɑ̃ s
B<os>_              ɔ s
B<hier>_            j ɛ ʁ
B<hélas>_           e l a s
_<village>          v i l a ʒ
_<ville>            v i l
_<mille>(s|_)       m i l
_m<ill>i            i l
_mill<i>            j
B<ill>V             i l
tranqu<ille>        i l
B<amen>_            a m ɛ n
B<alléluia>_        a l e l u j a
B<emmanuel>_        e m a n y ɛ l
B<israël>_          i s ʁ a ɛ l
B<examen>_          ɛ ɡ z a m ɛ̃
_<parfum>           p a ʁ f œ̃
_<album>            a l b ɔ m
_<club>             k l œ b
_<bonheur>          b ɔ n œ ʁ
_<cœur|coeur>       k œ ʁ
_<sœur|soeur>       s œ ʁ
B<aujourd>'         o ʒ u ʁ d
B<entre>_           ɑ̃ t ʁ
B<entre>[pvtmd]     ɑ̃ t ʁ ə
B<hui>_             ɥ i
_<juin>_            ʒ ɥ ɛ̃
_<cet>_             s ɛ t
_<votre|vôtre>_     v o t ʁ
_<notre|nôtre>_     n o t ʁ
_<but>_             b y t
_<mars>_            m a ʁ s
_<ok>_              o k e
_<trop>_            t ʁ o
_<famille>          f a m i j
_<gars>_            ɡ a
_<moi>ti            m w a
_<fait>_            f ɛ
_f<ai>s(ai|on|an)    ə
_<doigt>            d w a
_<vingt>            v ɛ̃
_<cent>_            s ɑ̃

# Endings.
_(ch|m|f|v|am|enf|hiv|fi|sup|canc)<er>_     ɛ ʁ
(i|g|ch|l)<ers>_    e
<ers>_              ɛ ʁ
<er>_               e
<ez>_               e
<aient>_            ɛ
i<ent>_             ɛ̃
i<ens>_             ɛ̃
_(v|d|c|s|m|l|souv|arg|prés|accid|cli|cont|par|abs|innoc|excell|pati|tal|serp)<ent>s?_   ɑ̃
_(torr|tourm|inst|conv|av|ag|urg|occid)<ent>s?_   ɑ̃
mom<ent>            ɑ̃
_(ai|for|dor|fer|esti|expri|ani|chô|char|cla|réclam|consom|fu|nom|parse|te)m<ent>_  -
m<ent>s?_           ɑ̃
C<ent>_             -
V<ent>_             -
<ets?>_             ɛ
_<ces>              s e
C(r|l)?<es>_        -
V<es>_              -
_C<e>_              ə
_qu<e>_             ə
'<e>_               ə
<e>_                -
<e>'                -

# Vowels written with several letters.
<aill>              a j
<ail>(s?_)          a j
<eill>              ɛ j
<eil>(s?_)          ɛ j
<ueill>             œ j
<ueil>              œ j
<ouill>             u j
<ouil>_             u j
<euill>             œ j
<euil>              œ j
B<ex>(V|h)          ɛ ɡ z
eu<x>ième           z
<eau|eaux>          o
<aulx|aux|aud>_     o
<au>                o
<aoû>               u
<oe>u               -
<œu|eu|eû>(r|l|f|v|n|b|p|il|gl)     œ
<œu|eu|eû>          ø
<œ>                 e
<oê>                w a
<oy>V               w a j
<oin>(D|B)          w ɛ̃
soi<ent>_           -
<oi|oî|oy>          w a
<où|oû>             u
C<ou>(a|e[^s_]|é|è|i[^l])  w
B<ou>(a|e[^s_]|é|è|i[^l])  w
<ou>                u
<ain|aim|ein|eim>(D|B)  ɛ̃
<aî|aie|aies|eî>    ɛ
<aï>                a i
<ay>V               ɛ j
<ai|ei|ay|ey>       ɛ
<uy>V               ɥ i j
C<ui>               ɥ i
<uë>                y

# Nasal vowels.
B(b|r|t|v|s|m|c|l|ch|anc|ga|ma|sou|chré|pa|quotid|ita|par|cor|mus)i<en>(s|t|d|_)  ɛ̃
i<en>(t|c)          ɑ̃
[iy]<en>(D|B)       ɛ̃
i<enn>              ɛ n
é<en>(D|B)          ɛ̃
<an|am>(D|B)        ɑ̃
<en|em>(D|B)        ɑ̃
B<em>m              ɑ̃
B<en>(n|h|iv)       ɑ̃ n
<emm>ent            a m
<in|în|ym|yn|im>(D|B)   ɛ̃
<on|om>(D|B)        ɔ̃
<un|um>(D|B)        œ̃

# Single vowels.
<a|à|â|æ>           a
<é>                 e
<è|ê|ë>             ɛ
_r<e>ss             ə
_d<e>ss(o?us)       ə
<e>sse              ɛ
<e>(ss|ff)          e
<e>CC?B             ɛ
<e>(ll|mm|nn|rr|tt|cc|pp|x)  ɛ
<e>(ch|ph|th|gn|[bcdfgptv][rl])  ə
<e>CC               ɛ
g<e>(a|o|u|â|ô)     -
<e>CV               ə
<e>V                -
<e>                 ɛ
<ï>                 i
ill<i>              -
C(r|l)<i>(A[^_s]|é|on|ai)  i j
[^d]d?r<ièr>          j ɛ ʁ
<i>(e|es|ent)_      i
<i>A                j
<i|î>               i
<y>V                j
<y>                 i
<o>B                o
<o>(tion|se|s_|t_|ts_)      o
<oo>                u
<o>([^_xrlnms]|ph|[bcdfgptv][rl]|[rlmns])[aàâéèêiîïoôuùûüyœ]  o
<ô>                 o
<o>                 ɔ
qu<u>               -
C<u>(a|e[^s_]|é|è|i)    ɥ
<u|û|ù|ü>           y

# Consonants.
i<ll>               j
<bs>                p s
<bt>                p t
m<b>s?_             -
<bb|b>              b
<ch>(r|l|n)         k
<sch|ch>            ʃ
<cc>[eiéèêy]        k s
<cqu>               k
<cc>                k
in<ct>s?_           -
<ct>s?_             k t
n<c>s?_             -
<c>['eiéèêëîïy]     s
<ç>                 s
<c>                 k
<dd>                d
<d>S*_              -
<d>                 d
<ff|f>              f
<gn>                ɲ
<gu>[eiéèêîïy]      ɡ
<ggi|gge>           ɡ ʒ
<gg>                ɡ
n<g>s?_             -
<g>[eiéèêëîïy]      ʒ
<g>                 ɡ
<h>                 -
<j>                 ʒ
<k|ck>              k
<ll>                l
aut<l>_             -
<l>                 l
<mm>                m
<mn>                m n
<m>                 m
<nn>                n
<n>                 n
<ph>                f
<pp>                p
<pt>s?_             -
<p>s?_              -
m<p>t               -
<p>                 p
<qu>                k
<q>                 k
<rr|rh>             ʁ
<r>                 ʁ
<sc>[eiéèêy]        s
<ss>                s
V<s>V               z
V<s>h               z
<s>'                s
<st>_               s t
<s>S*_              -
<s>                 s
<tt|th>             t
[^sx_]<ti>(on|el|eu|en[ct])  s j
a<tie>              s i
<t>'                t
<t>S*_              -
<t>                 t
<v>                 v
<w>                 w
<x>S*_              -
<xc>[eiéè]          k s
<x>                 k s
<z>_                -
<zz|z>              z
<'>                 -
"""

_TABLE = RuleTable(_RULES)
_MUTE_E = re.compile(r"(?:[^aàâeéèêëiîïoôuùûüyœ_']|[gq]u)(?:e|es|ent)$")
_VOWELS = frozenset("aɑɛeiɔouyøœə")


def ipa(word: str) -> tuple[str, ...]:
    """The spoken sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)


def spoken(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Without the e that speech drops between single consonants: `samedi` → s a m d i."""
    kept = list(sounds)
    for position in range(len(kept) - 3, 2, -1):
        before = _is_vowel(kept[position - 2]) and not _is_vowel(kept[position - 1])
        after = not _is_vowel(kept[position + 1]) and _is_vowel(kept[position + 2])
        if kept[position] == "ə" and before and after:
            del kept[position]
    return tuple(kept)


def with_sung_e(word: str, sounds: tuple[str, ...]) -> tuple[str, ...] | None:
    """With the final e that is written, mute in speech and often sung (`belle` → b ɛ l ə); None if it has none."""
    if not sounds or _is_vowel(sounds[-1]) or not _MUTE_E.search(word):
        return None
    return (*sounds, "ə")


def _is_vowel(sound: str) -> bool:
    return sound.strip("ˈˌ")[:1] in _VOWELS
