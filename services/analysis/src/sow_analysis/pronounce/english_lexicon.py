"""English words as they are sung: interjections, poetic spellings, words of worship, and of words that are said in two
ways (`live`, `tears`) the one that songs mean.
"""

from __future__ import annotations

import re

_WORDS_TEXT = """
hallelujah   HH AE L AH L UW Y AH | HH AA L EY L UW Y AA | HH AA L EH L UW Y AH
halleluiah   HH AE L AH L UW Y AH | HH AA L EY L UW Y AA
alleluia     AA L EY L UW Y AA | AE L AH L UW Y AH
hosanna      HH OW Z AE N AH | HH OW Z AA N AH
hosannah     HH OW Z AE N AH | HH OW Z AA N AH
amen         AA M EH N | EY M EH N
maranatha    M AA R AA N AA TH AA | M EH R AH N AE TH AH
selah        S IY L AH | S EY L AA
yeshua       Y EH SH UW AH | Y AH SH UW AH
yah          Y AA
yahweh       Y AA W EY | Y AA V EY
adonai       AA D OW N AY
elohim       EH L OW HH IY M
elyon        EH L Y OW N
shaddai      SH AA D AY
jireh        JH AY R AH | JH IH R EY
rapha        R AA F AA
nissi        N IY S IY
shekinah     SH AH K AY N AH | SH EH K IY N AH
shalom       SH AA L OW M
zion         Z AY AH N
golgotha     G AA L G AH TH AH
gethsemane   G EH TH S EH M AH N IY
kyrie        K IH R IY EY
eleison      EH L EY S AH N | EH L EY IY S OW N
excelsis     EH K S CH EH L S IY S | EH K S EH L S IH S
deo          D EY OW
gloria       G L AO R IY AH
sanctus      S AA NG K T UH S
agnus        AA N Y UH S | AE G N AH S
dei          D EY IY
o'er         AO R | OW ER
e'er         EH R
ne'er        N EH R
ev'ry        EH V R IY | EH V ER IY
ev'rything   EH V R IY TH IH NG
heav'n       HH EH V N | HH EH V AH N
heav'nly     HH EH V N L IY
heaven       HH EH V AH N | HH EH V N
spirit       S P IH R AH T | S P IH R IH T
every        EH V R IY | EH V ER IY
live         L IH V
tears        T IH R Z
wind         W IH N D
lead         L IY D
read         R IY D
close        K L OW Z
use          Y UW Z
wound        W UW N D
bow          B AW
sow          S OW
blessed      B L EH S T | B L EH S IH D
wicked       W IH K IH D
cursed       K ER S T | K ER S IH D
beloved      B IH L AH V IH D | B IH L AH V D
fire         F AY ER | F AY R
our          AW ER | AA R
power        P AW ER | P AW R
pow'r        P AW R | P AW ER
flow'r       F L AW R | F L AW ER
thro'        TH R UW
tho'         DH OW
th'          DH | DH AH
wi'          W IH
o'           AH
n'           AH N
i'           IH N
'n'          AH N
'em          AH M
'neath       N IY TH
'round       R AW N D
'bout        B AW T
'cross       K R AO S
'fore        F AO R
'twill       T W IH L
y'all        Y AO L
c'mon        K AH M AA N
ma'am        M AE M
whatcha      W AH CH AH
gotcha       G AA CH AH
lemme        L EH M IY
gimme        G IH M IY
dunno        D AH N OW
kinda        K AY N D AH
sorta        S AO R T AH
outta        AW T AH
lotta        L AA T AH
imma         AY M AH
wassup       W AH S AH P
tryna        T R AY N AH
finna        F IH N AH
coulda       K UH D AH
shoulda      SH UH D AH
woulda       W UH D AH
oughta       AO T AH
hafta        HH AE F T AH
whatever     W AH T EH V ER
forevermore  F ER EH V ER M AO R
evermore     EH V ER M AO R
nevermore    N EH V ER M AO R
la           L AA
na           N AA
da           D AA
ba           B AA
sha          SH AA
pa           P AA
fa           F AA
ra           R AA
do           D UW
doo          D UW
dum          D AH M
bop          B AA P
yea          Y EY | Y AE
yeah         Y AE | Y EH AH | Y AA
uh           AH
eh           EH | EY
nah          N AA
hey          HH EY
ha           HH AA
huh          HH AH
oi           OY
"""

WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    word: tuple(tuple(variant.split()) for variant in variants.split("|"))
    for word, _, variants in (line.partition(" ") for line in _WORDS_TEXT.strip().splitlines())
}

_CALLS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), tuple(variants.split(" | ")))
    for pattern, variants in (
        (r"oo+h*", "UW"),
        (r"o+h+|o", "OW | OW AH"),
        (r"wo{2,}h*", "W UW"),
        (r"w(h?o+a+|o+a+)h*", "W OW AH | W OW"),
        (r"a+h+|aa+", "AA | AH"),
        (r"a+w+", "AO"),
        (r"m{2,}|h+m+|m+h+m+", "AH M | HH M | M"),
        (r"hea+h+", "HH EH AH"),
        (r"ye+a*h+|ye+a+", "Y AE | Y EH AH | Y AA"),
        (r"ya+h+", "Y AA"),
        (r"ya+y+", "Y EY"),
        (r"he+y+", "HH EY"),
        (r"u+h+", "AH"),
        (r"e+h+", "EH"),
        (r"h+u+h+", "HH AH"),
        (r"na+h*", "N AA"),
        (r"la+h*", "L AA"),
        (r"da+h*", "D AA"),
        (r"ba+h*", "B AA"),
        (r"sha+h*", "SH AA"),
        (r"sh+", "SH"),
        (r"ha+h*", "HH AA"),
        (r"ho+h*", "HH OW"),
        (r"no{2,}", "N OW"),
        (r"so{2,}", "S OW"),
        (r"go{3,}", "G OW"),
        (r"do+h*", "D UW"),
        (r"brr+", "B ER"),
        (r"grr+", "G ER"),
    )
)


def call(word: str) -> tuple[tuple[str, ...], ...]:
    """Pronunciations of a cry or a filler of any length (`ooooh`, `mmm`, `yeahhh`); empty if it is none."""
    for pattern, variants in _CALLS:
        if pattern.fullmatch(word):
            return tuple(tuple(variant.split()) for variant in variants)
    return ()


INTERJECTIONS = frozenset(
    ["oh", "ooh", "ohh", "ah", "ahh", "yeah", "yeahh", "hey", "woah", "whoa", "mm", "mmm", "hmm", "huh", "uh", "wow"]
)
"""Cries that are the same in the songs of every language."""
