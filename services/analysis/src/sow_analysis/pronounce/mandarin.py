"""Mandarin: a character's readings, and pinyin syllables to sounds.

An English ear, and an English model, hears the unaspirated stops of Mandarin as voiced (`bei` as "bay"), so the phones
are given here directly and not through IPA.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import pypinyin

from sow_analysis.pronounce.sounds import Sounds

INITIALS = {
    "": ("", ""), "b": ("p", "B"), "p": ("pʰ", "P"), "m": ("m", "M"), "f": ("f", "F"), "d": ("t", "D"),
    "t": ("tʰ", "T"), "n": ("n", "N"), "l": ("l", "L"), "g": ("k", "G"), "k": ("kʰ", "K"), "h": ("x", "HH"),
    "j": ("tɕ", "JH"), "q": ("tɕʰ", "CH"), "x": ("ɕ", "SH"), "zh": ("ʈʂ", "JH"), "ch": ("ʈʂʰ", "CH"),
    "sh": ("ʂ", "SH"), "r": ("ʐ", "R"), "z": ("ts", "D Z"), "c": ("tsʰ", "T S"), "s": ("s", "S"),
}  # fmt: skip

FINALS = {
    "a": ("a", "AA"), "o": ("o", "AO"), "e": ("ɤ", "AH"), "ê": ("ɛ", "EH"), "ai": ("aɪ", "AY"), "ei": ("eɪ", "EY"),
    "ao": ("aʊ", "AW"), "ou": ("oʊ", "OW"), "an": ("a n", "AA N"), "en": ("ə n", "AH N"), "ang": ("ɑ ŋ", "AA NG"),
    "eng": ("ə ŋ", "AH NG"), "ong": ("ʊ ŋ", "UH NG"), "er": ("ɚ", "ER"), "i": ("i", "IY"), "ia": ("j a", "Y AA"),
    "io": ("j o", "Y AO"), "ie": ("j ɛ", "Y EH"), "iai": ("j aɪ", "Y AY"), "iao": ("j aʊ", "Y AW"),
    "iou": ("j oʊ", "Y OW"), "ian": ("j ɛ n", "Y EH N"), "in": ("i n", "IY N"), "iang": ("j ɑ ŋ", "Y AA NG"),
    "ing": ("i ŋ", "IY NG"), "iong": ("j ʊ ŋ", "Y UH NG"), "u": ("u", "UW"), "ua": ("w a", "W AA"),
    "uo": ("w o", "W AO"), "uai": ("w aɪ", "W AY"), "uei": ("w eɪ", "W EY"), "uan": ("w a n", "W AA N"),
    "uen": ("w ə n", "W AH N"), "uang": ("w ɑ ŋ", "W AA NG"), "ueng": ("w ə ŋ", "W AH NG"), "v": ("y", "UW"),
    "ve": ("ɥ ɛ", "Y EH"), "van": ("ɥ ɛ n", "Y EH N"), "vn": ("y n", "IY N"),
}  # fmt: skip

_SYLLABIC = {
    "m": ("m", "AH M"), "n": ("n", "AH N"), "ng": ("ŋ", "AH NG"), "hm": ("h m", "HH M"), "hng": ("h ŋ", "HH NG"),
}  # fmt: skip

_BUZZED = dict.fromkeys(("z", "c", "s"), ("ɨ", "IH")) | dict.fromkeys(("zh", "ch", "sh", "r"), ("ɨ", "ER"))
"""The vowel written i after the sibilants, which goes on with their tongue position."""

_READINGS_TEXT = """
祢=ni 袮=ni 妳=ni 祂=ta 牠=ta 它=ta 阿=a,e 们=men 的=de,di 了=le,liao 着=zhe,zhao,zhuo 著=zhu,zhe,zhuo
地=di,de 得=de,dei 和=he,han,huo 都=dou,du 还=hai,huan 還=hai,huan 行=xing,hang 长=chang,zhang
長=chang,zhang 乐=le,yue 樂=le,yue 谁=shui,shei 誰=shui,shei 那=na,nei 哪=na,nei 这=zhe,zhei 這=zhe,zhei
为=wei 為=wei 喔=o,wo 哦=o 耶=ye 啊=a 哈=ha 拉=la 利=li 亚=ya 亞=ya 弥=mi 彌=mi 赛=sai 不=bu 上=shang
中=zhong 大=da,dai 万=wan 么=me 麼=me 什=shen,shi 吗=ma 吧=ba 呢=ne 呀=ya 啦=la 一=yi 有=you 可=ke 会=hui
會=hui 说=shuo 說=shuo 没=mei,mo 沒=mei,mo 宿=su,xiu 恶=e,wu 惡=e,wu 降=jiang,xiang 朝=chao,zhao
"""

_READINGS = {
    character: readings.split(",")
    for character, _, readings in (entry.partition("=") for entry in _READINGS_TEXT.split())
}
"""Readings where the dictionary's order is not that of song, first of all the pronouns for God."""

