"""What single languages in Latin letters do otherwise than the general table of `latin`, each in a few rules."""

from __future__ import annotations

RULES = {
    "nl": """
        _<het>_     h ə t
        _<een>_     ə n
        _<ik>_      ɪ k
        _(d|z|w|m|j|t)<e>_  ə
        _<de|te>_   ə
        <lijk>      l ə k
        <ig>_       ə x
        <ij|ei>     ɛɪ
        <ui>        œy
        <eu>        ø
        <oe>        u
        <ou|auw|au|ouw>    ʌʊ
        <ieuw>      i w
        <eeuw>      e w
        <ie>        i
        <uw>        y w
        <ooi>       oɪ
        <aai>       aɪ
        <aa>        aː
        <ee>        eɪ
        <oo>        oʊ
        <uu>        y
        V.*C<e>(_|n_|r_|l_|s_|nd|m_|t_|rs_|ls_|ns_)     ə
        _(b|g|v)<e>C    ə
        <a>         a
        <e>C+V      eː
        <e>(C_|CC)  ɛ
        <i>(C_|CC)  ɪ
        <o>(C_|CC)  ɔ
        <u>(C_|CC)  ʌ
        <u>         y
        <sch>_      s
        <sch>       s x
        <sj>        ʃ
        <tj>        tʃ
        <ch|g>      x
        <ng>        ŋ
        <nk>        ŋ k
        <j>         j
        <w>         ʋ
        <b>_        p
        <d>_        t
        <c>F        s
    """,
    "pl": """
        <ch>        x
        <cz>        tʃ
        <dź|dzi>V   dʑ
        <dź|dż>     dʐ
        <dz>i       dʑ
        <rz>        ʐ
        <sz>        ʂ
        <ci>V       tɕ
        <si>V       ɕ
        <zi>V       ʑ
        <ni>V       ɲ
        <c>i        tɕ
        <s>i        ɕ
        <z>i        ʑ
        <n>i        ɲ
        <ć>         tɕ
        <ś>         ɕ
        <ź>         ʑ
        <ń>         ɲ
        <c>         ts
        <ł>         w
        <w>([ptksfc_h])   f
        <w>         v
        <j>         j
        <h>         x
        <y>         ɨ
        <ó>         u
        <ę>_        ɛ
        <ą>_        ɔ̃
        <ą>(p|b)    ɔ m
        <ą>         ɔ n
        <ę>(p|b)    ɛ m
        <ę>         ɛ n
        <e>         ɛ
        <o>         ɔ
        <i>V        j
        <b>_        p
        <d>_        t
        <g>_        k
        <z>_        s
        <ż>_        ʂ
    """,
    "tr": """
        <c>         dʒ
        <ç>         tʃ
        <ğ>         -
        <j>         ʒ
        <y>         j
        <e>         ɛ
        <ö>         œ
    """,
    "id": """
        <c>         tʃ
        <ng>        ŋ
        <ngg>       ŋ ɡ
        <sy>        ʃ
        <y>         j
        _(s|k|t|b|d|p|m|g|l|c)e?<e>(C|ng|ny)[aiuoe]     ə
        (_|b|m|p|t|s|d|k)<e>[rnm]   ə
        <ai>_       aɪ
        <au>_       aʊ
        <k>_        ʔ
    """,
    "vi": """
        <gi>        z
        <d>         z
        <đ>         d
        <ch|tr>     tʃ
        <nh>        ɲ
        <ngh|ng>    ŋ
        <kh>        x
        <ph>        f
        <th>        t
        <x>         s
        <s>         s
        <r>         z
        <c|k|q>     k
        <qu>        k w
        <gh|g>      ɣ
        <y>         i
        <ươ>        ɨ ə
        <ư>         ɨ
        <ơ>         ə
        <â|ă>       ə
        <ê>         e
        <ô>         o
        <o>         ɔ
        <e>         ɛ
    """,
    "sv": """
        _<och>_     ɔ
        _<jag>_     j ɑː
        _<är>_      ɛː
        _<de|dem>_  d ɔ m
        _<det>_     d eː
        <skj|stj|sj>    ʂ
        <sk>[eiyäö] ʂ
        <tj|kj>     ɕ
        _<k>[eiyäö]     ɕ
        _<g>[eiyäö]     j
        _<gj|hj|lj|dj>  j
        <tion>      ʂ uː n
        <ch>        k
        <rs>        ʂ
        <ng>        ŋ
        <å>         oː
        <o>(C_|CV|_)    uː
        <o>         ɔ
        <u>         ɵ
        <y>         y
        <e>(C_|CV)  eː
        <e>         ɛ
        <ä>         ɛ
        <j>         j
        <g>_        ɡ
        <z>         s
        <x>         k s
    """,
    "no": """
        _<og>_      ɔ
        _<jeg>_     j æ
        _<det>_     d eː
        _<de>_      d iː
        _<er>_      æː
        <skj|sj>    ʂ
        <sk>[iyø]   ʂ
        <kj|tj>     ç
        _<k>[iy]    ç
        _<gj|hj>    j
        <eg>_       æɪ
        <ei>        æɪ
        <øy>        øy
        <rs>        ʂ
        <ng>        ŋ
        <å>         oː
        <o>(_|CV)   uː
        <o>         ɔ
        <u>         ʉ
        <y>         y
        <æ>         æ
        <d>_        -
        <j>         j
        <e>_        ə
    """,
    "ro": """
        <ch>[ei]    k
        <gh>[ei]    ɡ
        <ci>V       tʃ
        <ce|ci>a    tʃ
        <c>[ei]     tʃ
        <gi>V       dʒ
        <g>[ei]     dʒ
        <j>         ʒ
        <ă>         ə
        <â|î>       ɨ
        <ți|ţi>_    ts
        <ţ>         ts
        V.*C<i>_    -
        <x>         k s
    """,
    "cs": """
        <ch>        x
        <c>         ts
        <j>         j
        <ř>         r̝
        <d>[iíě]    ɟ
        <t>[iíě]    c
        <n>[iíě]    ɲ
        <ď>         ɟ
        <ť>         c
        <ň>         ɲ
        <ě>         j ɛ
        <ý|y>       i
        <ö>         e
        <w>         v
        <h>         ɦ
        <ô>         u o
        <ľ|ĺ>       l
        <ŕ>         r
    """,
    "hu": """
        <cs>        tʃ
        <sz|ssz>    s
        <zs>        ʒ
        <ty|tty>    c
        <gy|ggy>    ɟ
        <ny|nny>    ɲ
        <ly|lly|j>  j
        <c>         ts
        <s|ss>      ʃ
        <a>         ɑ
        <á>         aː
        <e>         ɛ
        <é>         eː
        <y>         i
        <w>         v
    """,
    "hr": """
        <dž>        dʒ
        <đ>         dʑ
        <lj>        ʎ
        <nj>        ɲ
        <ć>         tɕ
        <c>         ts
        <j>         j
        <h>         x
        C<r>C       r̩
        <w>         v
    """,
    "fi": """
        <j>         j
        <y>         y
        <ä>         æ
        <ö>         ø
        <nk>        ŋ k
        <w>         v
        <å>         o
    """,
    "ca": """
        <ll>        ʎ
        <ny>        ɲ
        <ix>        ʃ
        <x>         ʃ
        <j>         ʒ
        <g>[eiéèí]  ʒ
        <ç>         s
        <gu>[eiéèí] ɡ
        <qu>[eiéèí] k
        <tg|tj>     dʒ
        V<s>V       z
        <e>_        ə
        <a>_        ə
        <es|as>_    ə s
        <v>         b
        <r>_        -
        <h>         -
    """,
    "da": """
        _<og>_      ɔ
        _<jeg>_     j aɪ
        _<det>_     d e
        _<er>_      æ
        <eg>_       aɪ
        <ei>        aɪ
        <øj>        ɔɪ
        <ej>        aɪ
        <sj>        ɕ
        V<d>(_|e)   ð
        V<g>(_|e)   j
        <å>         ɔ
        <y>         y
        <æ>         ɛ
        <e>(_|n_|t_)    ə
        <er>_       ɐ
        <hv>        v
        <hj>        j
        <j>         j
        <ng>        ŋ
        <nd>        n
        <ld>        l
    """,
    "sq": """
        <ë>_        -
        <ë>         ə
        <xh>        dʒ
        <x>         dz
        <zh>        ʒ
        <th>        θ
        <dh>        ð
        <gj>        ɟ
        <q>         c
        <ç>         tʃ
        <c>         ts
        <j>         j
        <nj>        ɲ
        <y>         y
    """,
    "sw": "<dh> ð \n <th> θ \n <ng'> ŋ \n <gh> ɣ",
    "zu": "<c|q|x> k \n <hl|dl> l \n <th> t \n <ph> p \n <kh> k \n <tsh> tʃ",
    "yo": "<ẹ> ɛ \n <ọ> ɔ \n <ṣ> ʃ \n <p> k p",
    "tl": "_<ang>_ a ŋ \n _<mga>_ m a ŋ a \n _<ng>_ n a ŋ \n <ng> ŋ",
    "haw": "<w> v \n <'> ʔ",
    "mi": "<wh> f \n <ng> ŋ",
    "ht": "<ch> ʃ \n <j> ʒ \n <ou> u \n <an|àn> ɑ̃ \n <en> ɛ̃ \n <on> ɔ̃ \n <è> ɛ \n <ò> ɔ \n <y> j",
    "eo": "<ĉ> tʃ \n <ĝ> dʒ \n <ĵ> ʒ \n <ŝ> ʃ \n <ŭ> w \n <c> ts \n <j> j",
    "et": "<j> j \n <õ> ɤ \n <ä> æ \n <ü> y",
    "lv": "<c> ts \n <j> j \n <ķ> c \n <ģ> ɟ \n <ļ> ʎ \n <ņ> ɲ",
    "lt": "<c> ts \n <j> j \n <y> i",
}

SAME_AS = {
    "ms": "id", "jv": "id", "su": "id", "nb": "no", "nn": "no", "sk": "cs", "bs": "hr", "sr": "hr", "sl": "hr",
    "sh": "hr", "af": "nl", "fil": "tl", "ceb": "tl", "ilo": "tl", "xh": "zu", "nd": "zu", "ss": "zu", "sm": "mi",
    "to": "mi", "az": "tr", "rw": "sw", "rn": "sw", "ln": "sw", "lg": "sw", "ny": "sw",
}  # fmt: skip
"""Languages that another one's rules serve."""
