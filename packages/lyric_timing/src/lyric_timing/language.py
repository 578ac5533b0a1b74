"""Which language lyrics are in: by script, and for Latin script by a vote of common words.

A guess is good enough for reading out numbers and for a speech model's language flag, and is None
rather than wrong when the words do not decide it. ISO 639-1 codes throughout.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from functools import lru_cache

_NAMES = {
    "arabic": "ar", "cantonese": "zh", "chinese": "zh", "dutch": "nl", "english": "en", "french": "fr", "german": "de",
    "greek": "el", "hebrew": "he", "hindi": "hi", "indonesian": "id", "italian": "it", "japanese": "ja", "korean": "ko",
    "mandarin": "zh", "polish": "pl", "portuguese": "pt", "russian": "ru", "spanish": "es", "swedish": "sv",
    "thai": "th", "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
_OTHER_CODES = {
    "cmn": "zh", "yue": "zh", "zho": "zh", "chi": "zh", "eng": "en", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de",
    "spa": "es", "ita": "it", "por": "pt", "jpn": "ja", "kor": "ko", "rus": "ru", "nb": "no", "nn": "no", "iw": "he",
    "in": "id",
}  # fmt: skip
_UNKNOWN = {"", "auto", "unknown", "und", "none", "mul"}


@lru_cache(maxsize=256)
def language_code(language: str | None) -> str | None:
    """The ISO 639-1 code of `language`: a code, a tag such as `zh-TW`, or an English name such as `Chinese`.

    None, `auto` and the like are None. A code that is not known here comes back as it is.
    """
    tag = (language or "").strip().casefold()
    if tag in _NAMES:
        return _NAMES[tag]
    primary = re.split(r"[-_]", tag, maxsplit=1)[0]
    return None if primary in _UNKNOWN else _OTHER_CODES.get(primary, primary)


# The first word of a letter's Unicode name tells its script; each of these has one language that is by far likeliest.
_BY_SCRIPT = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "BOPOMOFO": "zh", "HANGUL": "ko", "CYRILLIC": "ru", "GREEK": "el",
    "HEBREW": "he", "ARABIC": "ar", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "DEVANAGARI": "hi",
    "BENGALI": "bn", "GURMUKHI": "pa", "GUJARATI": "gu", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn",
    "MALAYALAM": "ml", "SINHALA": "si", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "TIBETAN": "bo",
    "MONGOLIAN": "mn",
}  # fmt: skip
# Letters that one language has and the script's default does not.
_BY_LETTER = {
    "CYRILLIC": (("uk", "іїєґ"), ("be", "ў"), ("sr", "ђјљњћџ")),
    "ARABIC": (("ur", "ٹڈڑںے"), ("fa", "پچژگکی")),
}
_CJK_WEIGHT = 2
"""Words of another script that one character outweighs: a Chinese song with an English chorus is Chinese."""
_KANA_SHARE = 0.05
"""Japanese has a fifth of kana at the very least; a stray の in a Chinese text is decoration."""

_LATIN_LETTERS = {
    "vi": "ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "pl": "ąęłńśźż", "tr": "ğşı", "de": "ß", "es": "ñ¿¡",
    "pt": "ãõ", "sv": "å", "fr": "œùû",
}  # fmt: skip
_COMMON_WORDS = {
    "en": "the and you i a to of my is it in your for be on that me with will are we all so don't i'm was this what "
    "when have not his who know how like can never it's you're let our from there's but he they from by at",
    "fr": "le la les un une des et est je tu il nous vous mon ma ton que qui dans pour pas sur moi toi c'est j'ai ne "
    "au du ce elle avec se plus tout suis mes tes son comme où y'a sans si même d'un",
    "de": "der die das und ich du ist nicht ein eine zu den mit mir dir dich mich wir auf im es so wie was von für "
    "wenn sein auch dem noch nur mein dein bin hat aus doch ihr sind uns",
    "es": "el la los las un una y que de en yo tu no mi me te es por con para se lo como si más pero qué al del soy "
    "está cuando todo amor sin ya mi eres quiero su hay fue",
    "it": "il la lo gli un una e che di non mi ti è per con sono sei io tu si come ma più nel della questo cosa perché "
    "del le tutto ho hai quando se al anche noi ci",
    "pt": "o a os as um uma e que de não eu tu você me te é por com para se meu minha seu mas mais no na do da em tudo "
    "quando vai vou eu teu amor sou só pra ao",
    "nl": "de het een en ik je niet is van in dat mijn jij we met voor op zijn maar er wat nog als die zo jou heb naar "
    "kan wil bent geen ook u hij",
    "sv": "jag du och är inte det att en ett i på som för med min din mig dig har vi av men när så vill kan den till "
    "om allt bara han hon",
    "pl": "i w nie się to na że ja ty jest mi z jak do co mnie ci tak już dla tylko jestem gdy po ale moje być",
    "id": "yang dan di ku kau aku tak ini itu untuk dengan dari akan kamu kita ada hati cinta tuhan bukan dalam engkau "
    "ke tiada kasih",
    "vi": "anh em là tôi không và của có người một cho yêu mình con chúa đời này với trong",
    "tr": "bir ve bu ben sen seni beni için gibi çok ne var yok da de benim senin her aşk gel o ki",
}  # fmt: skip
_VOTERS: dict[str, tuple[str, ...]] = {}
for _code, _words in _COMMON_WORDS.items():
    for _word in set(_words.split()):
        _VOTERS[_word] = (*_VOTERS.get(_word, ()), _code)

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


@lru_cache(maxsize=65536)
def _script(char: str) -> str:
    name = unicodedata.name(char, "")
    return "KATAKANA" if name.startswith("HALFWIDTH KATAKANA") else name.split(" ", 1)[0]


def guess_language(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`, or None when its words do not decide it.

    The script decides first (a Chinese or Japanese character counts as much as two words of another script);
    in Latin script common words vote, each for every language that has it; letters such as `ß` or `ñ` count as well.
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    scripts: Counter[str] = Counter()
    words: list[str] = _WORD.findall(text)
    for word in words:
        if word.isascii():
            scripts["LATIN"] += 1
            continue
        in_word = Counter(map(_script, word))
        for script in ("CJK", "HIRAGANA", "KATAKANA"):
            scripts[script] += in_word.pop(script, 0)
        if in_word:
            scripts[in_word.most_common(1)[0][0]] += 1
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    han = scripts.pop("CJK", 0)
    if kana > _KANA_SHARE * (kana + han):
        scripts["HIRAGANA"] = (kana + han) * _CJK_WEIGHT
    else:
        scripts["CJK"] = han * _CJK_WEIGHT
    script, count = scripts.most_common(1)[0] if scripts else ("", 0)
    if not count:
        return None
    if script == "LATIN":
        return _vote(words, text)
    letters = Counter(text)
    for code, own in _BY_LETTER.get(script, ()):
        if sum(letters[char] for char in own) * 50 > len(text):
            return code
    return _BY_SCRIPT.get(script)


def _vote(words: list[str], text: str) -> str | None:
    """The Latin-script language with most common words, if it leads clearly."""
    votes: defaultdict[str, float] = defaultdict(float)
    for word in words:
        codes = _VOTERS.get(word, ())
        for code in codes:
            votes[code] += 1 / len(codes)
    letters = Counter(text)
    for code, own in _LATIN_LETTERS.items():
        votes[code] += min(sum(letters[char] for char in own), len(words))
    (best, most), (_, second), *_ = sorted(votes.items(), key=lambda vote: -vote[1])
    return best if most >= 1.5 and most >= 0.1 * len(words) and most >= 1.4 * second else None
