"""German: letters to sounds. Length shows in the quality of the vowel: o in `rot` is o, in `Gott` ɔ."""

from __future__ import annotations

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aeiouyäöüàâéèê
C = bcdfghjklmnpqrstvwxzß
L = bdfgklmnprstvwzß

# Small words with a short vowel, and words that follow no rule.
_<u>(nd|m|ns)       ʊ
_b<i>(s|n|st)_      ɪ
_<i>(ch|n|m|st|s)_  ɪ
_h<i>n_             ɪ
_m<i>t              ɪ
_d<e>(s|nn)_        ɛ
_<e>(s|r)_          ɛ
_w<e>(g|s|nn)_      ɛ
_<o>b_              ɔ
_v<o>(n|m)          ɔ
_(d|n)<o>ch         ɔ
<o>ch_              oː
_z<u>(m|r)_         ʊ
_d<u>rch            ʊ
_<ihn>              iː n
_<ihr>_             iː ɐ̯
_(w|d|m|h)<ir>_     iː ɐ̯
_(d|w|schw|m)<er>_  eː ɐ̯
_<für>_             f yː ɐ̯
_<vier>             f iː ɐ̯
_<herr>_            h ɛ r
_<her>_             h eː ɐ̯
_<jesus>_           j eː z ʊ s
_<christus>_        k r ɪ s t ʊ s
_<halleluja>_       h a l eː l uː j aː
_<amen>_            aː m ə n
_<israel>           ɪ s r a eː l
_<und>              ʊ n t
_<sing>             z ɪ ŋ
_<ewig>             eː v ɪ ç
_<er>st(e|en|er|es|em)?_   eː r
_<okay|ok>_         ɔ k eː
_<leben>dig         l ɛ b ɛ n
wund<er>            ɐ

# Prefixes and endings with a weak e.
_<ge>(ben?_|bet|gen|gn)  ɡ eː
_<geh>(en?|t|st|e)_     ɡ eː
_<ger>n             ɡ ɛ r
_<be>(te?n?_|tet)   b eː
_<bei>              b aɪ
_<be>st(e|en|er|es|em)_   b ɛ
_<be>(C[lr]?V|sch|st|sp)    b ə
_<ge>(C[lrnw]?V|sch|st|sp)  ɡ ə
_<be>(C[lr]?V)      b ə
_<ge>(C[lrnw]?V|sch|st|sp)   ɡ ə
_<ver>              f ɛ r
_<zer>              ts ɛ r
_<er>C              ɛ r
_(ver|be|ge|zer|un|aus|auf|an|ein)<st>V   ʃ t
_(ver|be|ge|zer|un|aus|auf|an|ein)<sp>V   ʃ p
_<ent>              ɛ n t
<ig>(_|keit)        ɪ ç
<ig>(e|en|er|es|em)_     ɪ ɡ
<igt|igst>_         ɪ ç t
<tion>              ts j oː n
<ien>_              i ə n
<ung>               ʊ ŋ
V.*<ern>_           ɐ n
V.*<ers>_           ɐ s
V.*C<ert>_          ɐ t
(V.*[tdngbskf]|üb)<er>[bcdfghjklmnpqstvwza]   ɐ
V.*<erst>_          ɐ s t
V.*<er>_            ɐ
_<er>_              eː ɐ̯
V.*C<er>(e|es|em|en|ung|ungen|in|isch)_  ə r
<e>_                ə
V<hen>_             ə n
V.*C<e>(n|l|m|s|t|st|ns|nd|nt|ln|ls|lt)_   ə
(au|eu|ei|äu|ie)<e>(n|l|m|s|t|st|ns|nd)_  ə
V.*C<e>(nde|lnd|nden|nder|ndes|lte|ten|tes|te|nen|ne|ner|nes|ren|re|nem|nt?lich)(_|n_)   ə

# Vowels written with several letters.
<eih|ei|ai|ey|ay>   aɪ
<eu|äu|oi>          ɔø
<auh|au>            aʊ
<ieh|ie|ih>         iː
<aah|aa|ah>         aː
<eeh|ee|eh>         eː
<oo|oh>             oː
<uh>                uː
<äh>                ɛː
<öh>                øː
<üh>                yː
<ou>                uː

# Single vowels: long before one consonant, short before several.
<a>                 a
<e>(ch|sch|ck|tz|pf|ss|ng|x)    ɛ
<e>(Cy|C[aeiouäöü])  eː
<e>[bdgm][lr]V      eː
<e>[mnr]_           eː
<é|ê>               eː
<e|è>               ɛ
<i>(ch|sch|ck|tz|pf|ss|ng|x)    ɪ
<ibt>               iː p t
<i>CV               iː
<i>V                i
<i>_                iː
<i>                 ɪ
<o>(sch|ck|tz|pf|ss|ng|x)       ɔ
<o>(CV|L_|_|V)      oː
<o>ch               ɔ
<o>(st)_            ɔ
<o>(be?t|nd_)       oː
<o>                 ɔ
<u>(sch|ck|tz|pf|ss|ng|x)       ʊ
(b|s|fl|t|r)<u>ch   uː
<u>ch               ʊ
<u>(C[aeiouäöü]|[tfrglßdn]_|_|V)  uː
<u>                 ʊ
<ä>(CV|C_|V)        ɛː
<ä>                 ɛ
<ö>(sch|ck|tz|pf|ss|ch)   œ
<ö>(CV|C_|V|h)      øː
<ö>                 œ
<ü>(sch|ck|tz|pf|ss|ch)   ʏ
<ü>(CV|C_|V|h|[bdg][lrt])   yː
<ü>                 ʏ
<y>_                i
<y>V                j
<y>C                ʏ
<y>                 yː

# Consonants.
deu<tsch>(l|_|e)     t ʃ
<tsch>              tʃ
<schst|chst>        ç s t
<sch>               ʃ
[aeiuoäöüy]<chs>    k s
(eu|äu)<ch>         ç
[aou]<ch>           x
_<ch>(ef|an|am|aus|ic|ar[mt])    ʃ
_<ch>(r|l|o|a)      k
<ch>                ç
<ck>                k
<c>[eiäy]           ts
<c>                 k
<bb>                b
<b>(_|[st]_|st_|[fks])   p
<b>                 b
<dt|tt|th>          t
<dd>                d
<d>(_|s_|[fks])     t
<d>                 d
<ff|f>              f
n<g>C?              -
<gg>                ɡ
<g>(_|[st]_|st_|te|[fks])   k
<g>                 ɡ
_<h>                h
V<h>(V|C|_)         -
<h>                 h
<j>                 j
<k>                 k
<ll|l>              l
<mm|m>              m
<ng>(V|C|_)         ŋ
<n>k                ŋ
<nn|n>              n
<pf>                pf
<ph>                f
<pp|p>              p
<qu>                k v
<q>                 k
[ieuäöü]h?<r>_      ɐ̯
<rr|rh|r>           r
_<st>               ʃ t
_<sp>               ʃ p
<ss|ß>              s
_<s>V               z
V<s>V               z
(n|r|l|m)<s>V       z
<s>                 s
<tz>                ts
<t>                 t
_<v>(oll|iel|or|on|er|om|ater|ö|olk|ogel|erl)    f
<v>(_|s_|t_)        f
_<v>                f
V<v>V               v
<v>                 f
<w>                 v
<x>                 k s
<zz|z>              ts
"""

_TABLE = RuleTable(_RULES)


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)