MAX_READINGS = 3
_LONGEST_ROMANISED = 24
"""Letters; trying every way to split a longer string would take for ever."""


def split_syllable(syllable: str) -> tuple[str, str] | None:
    """Initial and full final of a toneless pinyin syllable (`liu` → l, iou; ü is v); None if it is none."""
    spelled = syllable.replace("ü", "v").replace("u:", "v")
    initial = next((i for i in ("zh", "ch", "sh") if spelled.startswith(i)), spelled[:1])
    if initial not in INITIALS:
        initial = ""
    final = spelled[len(initial) :]
    if not initial:
        if final.startswith(("i", "u", "v")):
            return None  # Alone these are spelled yi, wu, yu.
        if final.startswith("y"):
            rest = final[1:]
            final = "v" + rest[1:] if rest.startswith("u") else rest if rest.startswith("i") else "i" + rest
        elif final.startswith("w"):
            rest = final[1:]
            final = rest if rest.startswith("u") else "u" + rest
    elif initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    if initial or syllable[:1] in "yw":
        final = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}.get(final, final)
    if final not in FINALS or (initial and final in ("er", "ê")):
        return None
    return initial, final


def syllable_sounds(syllable: str) -> Sounds | None:
    """The sounds of a toneless pinyin syllable, None if it is none."""
    if syllable in _SYLLABIC:
        return _sounds(_SYLLABIC[syllable])
    parts = split_syllable(syllable)
    if parts is None:
        return None
    initial, final = parts
    vowel = _BUZZED[initial] if final == "i" and initial in _BUZZED else FINALS[final]
    return _sounds(INITIALS[initial], vowel)


def _sounds(*pieces: tuple[str, str]) -> Sounds:
    return Sounds(
        ipa=tuple(sound for ipa, _ in pieces for sound in ipa.split()),
        phones=tuple(phone for _, phones in pieces for phone in phones.split()),
    )


@lru_cache(maxsize=8192)
def character_sounds(character: str) -> tuple[Sounds, ...]:
    """Every common reading of a Chinese character, the most common first; empty if it has none."""
    known = _READINGS.get(character)
    if known is None:
        # A character without a reading comes back as it is, and is then no pinyin.
        found = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True, v_to_u=False)
        known = found[0][:MAX_READINGS] if found else []
    sounds = [syllable_sounds(syllable) for syllable in known]
    return tuple(s for s in dict.fromkeys(sounds) if s is not None)


def romanised_sounds(word: str) -> Sounds | None:
    """The sounds of a word in pinyin, with or without tone marks or digits (`Yēsū`, `ye1su1`), None if it is none."""
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if c.isalpha() or c == "\N{COMBINING DIAERESIS}")
    letters = unicodedata.normalize("NFC", plain).replace("ü", "v")
    syllables = _syllables(letters) if len(letters) <= _LONGEST_ROMANISED else None
    return Sounds.joined(syllables) if syllables else None


def _syllables(letters: str) -> list[Sounds] | None:
    """Split into syllables, each as long as it can be."""
    if not letters:
        return []
    for length in range(min(6, len(letters)), 0, -1):
        head = syllable_sounds(letters[:length])
        if head is not None:
            tail = _syllables(letters[length:])
            if tail is not None:
                return [head, *tail]
    return None
