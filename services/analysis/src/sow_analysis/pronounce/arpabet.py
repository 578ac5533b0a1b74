"""The phones of the acoustic model, and what they make of the sounds of other languages.

PocketSphinx's `en-us` model knows 39 ARPABET phones of American English, without stress. A sound that English lacks
is given the phone that this model takes it for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_ARPABET_TEXT = """
AA=ɑ AE=æ AH=ʌ AO=ɔ AW=aʊ AY=aɪ B=b CH=tʃ D=d DH=ð EH=ɛ ER=ɝ EY=eɪ F=f G=ɡ HH=h IH=ɪ IY=i JH=dʒ K=k L=l M=m N=n
NG=ŋ OW=oʊ OY=ɔɪ P=p R=ɹ S=s SH=ʃ T=t TH=θ UH=ʊ UW=u V=v W=w Y=j Z=z ZH=ʒ
"""

_ARPABET_AS_IPA = {phone: sound for phone, _, sound in (entry.partition("=") for entry in _ARPABET_TEXT.split())}

PHONES = frozenset(_ARPABET_AS_IPA)
"""The phones of the `en-us` acoustic model of PocketSphinx."""

VOWELS = frozenset(phone for phone, sound in _ARPABET_AS_IPA.items() if sound[0] in "ɑæʌɔaɛɝeɪiouʊ")
"""Those that are vowels."""

_IPA_AS_ARPABET = """
i=IY ɪ=IH e=EY ɛ=EH æ=AE a=AA ɐ=AH ɑ=AA ɒ=AA ɔ=AO o=OW ʊ=UH u=UW ʌ=AH ə=AH ɜ=ER ɚ=ER ɝ=ER ɞ=ER ɘ=AH ɨ=IH ᵻ=IH ʉ=UW
ɯ=UH ɤ=AH y=UW ʏ=IH ø=ER œ=ER ɵ=UH ɶ=AA ε=EH ι=IY

aɪ=AY ai=AY aj=AY ɑɪ=AY aʊ=AW au=AW aw=AW ɑu=AW eɪ=EY ei=EY ej=EY ɛɪ=EY æi=EY əɪ=EY oʊ=OW ou=OW əʊ=OW ɔʊ=OW ʌʊ=AW ɔɪ=OY
oi=OY oɪ=OY oj=OY ɔj=OY ɔʏ=OY ɔø=OY œy=AY øy=AY œɪ=AY

ɑɹ=AA,R ɔɹ=AO,R ɛɹ=EH,R ɪɹ=IH,R ʊɹ=UH,R

p=P b=B t=T d=D k=K ɡ=G g=G q=K ɢ=G ʔ= ʕ= c=CH ɟ=JH ʈ=T ɖ=D ɓ=B ɗ=D ʄ=JH ɠ=G m=M ɱ=M n=N ɳ=N ɲ=N,Y ŋ=NG ɴ=NG
f=F v=V ʋ=V ɸ=F β=B s=S z=Z θ=TH ð=DH ʃ=SH ʒ=ZH ʂ=SH ʐ=ZH ɕ=SH ʑ=ZH ç=SH ʝ=Y x=HH ɣ=G χ=HH ʁ=R ħ=HH h=HH ɦ=HH ɬ=L ɮ=L
ɧ=SH r=R ɾ=R ɹ=R ɻ=R ʀ=R ɽ=R ɺ=R l=L ɫ=L ɭ=L ʎ=L,Y ʟ=L j=Y w=W ʍ=W ɥ=W ɰ=W
tʃ=CH dʒ=JH ts=T,S dz=D,Z tɕ=CH dʑ=JH tʂ=CH dʐ=JH cç=CH ɟʝ=JH sx=S,K
"""

SOUNDS: Mapping[str, tuple[str, ...]] = {
    unicodedata.normalize("NFD", symbol): tuple(phone for phone in phones.split(",") if phone)
    for symbol, _, phones in (entry.partition("=") for entry in _IPA_AS_ARPABET.split())
}
"""IPA (decomposed, without length, stress, tone or tie) to phones; no phone for what the model has no phone for."""

_NASAL = "\N{COMBINING TILDE}"
_CZECH_R = "r\N{COMBINING UP TACK BELOW}"
_SYLLABIC = "\N{COMBINING VERTICAL LINE BELOW}"
_LONGEST = max(map(len, SOUNDS))


def arpabet_from_ipa(segments: Iterable[str], sounds: Mapping[str, tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """Phones for a sequence of IPA segments, such as `("ʃ", "ɑ̃", "t")` → `("SH", "AA", "N", "T")`.

    `sounds` overrides single entries of the table, for a language that uses a symbol in its own way.
    Stress, length and tone are dropped, a doubled consonant is one, a nasal vowel is a vowel with N, and a symbol
    that is not known has no phone.
    """
    phones: list[str] = []
    for segment in segments:
        for phone in _segment(segment, sounds or {}):
            if not phones or phone != phones[-1] or phone in VOWELS:
                phones.append(phone)
    return tuple(phones)


def ipa_from_arpabet(phones: Iterable[str]) -> tuple[str, ...]:
    """One IPA segment for each phone."""
    return tuple(_ARPABET_AS_IPA[phone] for phone in phones)


def told_apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two pronunciations differ by more than one phone, or in their number of syllables.

    A smaller difference is not worth a variant: on recordings with instruments, variants like `DH AH` and `DH IY` gave
    the forced aligner more ways to go wrong than to be right. Leaving them out placed 1 to 15 % more of the words of
    the four English songs on which it was tried.
    """
    if sum(phone in VOWELS for phone in one) != sum(phone in VOWELS for phone in other):
        return True
    shorter = min(len(one), len(other))
    start = next((i for i in range(shorter) if one[i] != other[i]), shorter)
    end = next((i for i in range(shorter - start) if one[-1 - i] != other[-1 - i]), shorter - start)
    return max(len(one), len(other)) - start - end > 1


def _segment(segment: str, sounds: Mapping[str, tuple[str, ...]]) -> list[str]:
    symbols = unicodedata.normalize("NFD", segment).replace(_CZECH_R, "ʒ")
    # espeak marks the tones of Vietnamese and Chinese with ɜ and digits behind the vowel.
    symbols = re.sub(r"(?<=[^ˈˌ])ɜ$|[0-9ːˑˈˌ.͜͡#^\"`?-]", "", symbols)
    if symbols in sounds:
        return list(sounds[symbols])
    nasal = _NASAL in symbols
    syllabic = _SYLLABIC in symbols
    bare = "".join(c for c in symbols if not unicodedata.combining(c))
    phones: list[str] = []
    position = 0
    while position < len(bare):
        for length in range(min(_LONGEST, len(bare) - position), 0, -1):
            symbol = bare[position : position + length]
            found = sounds.get(symbol, SOUNDS.get(symbol))
            if found is not None:
                phones += found
                break
        else:
            length = 1
        position += length
    if syllabic and phones:
        phones.insert(0, "AH")
    if nasal and phones and phones[-1] in VOWELS:
        phones.append("N")
    return phones
