"""English letters to sounds, for the words that no dictionary has: names, inventions, rare words."""

from __future__ import annotations

from sow_analysis.pronounce.rules import RuleTable

_RULES = """
V = aeiouy
A = aeiou
C = bcdfghjklmnpqrstvwxz
F = eiy
U = bdgjlmnrvwz
T = ptkfsx
S = sxz

# Words and endings with a sound of their own.
_<one|once>         w ʌ n
_<the>_             ð ʌ
_<you>              j u
_<are>_             ɑ ɹ
_<to|into|unto>_    t u
_<who>              h u
_<hallelu>          h æ l ə l u
_<yah>              j ɑ
V.*<tion|tions>     ʃ ʌ n
V.*<ssion|cian|cion|tian>   ʃ ʌ n
V.*V<sion>          ʒ ʌ n
V.*<sion>           ʃ ʌ n
V.*<cious|tious|xious>  ʃ ʌ s
V.*<cial|tial>      ʃ ʌ l
V.*<geous|gious>    dʒ ʌ s
V.*<ture>           tʃ ɝ
V.*V<sure>          ʒ ɝ
V.*<ous>_           ʌ s
V.*<ious|eous>_     i ʌ s
V.*<ness>           n ʌ s
V.*<less>           l ʌ s
V.*<ful>            f ʌ l
V.*<ment>           m ʌ n t
V.*<able>           ʌ b ʌ l
V.*<ably>           ʌ b l i
V.*<ible>           ʌ b ʌ l
V.*C<age>_          ɪ dʒ
V.*C<ate>_          eɪ t
V.*C<ates>_         eɪ t s
V.*C<ated>_         eɪ t ɪ d
V.*C<al>_           ʌ l
V.*C<als>_          ʌ l z
V.*C<ally>_         ʌ l i
V.*C<an>_           ʌ n
V.*C<ans>_          ʌ n z
V.*<ance|ence>      ʌ n s
V.*C<ant|ent>_      ʌ n t
V.*C<on>_           ʌ n
V.*C<ons>_          ʌ n z
V.*C<or|ar|er>_     ɝ
V.*C<ors|ars|ers>_  ɝ z
V.*C<ard>_          ɝ d
V.*C<ward>          w ɝ d
V.*C<ism>           ɪ z ʌ m
V.*C<ory>_          ɔ ɹ i
V.*C<ary>_          ɛ ɹ i
V.*<ty>_            t i
V.*C<a>_            ʌ
V.*C<us>_           ʌ s
V.*C<um>_           ʌ m
V.*C<ity>_          ʌ t i
V.*C<ities>_        ʌ t i z
V.*C<is>_           ɪ s
V.*C<in>_           ɪ n
V.*C<ine>_          i n
V.*C<ice>_          ɪ s
V.*C<ive>           ɪ v
V.*C<et|it>_        ʌ t
V.*C<ets|its>_      ʌ t s
V.*C<el>_           ʌ l
V.*C<o>_            oʊ
V.*C<en>_           ʌ n
V.*C<ens>_          ʌ n z
V.*C<ened>_         ʌ n d
V.*C<ening>_        ʌ n ɪ ŋ
V.*C<le>_           ʌ l
V.*C<les>_          ʌ l z
V.*C<led>_          ʌ l d
[td]<ed>_           ɪ d
[ptkfsx]<ed>_       t
(sh|ch)<ed>_        t
V.*<ed>_            d
(s|z|x|ch|sh|g|c)<es>_  ɪ z
<'s>_               z
<ing>_              ɪ ŋ
<ings>_             ɪ ŋ z
<in'>_              ɪ n
<n't>_              n t
<'ll>_              ʌ l
<'ve>_              v
<'re>_              ɝ
<'d>_               d
<'m>_               m
<'>                 -

# a
<augh>              ɔ
<aigh|eigh>         eɪ
<ai|ay|ae>          eɪ
<air>               ɛ ɹ
<au|aw>             ɔ
<ah>                ɑ
<all>               ɔ l
<al>k               ɔ
<alm>               ɑ m
<a>(tion|tor|ting|tive|cious|sion)  eɪ
[iu]<a>_            ʌ
_<a>(pp|cc|ll|ff|ss|nn|tt|ss|bb|ddr)  ʌ
<a>(C|ch)i(a|o|u)   eɪ
<are>               ɛ ɹ
<arr>               æ ɹ
(_|C)w<ar>          ɔ ɹ
qu<ar>              ɔ ɹ
<ar>(C|_)           ɑ ɹ
<ar>V               ɛ ɹ
w<a>(t|s|n|sh|tch)  ɑ
wh<a>t              ʌ
<a>(nge|ste)        eɪ
<a>(C|th|ch)e(_|s_|d_|ly|less|ful)  eɪ
<a>(C|ch)ing_       eɪ
<a>ble              eɪ
_C*<a>C[io]V        eɪ
_C*<a>_             ɑ
_<a>C[aeiou]        ʌ
<a>                 æ

# e
<eau>               oʊ
<ear>C              ɝ
<eer|ere|ear>       ɪ ɹ
<ea>(d_|th_|lth|sure|ther|ven|sur|dow)  ɛ
<ea|ee>             i
<eigh>              eɪ
_<ei>               aɪ
<ei>                i
<eu|ew>             u
<err>               ɛ ɹ
V.*C<er>[aioy]      ɝ
<er>V               ɛ ɹ
<er>                ɝ
<ey>_               i
<ey>                eɪ
<e>_                -
_C*<e>_             i
_C+<e>_             i
V.*C<e>(ly|less|ful|ness|ment|s_)  -
<e>Ce(_|s_|d_)      i
<eo>                i ʌ
<e>(V|[io]V)        i
_(pr|r|d|b)<e>[^nmrl][aeiou]    ɪ
_r<e>               i
_<e>(C[aeou])       ɪ
V.*C<e>C(_|s_|V)    ʌ
<e>                 ɛ

# i
<igh>               aɪ
<ign>_              aɪ n
<ier|iers>_         i ɝ
<ies>_              i z
_C<ies|ied>_        aɪ z
<ied>_              i d
<ie>_               i
<ie>                i
<ild|ind>_          aɪ
<ire>               aɪ ɝ
<irr>               ɪ ɹ
<ir>V               ɪ ɹ
<ir>                ɝ
<i>(CA?e|ng?e)(_|s_|d_|ly|r_|rs_)   aɪ
_C*<i>(C|th)(e|ing_)    aɪ
_(C|Cl|Cr)<i>_      aɪ
[aeou]C+<i>A        i
<ia>_               i ʌ
<i>A                i
<i>que              i
<i>_                i
<i>                 ɪ

# o
<ough>t             ɔ
thr<ough>           u
th<ough>            oʊ
<ough>              ʌ f
_c<o>(mm?[bpefaiou]|n[cdfgjstv])   ʌ
<ology>             ɑ l ʌ dʒ i
<olog>              ʌ l ɑ dʒ
<o>C(ic|ics|ical|ity|ify)   ɑ
<o>ss               ɔ
<oa>                oʊ
<oar|oor|ore>       ɔ ɹ
<oi|oy>             ɔɪ
<oo>k               ʊ
(g|st|h)<oo>d       ʊ
f<oo>t              ʊ
<oo>                u
<ould>              ʊ d
<ou>(nd|nt|t|s|d|ch)  aʊ
<our>               aʊ ɝ
<ous>               ʌ s
<ou>                aʊ
(kn|gr|l|sn|sh|fl|thr|bl|gl|r|b|t|m|f|h)<ow>(_|s_|n_|ed_|er|ing)    oʊ
<ow>_               oʊ
<ow>                aʊ
w<or>               ɝ
<or>                ɔ ɹ
<oe>_               oʊ
<oh>                oʊ
<ol>[dtk]           oʊ l
<o>ll               oʊ
c<o>me              ʌ
s<o>me              ʌ
(l|d|gl|ab)<o>ve    ʌ
<o>(ther|nth|ney|nkey)  ʌ
<o>(C|th|ch)(e|ing_)(_|s_|d_|ly|less|ful|r_)?  oʊ
<o>CiV              oʊ
_C*<o>_             oʊ
<o>CV               oʊ
<o>(st_|th_|ss_)    oʊ
<ong>               ɔ ŋ
<o>                 ɑ

# u
<uar|ure>           ʊ ɹ
<uy>                aɪ
g<u>[eia]           -
q<u>                w
<urr>               ɝ
<ur>V               ʊ ɹ
<ur>                ɝ
[rljs]<u>(C|th)[aeiou]  u
[rljs]<ue|ui>       u
<ue|ui>             u
_<un>(iv|it|if|iq|ic|is|io)  j u n
_<u>(se|ti)         j u
_<u>                ʌ
[bcfghmpkv]<u>C[aeiou]  j u
<u>C[aeiou]         u
<u>_                u
<u>V                u
(p|b|f)<u>(ll|sh)   ʊ
<u>                 ʌ

# y
_<y>V               j
_(C|Cl|Cr|Ch)<y>_   aɪ
<y>_                i
_C*<y>C*e           aɪ
_C*<y>              ɪ
V<y>V               j
<y>A                j
<y>                 ɪ

# Consonants.
<bb>                b
m<b>_               -
<b>                 b
<tch>               tʃ
_<chr>              k ɹ
<ch>[lr]            k
s<ch>               k
<ch>                tʃ
<ck>                k
<cc>F               k s
<cc>                k
_s<c>F              -
s<c>F               -
<c>i(a|o|e)         ʃ
<c>F                s
<cq>                k
<c>                 k
<dge>               dʒ
<dg>F               dʒ
<dd|d>              d
<ff|f>              f
_<gh>               ɡ
<gh>                -
_<gn>               n
<gn>_               n
<gg>                ɡ
_<g>(et|iv|irl|ift|ear)  ɡ
n<g>(_|s_|C)        -
<g>F                dʒ
<g>                 ɡ
V<h>(C|_)           -
_<hon>(or|est)      ɑ n
<h>                 h
<j>                 dʒ
_<kn>               n
<kk|k>              k
<ll|l>              l
<mm|m>              m
<mn>_               m
<n>(k|g|q|x)        ŋ
<nn|n>              n
<ph>                f
_<psych>            s aɪ k
_<ps>               s
<pp|p>              p
<qu>e_              k
<q>                 k
<rh|rr|r>           ɹ
<sch>               s k
<sh>                ʃ
<sc>F               s
<ss>                s
<s>u(re|al)         ʃ
[aeiou]<s>m_        z
[ptkf]e<s>_         s
V<s>V               z
V.*U<s>_            z
[aeiouy]<s>e_       z
[eoiy]<s>_          z
<s>                 s
<th>er_             ð
_<th>(e|is|at|ere|ose|us|ou|y|ine|ee)_      ð
<th>e_              ð
<tt>                t
<th>                θ
<t>u(a|re|al|ous)   tʃ
<t>                 t
<vv|v>              v
_<wr>               ɹ
<wh>                w
<w>(V|C)            w
<w>                 -
_<x>                z
_e<x>V              ɡ z
<x>                 k s
<zz|z>              z

"""

_TABLE = RuleTable(_RULES)


def ipa(word: str) -> tuple[str, ...]:
    """The sounds of a word in lower case, as IPA."""
    return _TABLE.ipa(word)
